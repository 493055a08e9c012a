package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.EnumSet;
import java.util.Set;

/**
 * RFC 9293 3.6.1: the peer has closed and this end keeps sending. Legal; only told because somebody may have forgotten it.
 * When it falls silent it becomes {@link CloseWaitStuck}.
 */
final class HalfClosedStreaming extends Rule {

    HalfClosedStreaming() {
        super(AnomalyName.HALF_CLOSED_STREAMING);
    }

    @Override
    Set<TcpState> states() {
        return EnumSet.of(TcpState.CLOSE_WAIT);
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        Endpoint end = tracked.end(side);
        boolean streams = !tracked.connection.controlOnly()
                && end.state() == TcpState.CLOSE_WAIT
                && end.lastDataNanos() > end.sinceNanos()
                && !ConditionEngine.isOpen(tracked, AnomalyName.CLOSE_WAIT_STUCK, side);
        return streams ? end.sinceNanos() : NEVER;
    }

    @Override
    boolean proven(Tracked tracked, Side side, RuleSettings settings) {
        Endpoint end = tracked.end(side);
        return end.lastDataNanos() - end.sinceNanos() >= settings.warningAfterNanos();
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        return "%s has closed its half %s ago and %s is still sending, which is legal."
                .formatted(tracked.name(side.peer()), Words.duration(nowNanos - sinceNanos), tracked.name(side));
    }
}
