package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What happened in a run, in order: segments as they were sent, and quiet moments. */
final class Trace {

    sealed interface Event permits Sent, Quiet {}

    /**
     * A segment, at the moment it was captured.
     *
     * @param number of the segment in the run, from 0
     * @param lost it never arrived
     * @param mistreated lost, doubled or overtaken
     * @param incarnation which connection it belongs to, from 0; -1 when it is about none
     * @param current the latest incarnation at that time
     */
    record Sent(Packet packet, long at, int number, boolean lost, boolean mistreated, int incarnation, int current)
            implements Event {

        Segment segment() {
            return packet.asSegment(at);
        }
    }

    /** From one time to another, nothing was in flight and nobody waited for an answer. */
    record Quiet(long from, long to, Truth low, Truth high) implements Event {
        Truth of(Side side) {
            return side == Side.LOW ? low : high;
        }

        /** When to look: at both ends of it, and beside what cannot be known for a while. */
        SortedSet<Long> moments() {
            SortedSet<Long> moments = new TreeSet<>(Set.of(from, to));
            for (Truth truth : List.of(low, high)) {
                if (truth.unobservable != null) {
                    moments.add(truth.doubtFrom - 1);
                    moments.add(truth.doubtTo);
                }
            }
            return moments.subSet(from, to + 1);
        }
    }

    /**
     * The true state of one end, as far as segments can tell it.
     *
     * @param kernel the state a socket table would show
     * @param wire the same, but a FIN that waits behind unsent data has not happened
     * @param unobservable why it cannot be known for a while or ever; null when it always can
     * @param doubtFrom since when it cannot
     * @param doubtTo from when on it can
     */
    record Truth(TcpState kernel, TcpState wire, @Nullable Unobservable unobservable, long doubtFrom, long doubtTo) {

        boolean checkedAt(long nanos) {
            return unobservable == null || nanos < doubtFrom || nanos >= doubtTo;
        }
    }

    private final List<Set<Integer>> initialSequences = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private final List<Long> begins = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final Ledger ledger;
    private int count;

    Trace(Ledger ledger) {
        this.ledger = ledger;
    }

    void sent(Packet packet, long at, int number, boolean lost, boolean mistreated) {
        count++;
        int incarnation = ledger.incarnationOf(packet);
        if (packet.syn() && incarnation >= 0) {
            noteSyn(packet, at, incarnation);
        }
        if (incarnation >= 0 && incarnation == ledger.incarnations() - 1) {
            sizes.set(incarnation, sizes.get(incarnation) + 1);
        }
        events.add(new Sent(packet, at, number, lost, mistreated, incarnation, ledger.incarnations() - 1));
    }

    private void noteSyn(Packet packet, long at, int incarnation) {
        if (incarnation == begins.size()) {
            begins.add(at);
            sizes.add(0);
            initialSequences.add(new HashSet<>());
        }
        initialSequences.get(incarnation).add(packet.seq());
    }

    /** How many segments an incarnation had until the next one began. */
    int segmentsOf(int incarnation) {
        return sizes.get(incarnation);
    }

    /** Nothing but SYNs, each sent once, and nothing else before the next one began. */
    boolean onlySyns(int incarnation) {
        return segmentsOf(incarnation) == initialSequences(incarnation).size();
    }

    /** How many incarnations up to that one consist of nothing else. */
    long loneSyns(int incarnation) {
        return IntStream.rangeClosed(0, incarnation).filter(this::onlySyns).count();
    }

    /** When the first SYN of an incarnation was sent. */
    long begins(int incarnation) {
        return begins.get(incarnation);
    }

    /** The ISNs of its two ends. */
    Set<Integer> initialSequences(int incarnation) {
        return initialSequences.get(incarnation);
    }

    /** How that incarnation began cannot be told from segments. */
    boolean doubtful(int incarnation) {
        return ledger.doubtful().get(incarnation);
    }

    /** So it is for one of those up to that. */
    boolean anyDoubtful(int incarnation) {
        return ledger.doubtful().nextSetBit(0) >= 0 && ledger.doubtful().nextSetBit(0) <= incarnation;
    }

    void quiet(Quiet moment) {
        events.add(moment);
    }

    /** How many segments were sent so far. */
    int count() {
        return count;
    }

    List<Event> events() {
        return events;
    }

    List<Sent> segments() {
        return events.stream()
                .filter(Sent.class::isInstance)
                .map(Sent.class::cast)
                .toList();
    }

    Ledger ledger() {
        return ledger;
    }
}
