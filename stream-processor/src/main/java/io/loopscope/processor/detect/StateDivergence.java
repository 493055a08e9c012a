package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.sockets.Polls;
import io.loopscope.processor.sockets.SocketFacts;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.Map;
import java.util.Set;

/** Segments and table say different states of an end, and go on saying so: one of them has missed something. */
final class StateDivergence extends Rule {

    StateDivergence() {
        super(AnomalyName.STATE_DIVERGENCE);
    }

    @Override
    Set<TcpState> states() {
        return Set.of(); // Only the socket table shows it.
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        KernelEnd end = tracked.kernelEnd(side);
        SocketFacts facts = end == null ? null : end.facts();
        if (end == null || facts == null || tracked.onlyInTable() || tracked.connection.controlOnly()) {
            return NEVER;
        }
        Verdict verdict = Verdict.of(tracked, side);
        boolean differs = verdict.evidence() == Evidence.KERNEL && !isExplained(verdict.wire(), facts);
        return differs && lasts(tracked, end) ? Math.max(end.sinceNanos(), tracked.connection.lastNanos()) : NEVER;
    }

    private static boolean lasts(Tracked tracked, KernelEnd end) {
        Polls polls = tracked.host().polls;
        // Between two runs of an agent nothing is known that was not known before.
        return !polls.isComplete()
                || (polls.twice(end.sinceNanos()) && tracked.connection.lastNanos() < polls.previousNanos());
    }

    /** TCP_DEFER_ACCEPT and a full accept queue hold a complete handshake back; close() behind data holds the FIN back. */
    private static boolean isExplained(TcpState wire, SocketFacts kernel) {
        return switch (kernel.state()) {
            case SYN_RECEIVED -> wire == TcpState.ESTABLISHED || wire == TcpState.CLOSE_WAIT;
            case FIN_WAIT_1 -> wire == TcpState.ESTABLISHED && kernel.sendQueue() > 0;
            case LAST_ACK -> wire == TcpState.CLOSE_WAIT && kernel.sendQueue() > 0;
            default -> false;
        };
    }

    @Override
    Clock clock(Evidence evidence) {
        return Clock.TRUSTED;
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        Verdict verdict = Verdict.of(tracked, side);
        return "%s is in %s as the segments say and in %s as the kernel says, for %s without a segment: the capture has missed something."
                .formatted(tracked.name(side), verdict.wire(), verdict.kernel(), Words.duration(nowNanos - sinceNanos));
    }

    @Override
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        attributes.put("wire_state", tracked.end(side).state().name());
    }
}
