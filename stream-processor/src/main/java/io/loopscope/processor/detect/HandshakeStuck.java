package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** RFC 9293 3.5: a server repeats its SYN,ACK and no ACK completes the handshake. */
final class HandshakeStuck extends Rule {

    HandshakeStuck() {
        super(AnomalyName.HANDSHAKE_STUCK);
    }

    @Override
    Set<TcpState> states() {
        return EnumSet.of(TcpState.SYN_RECEIVED);
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        Endpoint end = tracked.end(side);
        boolean waits = end.state() == TcpState.SYN_RECEIVED && tracked.state(side) == TcpState.SYN_RECEIVED;
        return waits && end.synAckTransmissions() > 0 ? end.firstSegmentNanos() : NEVER;
    }

    @Override
    boolean proven(Tracked tracked, Side side, RuleSettings settings) {
        return tracked.end(side).synAckTransmissions() >= settings.countOrOne();
    }

    @Override
    Side blamed(Side side) {
        return side.peer();
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        return "%s has sent %s within %s and %s has not acknowledged: the handshake is not complete."
                .formatted(
                        tracked.name(side),
                        Words.count(tracked.end(side).synAckTransmissions(), "SYN,ACK"),
                        Words.duration(nowNanos - sinceNanos),
                        tracked.name(side.peer()));
    }

    @Override
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        attributes.put("syn_acks", Integer.toString(tracked.end(side).synAckTransmissions()));
    }
}
