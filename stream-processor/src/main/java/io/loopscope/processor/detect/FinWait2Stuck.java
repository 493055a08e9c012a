package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.EnumSet;
import java.util.Set;

/**
 * RFC 9293 3.6: this end has closed and waits for the peer's FIN. When the peer is known to be in CLOSE-WAIT that is
 * {@link CloseWaitStuck}, seen from the other side: one anomaly for one cause.
 */
final class FinWait2Stuck extends HalfClosedSilence {

    FinWait2Stuck() {
        super(AnomalyName.FIN_WAIT_2_STUCK);
    }

    @Override
    Set<TcpState> states() {
        return EnumSet.of(TcpState.FIN_WAIT_2);
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        if (tracked.state(side) != TcpState.FIN_WAIT_2 || tracked.state(side.peer()) == TcpState.CLOSE_WAIT) {
            return NEVER;
        }
        boolean silenceTells = !tracked.connection.controlOnly() && !tracked.connection.closeOrderUnknown();
        if (tracked.end(side).state() == TcpState.FIN_WAIT_2 && silenceTells) {
            return tracked.connection.silentSinceNanos(side);
        }
        return quietSinceNanos(tracked, side, TcpState.FIN_WAIT_2);
    }

    @Override
    Side blamed(Side side) {
        return side.peer();
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        return "%s has closed and its FIN was acknowledged; no FIN of %s has come for %s."
                .formatted(tracked.name(side), tracked.name(side.peer()), Words.duration(nowNanos - sinceNanos));
    }

    @Override
    ClearReason clearedBy(Tracked tracked, Side side) {
        return !tracked.isClosed()
                        && !tracked.isOver(side)
                        && tracked.peer(side).finSent()
                ? ClearReason.CLOSED
                : super.clearedBy(tracked, side);
    }
}
