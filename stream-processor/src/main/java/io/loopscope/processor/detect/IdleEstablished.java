package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.EnumSet;
import java.util.Set;

/** RFC 9293 3.8.4: nothing is sent on an established connection. One anomaly, of the end that has opened it. */
final class IdleEstablished extends Rule {

    IdleEstablished() {
        super(AnomalyName.IDLE_ESTABLISHED);
    }

    @Override
    Set<TcpState> states() {
        return EnumSet.of(TcpState.ESTABLISHED);
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        boolean established = side == tracked.client()
                && tracked.state(side) == TcpState.ESTABLISHED
                && tracked.state(side.peer()) == TcpState.ESTABLISHED;
        if (!established) {
            return NEVER;
        }
        long silent = tracked.connection.lastNanos();
        return KernelSilence.isOnlyWitness(tracked)
                ? Math.max(silent, Math.max(quietSinceNanos(tracked, side), quietSinceNanos(tracked, side.peer())))
                : silent;
    }

    @Override
    boolean proven(Tracked tracked, Side side, RuleSettings settings) {
        long enough = sinceNanos(tracked, side, settings) + settings.warningAfterNanos();
        return !KernelSilence.isOnlyWitness(tracked)
                || (KernelSilence.isNamedSince(tracked, side, enough)
                        && KernelSilence.isNamedSince(tracked, side.peer(), enough));
    }

    private static long quietSinceNanos(Tracked tracked, Side side) {
        KernelEnd end = tracked.kernelEnd(side);
        return end == null ? NEVER : end.quietSinceNanos();
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        return "Neither %s nor %s has sent anything for %s, not even a keepalive."
                .formatted(tracked.name(side), tracked.name(side.peer()), Words.duration(nowNanos - sinceNanos));
    }
}
