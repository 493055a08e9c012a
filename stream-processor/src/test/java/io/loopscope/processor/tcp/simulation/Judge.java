package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.processor.tcp.TcpState;
import io.loopscope.processor.tcp.Timeout;
import io.loopscope.processor.tcp.simulation.Trace.Quiet;
import io.loopscope.processor.tcp.simulation.Trace.Sent;
import io.loopscope.processor.tcp.simulation.Trace.Truth;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the core says with what is so, all along a run. At every moment each end is within its {@link Bounds};
 * in quiet moments of connections that were captured from their first SYN on, it is in its true state, unless that is
 * {@link Unobservable}.
 */
final class Judge {

    private final Trace trace;
    private final Capture capture;
    private final Statistics statistics;
    private final Observation core;
    private final Evidence sent = new Evidence();
    private final Evidence captured = new Evidence();
    private final Bounds bounds = new Bounds(sent, captured, TcpSettings.OFFLINE);
    private int firstSeen = -1;
    private boolean startsInOrder;
    private int current = -1;

    private Judge(Trace trace, Capture capture, Statistics statistics, Fault fault) {
        this.trace = trace;
        this.capture = capture;
        this.statistics = statistics;
        this.core = new Observation(TcpSettings.OFFLINE, fault);
    }

    /**
     * Judges one run.
     *
     * @throws Violation.Found when the core said something that is not so
     */
    static void judge(Trace trace, Capture capture, Statistics statistics, Fault fault) {
        var judge = new Judge(trace, capture, statistics, fault);
        judge.play();
        Counts.check(trace, capture, judge.core);
    }

    private void play() {
        for (Trace.Event event : trace.events()) {
            if (event instanceof Sent segment) {
                segment(segment);
            } else if (event instanceof Quiet quiet && core.connection().incarnations() > 0) {
                quiet(quiet);
            }
        }
    }

    private void segment(Sent segment) {
        sent.add(segment);
        current = segment.current();
        if (!capture.sees(segment)) {
            return;
        }
        if (firstSeen < 0) {
            firstSeen = current;
            startsInOrder = segment.incarnation() == current;
        }
        int incarnations = core.connection().incarnations();
        int distrusted = core.timesDistrusted();
        core.apply(segment.segment());
        boolean began = core.connection().incarnations() > incarnations;
        if (began && (core.connection().partial() || !capture.lossless())) {
            // What was captured of it before its SYN, the core has put to the one before.
            captured.forget();
        }
        if (capture.lossless() || core.timesDistrusted() == distrusted) {
            captured.add(segment);
        } else {
            statistics.leftOut(Unobservable.NUMBERS_IN_DOUBT);
        }
        within(segment.at());
    }

    private void within(long at) {
        if (trace.doubtful(current) || !speaksOfLatestIncarnation()) {
            return;
        }
        statistics.withinBounds();
        for (Side side : Side.values()) {
            boolean partial = core.connection().partial();
            if (!bounds.allow(side, core.state(side), partial, at)) {
                Set<TcpState> possible = EnumSet.allOf(TcpState.class);
                possible.removeIf(state -> !bounds.allow(side, state, partial, at));
                contradicts("bounds", at, side, possible, "%s can be in %s".formatted(side, possible));
            }
        }
    }

    private void quiet(Quiet quiet) {
        Map<Side, Unobservable> reasons = new EnumMap<>(Side.class);
        Set<Side> compared = EnumSet.noneOf(Side.class);
        for (long at : quiet.moments()) {
            core.at(at);
            within(at);
            if (!capture.complete(current, firstSeen)) {
                continue;
            }
            Unobservable reason = unobservable();
            if (reason == null) {
                incarnations(at);
            }
            for (Side side : Side.values()) {
                Truth truth = quiet.of(side);
                if (reason == null && truth.checkedAt(at)) {
                    agree(side, truth, at);
                    compared.add(side);
                } else {
                    reasons.put(side, reason == null ? truth.unobservable() : reason);
                }
            }
        }
        compared.forEach(side -> statistics.compared(quiet.of(side).wire()));
        reasons.keySet().removeAll(compared);
        reasons.values().forEach(statistics::leftOut);
    }

    /** Why neither end can be known. */
    private @Nullable Unobservable unobservable() {
        if (trace.doubtful(current)) {
            return Unobservable.DOUBTFUL_OPENING;
        }
        if (core.connection().armedSinceNanos(Timeout.RESET_DOUBT) != Connection.NEVER) {
            return Unobservable.RST_IN_DOUBT;
        }
        boolean loneSyn = !speaksOfLatestIncarnation() && trace.onlySyns(current);
        return loneSyn ? Unobservable.LONE_SYN : null;
    }

    private void incarnations(long at) {
        if (!startsInOrder || trace.anyDoubtful(current)) {
            return;
        }
        int expected = current + 1 - (capture.fromTheStart() ? 0 : firstSeen);
        int said = core.connection().incarnations();
        // The first segment of a late capture may be one that begins nothing, like a RST.
        int most = capture.fromTheStart() ? expected : expected + 1;
        boolean counted = said <= most && said >= expected - trace.loneSyns(current);
        Violation.unless(counted, "incarnations", at, () -> "%d, the core says %d".formatted(expected, said));
    }

    private void agree(Side side, Truth truth, long at) {
        if (core.state(side) != truth.wire()) {
            String kernel = truth.kernel() == truth.wire() ? "" : " (its kernel says " + truth.kernel() + ")";
            contradicts("truth", at, side, Set.of(truth.wire()), side + " is in " + truth.wire() + kernel);
        }
    }

    private void contradicts(String law, long at, Side side, Set<TcpState> possible, String detail) {
        Map<Side, TcpState> instead =
                possible.isEmpty() ? Map.of() : Map.of(side, possible.iterator().next());
        throw new Violation.Found(
                new Violation(law, "%s, the core says %s".formatted(detail, core.state(side)), at, instead));
    }

    /**
     * The core may lag behind here: a SYN met an end that lives in the incarnation before, and which of the two goes on
     * is not decided yet; or what would have told was not captured.
     */
    private boolean speaksOfLatestIncarnation() {
        if (captured.incarnation() != current) {
            return false;
        }
        Connection connection = core.connection();
        if (connection.partial()) {
            return startsInOrder && connection.startedNanos() >= trace.begins(current);
        }
        return trace.initialSequences(current).contains((int) connection.incarnation());
    }
}
