package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * RFC 9293 3.8.3: a FIN that nobody acknowledges. Repeated often enough it needs no waiting. As long as the peer sends
 * anything it is alive and on its way: the time counts from its last segment.
 */
final class CloseUnacknowledged extends Rule {

    CloseUnacknowledged() {
        super(AnomalyName.CLOSE_UNACKNOWLEDGED);
    }

    @Override
    Set<TcpState> states() {
        return EnumSet.of(TcpState.FIN_WAIT_1, TcpState.CLOSING, TcpState.LAST_ACK);
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        Endpoint end = tracked.end(side);
        TcpState state = end.state();
        if (tracked.state(side) != state) {
            return NEVER; // The kernel has moved on, and no segment told of it.
        }
        if (tracked.connection.controlOnly() && !urgent(tracked, side, settings)) {
            return NEVER; // Its acknowledgment would not be captured; that it is not repeated speaks for one.
        }
        boolean waits = state == TcpState.FIN_WAIT_1 || state == TcpState.CLOSING || state == TcpState.LAST_ACK;
        return waits ? Math.max(end.sinceNanos(), tracked.peer(side).lastSegmentNanos()) : NEVER;
    }

    @Override
    boolean urgent(Tracked tracked, Side side, RuleSettings settings) {
        return tracked.end(side).finRetransmissions() >= settings.countOrOne();
    }

    @Override
    Side blamed(Side side) {
        return side.peer();
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        Endpoint end = tracked.end(side);
        String repeated = end.finRetransmissions() == 0
                ? ""
                : " and repeated it " + Words.count(end.finRetransmissions(), "time");
        return "%s sent its FIN %s ago%s; %s has not acknowledged it: it is gone, or its segments do not arrive."
                .formatted(
                        tracked.name(side),
                        Words.duration(nowNanos - end.sinceNanos()),
                        repeated,
                        tracked.name(side.peer()));
    }

    @Override
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        attributes.put("fin_retransmissions", Integer.toString(tracked.end(side).finRetransmissions()));
    }

    @Override
    ClearReason clearedBy(Tracked tracked, Side side) {
        boolean gaveUp = tracked.end(side).state() == TcpState.CLOSED && !tracked.connection.closed();
        return gaveUp ? ClearReason.EXPIRED : super.clearedBy(tracked, side);
    }
}
