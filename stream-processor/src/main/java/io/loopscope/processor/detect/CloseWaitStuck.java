package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * RFC 9293 3.6: the peer has closed and this end neither closes nor sends. CLOSE-WAIT has no timer in any kernel. New data
 * starts the time again: half-close with flowing data is healthy (3.6.1). On segments alone it waits while the capture
 * loses some: the FIN may be among them.
 */
final class CloseWaitStuck extends HalfClosedSilence {

    CloseWaitStuck() {
        super(AnomalyName.CLOSE_WAIT_STUCK);
    }

    @Override
    Set<TcpState> states() {
        return EnumSet.of(TcpState.CLOSE_WAIT);
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        // What nobody has accepted nobody can close: that is NEVER_ACCEPTED.
        if (tracked.state(side) != TcpState.CLOSE_WAIT || NeverAccepted.isUnowned(tracked, side)) {
            return NEVER;
        }
        if (waitsOnTheWire(tracked, side)) {
            return tracked.connection.silentSinceNanos(side);
        }
        return quietSinceNanos(tracked, side, TcpState.CLOSE_WAIT);
    }

    /**
     * Captured is not delivered: a FIN that was not acknowledged is CLOSE_UNACKNOWLEDGED. And a capture that begins with a
     * FIN cannot tell the first of two (a leak) from the second (all over): only the socket table can.
     */
    private static boolean waitsOnTheWire(Tracked tracked, Side side) {
        return tracked.end(side).state() == TcpState.CLOSE_WAIT
                && tracked.peer(side).finAcknowledged()
                && !tracked.connection.controlOnly() // It may send data that is not captured.
                && !tracked.connection.closeOrderUnknown();
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        Endpoint end = tracked.end(side);
        String peer = tracked.name(side.peer());
        if (end.state() != TcpState.CLOSE_WAIT) {
            return "%s is in CLOSE-WAIT and silent for %s, as the kernel says: %s has closed, and %s has not called close()."
                    .formatted(
                            tracked.name(side),
                            Words.duration(nowNanos - sinceNanos),
                            peer,
                            Processes.who(tracked, side));
        }
        if (end.lastDataNanos() > end.sinceNanos()) {
            return "%s got the FIN of %s %s ago and acknowledged it, and has sent nothing for %s: %s has not called close()."
                    .formatted(
                            tracked.name(side),
                            peer,
                            Words.duration(nowNanos - end.sinceNanos()),
                            Words.duration(nowNanos - sinceNanos),
                            Processes.who(tracked, side));
        }
        return "%s got the FIN of %s %s ago, acknowledged it, and has sent neither FIN nor RST since: %s has not called close()."
                .formatted(
                        tracked.name(side), peer, Words.duration(nowNanos - sinceNanos), Processes.who(tracked, side));
    }

    @Override
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        Endpoint peer = tracked.peer(side);
        if (tracked.state(side.peer()) == TcpState.FIN_WAIT_2 && peer.state() == TcpState.FIN_WAIT_2) {
            attributes.put("fin_wait_2_since_ns", Long.toString(peer.sinceNanos()));
        }
    }

    @Override
    ClearReason clearedBy(Tracked tracked, Side side) {
        return !tracked.isClosed() && !tracked.isOver(side) && tracked.end(side).finSent()
                ? ClearReason.CLOSED
                : super.clearedBy(tracked, side);
    }
}
