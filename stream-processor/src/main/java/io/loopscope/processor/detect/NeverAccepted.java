package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.Set;

/**
 * RFC 9293 3.9.1.1: the handshake is complete and no process has accepted the connection: on the server's side it has no
 * inode. (An orphan in FIN-WAIT-2 has none either: the state decides what it means.) A client that has closed meanwhile
 * leaves it in CLOSE-WAIT, which nobody can end but who accepts it.
 */
final class NeverAccepted extends Rule {

    NeverAccepted() {
        super(AnomalyName.NEVER_ACCEPTED);
    }

    /** No process has it, where the table tells. */
    static boolean isUnowned(Tracked tracked, Side side) {
        KernelEnd end = tracked.kernelEnd(side);
        return end != null && end.unownedSinceNanos() != NEVER && tracked.host().inodesKnown;
    }

    @Override
    Set<TcpState> states() {
        return Set.of(); // Only the socket table shows it.
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        KernelEnd end = tracked.kernelEnd(side);
        if (end == null || side != tracked.server() || !isUnowned(tracked, side)) {
            return NEVER;
        }
        TcpState state = tracked.state(side);
        boolean complete = state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT;
        if (!complete) {
            return NEVER;
        }
        boolean fromTheStart = !tracked.onlyInTable() && !tracked.connection.partial();
        return fromTheStart ? tracked.connection.startedNanos() : end.unownedSinceNanos();
    }

    @Override
    Evidence evidence(Tracked tracked, Side side) {
        return Evidence.KERNEL;
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        return "The connection of %s has waited for %s in the accept queue of %s: %s has not called accept()."
                .formatted(
                        tracked.name(side.peer()),
                        Words.duration(nowNanos - sinceNanos),
                        tracked.name(side),
                        Processes.who(tracked, side));
    }
}
