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
        return KernelSilence.isOnlyWitness(tracked)
                ? Math.max(quietSinceNanos(tracked, side), quietSinceNanos(tracked, side.peer()))
                : tracked.connection.lastNanos();
    }

    @Override
    boolean proven(Tracked tracked, Side side, RuleSettings settings) {
        return !KernelSilence.isOnlyWitness(tracked)
                || (KernelSilence.isProvenByName(tracked, side, settings)
                        && KernelSilence.isProvenByName(tracked, side.peer(), settings));
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
