package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.Map;

/**
 * RFC 9293 3.5.1, told by silence: this end repeats its data and the other does not answer at all; or told by the socket
 * table, which shows this end and not the other: the only way to see it when nothing is sent. (Told by a RST it is
 * {@link ResetReport}.)
 */
final class HalfOpen extends Rule {

    HalfOpen() {
        super(AnomalyName.HALF_OPEN);
    }

    @Override
    boolean onlyWhileWaiting() {
        return true;
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        long silent = silentSinceNanos(tracked, side, settings);
        long missing = missingSinceNanos(tracked, side);
        return silent == NEVER || missing == NEVER ? Math.max(silent, missing) : Math.min(silent, missing);
    }

    private static long missingSinceNanos(Tracked tracked, Side side) {
        if (tracked.kernel == null || tracked.facts(side) == null) {
            return NEVER;
        }
        TcpState state = tracked.state(side);
        // When it closes and nobody has answered yet, it is half-open no less; the answer, a RST, is no news then.
        boolean alone = state == TcpState.ESTABLISHED || state == TcpState.FIN_WAIT_1;
        return alone ? tracked.kernel.halfOpenNanos : NEVER;
    }

    private static long silentSinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        Endpoint end = tracked.end(side);
        if (tracked.connection.controlOnly()
                || !end.state().synchronised()
                || end.unansweredRetransmissions() < settings.countOrOne()) {
            return NEVER;
        }
        long answered = tracked.peer(side).lastSegmentNanos();
        return answered == NEVER ? tracked.connection.startedNanos() : answered;
    }

    @Override
    Clock clock(Evidence evidence) {
        return evidence == Evidence.WIRE ? Clock.TRUSTED : Clock.WATCHED;
    }

    @Override
    Side blamed(Side side) {
        return side.peer();
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        if (tracked.end(side).unansweredRetransmissions() == 0) {
            return "%s is established as the kernel says, and has been without its other end, %s, for at least %s: that end is gone without a FIN or RST."
                    .formatted(tracked.name(side), tracked.name(side.peer()), Words.duration(nowNanos - sinceNanos));
        }
        return "%s has repeated its data %s and %s has sent nothing for %s: that end is gone without a FIN or RST."
                .formatted(
                        tracked.name(side),
                        Words.count(tracked.end(side).unansweredRetransmissions(), "time"),
                        tracked.name(side.peer()),
                        Words.duration(nowNanos - sinceNanos));
    }

    @Override
    Evidence evidence(Tracked tracked, Side side) {
        if (missingSinceNanos(tracked, side) == NEVER) {
            return Evidence.WIRE;
        }
        return tracked.end(side).unansweredRetransmissions() > 0 ? Evidence.BOTH : Evidence.KERNEL;
    }

    @Override
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        attributes.put(
                "unanswered_retransmissions", Integer.toString(tracked.end(side).unansweredRetransmissions()));
    }
}
