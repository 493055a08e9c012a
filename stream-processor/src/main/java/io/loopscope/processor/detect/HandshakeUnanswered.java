package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** RFC 9293 3.5: a client repeats its SYN and nobody answers. One anomaly over all repetitions. */
final class HandshakeUnanswered extends Rule {

    HandshakeUnanswered() {
        super(AnomalyName.HANDSHAKE_UNANSWERED);
    }

    @Override
    Set<TcpState> states() {
        return EnumSet.of(TcpState.SYN_SENT);
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        return tracked.state(side) == TcpState.SYN_SENT && tracked.peer(side).segments() == 0
                ? tracked.connection.startedNanos()
                : NEVER;
    }

    @Override
    boolean proven(Tracked tracked, Side side, RuleSettings settings) {
        return tracked.end(side).synTransmissions() >= settings.countOrOne();
    }

    @Override
    Clock clock(Evidence evidence) {
        return Clock.TRUSTED;
    }

    @Override
    Side blamed(Side side) {
        return side.peer();
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        return "%s has sent %s within %s and %s has answered none: its accept queue is full, or a firewall drops them."
                .formatted(
                        tracked.name(side),
                        Words.count(tracked.end(side).synTransmissions(), "SYN"),
                        Words.duration(nowNanos - sinceNanos),
                        tracked.name(side.peer()));
    }

    @Override
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        attributes.put("syns", Integer.toString(tracked.end(side).synTransmissions()));
    }
}
