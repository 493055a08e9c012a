package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.TcpState;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** What the runs contained, and what was left out: a simulation that never gets anywhere would prove nothing. */
final class Statistics {

    private final Map<TcpState, Integer> compared = new EnumMap<>(TcpState.class);
    private final Map<Unobservable, Integer> leftOut = new EnumMap<>(Unobservable.class);
    private final Map<Unobservable, Integer> runsWith = new EnumMap<>(Unobservable.class);
    private final Set<Unobservable> inThisRun = EnumSet.noneOf(Unobservable.class);
    private boolean comparedInThisRun;
    private long segments;
    private long incarnations;
    private int runs;
    private int runsWithoutExemption;
    private long withinBounds;
    private int sameCoalesced;

    /** A run was judged. */
    void ran(Trace trace) {
        runs++;
        segments += trace.count();
        incarnations += trace.ledger().incarnations();
        inThisRun.forEach(reason -> runsWith.merge(reason, 1, Integer::sum));
        runsWithoutExemption += comparedInThisRun && inThisRun.isEmpty() ? 1 : 0;
        inThisRun.clear();
        comparedInThisRun = false;
    }

    /** All of a quiet time, an end could not be compared. */
    void leftOut(Unobservable reason) {
        leftOut.merge(reason, 1, Integer::sum);
        inThisRun.add(reason);
    }

    /** At least once in a quiet time, an end was compared. */
    void compared(TcpState state) {
        compared.merge(state, 1, Integer::sum);
        comparedInThisRun = true;
    }

    /** Coalesced input gave the same. */
    void sameCoalesced() {
        sameCoalesced++;
    }

    int timesSameCoalesced() {
        return sameCoalesced;
    }

    void withinBounds() {
        withinBounds++;
    }

    long timesWithinBounds() {
        return withinBounds;
    }

    int comparisonsOf(TcpState state) {
        return compared.getOrDefault(state, 0);
    }

    long comparisons() {
        return compared.values().stream().mapToLong(Integer::longValue).sum();
    }

    long exemptions() {
        return leftOut.values().stream().mapToLong(Integer::longValue).sum();
    }

    /** Runs in which states were compared, and nothing was left out. */
    int runsWithoutExemption() {
        return runsWithoutExemption;
    }

    @Override
    public String toString() {
        return "%d runs, %d segments, %d incarnations; %d times within bounds; %d times the same coalesced; states compared %s; left out %s; runs without exemption %d, with %s"
                .formatted(
                        runs,
                        segments,
                        incarnations,
                        withinBounds,
                        sameCoalesced,
                        compared,
                        leftOut,
                        runsWithoutExemption,
                        runsWith);
    }
}
