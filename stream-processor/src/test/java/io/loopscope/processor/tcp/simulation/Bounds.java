package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.processor.tcp.TcpState;
import io.loopscope.processor.tcp.simulation.Evidence.End;

/**
 * Between which states the core has to be, at any moment, whatever has been delivered so far. Never ahead: a state needs
 * that the segments which lead there were sent. Never behind: what an end sends itself proves what it has got. With a
 * capture that loses segments the same holds, with proofs from what was captured and possibilities from what was sent.
 */
final class Bounds {

    private final Evidence sent;
    private final Evidence captured;
    private final TcpSettings settings;

    Bounds(Evidence sent, Evidence captured, TcpSettings settings) {
        this.sent = sent;
        this.captured = captured;
        this.settings = settings;
    }

    /**
     * Whether an end can be in that state.
     *
     * @param partial the handshake was not captured: any segment with ACK looks like one of an established connection
     */
    boolean allow(Side side, TcpState state, boolean partial, long now) {
        End may = sent.end(side);
        End does = captured.end(side);
        End peerMay = sent.end(side.peer());
        boolean gotFin = does.acknowledgedFin();
        return switch (state) {
            case CLOSED -> closed(side, now);
            case SYN_SENT -> may.bareSyn() && !does.acknowledgedSyn();
            case SYN_RECEIVED -> peerMay.anySyn() && !does.established() && !does.fin();
            case ESTABLISHED ->
                (partial || does.synAckMissing() || mayBeEstablished(may, peerMay)) && !does.fin() && !gotFin;
            case CLOSE_WAIT -> peerMay.fin() && !does.fin();
            case FIN_WAIT_1 -> may.fin() && !gotFin;
            case FIN_WAIT_2 -> may.fin() && peerMay.acknowledgedFin() && !gotFin;
            case CLOSING -> may.fin() && peerMay.fin() && !does.finAnsweredPeers();
            case TIME_WAIT -> may.fin() && peerMay.fin() && peerMay.acknowledgedFin() && !does.finAnsweredPeers();
            case LAST_ACK -> may.finAnsweredPeers() || (may.fin() && peerMay.fin() && !does.firstFin());
        };
    }

    /** Text that a server sends with Fast Open looks like anybody's when the handshake was not captured. */
    private static boolean mayBeEstablished(End may, End peerMay) {
        return peerMay.acknowledgedSyn() || may.earlyText() || peerMay.earlyText();
    }

    private boolean closed(Side side, long now) {
        End may = sent.end(side);
        End does = captured.end(side);
        End peer = sent.end(side.peer());
        boolean nothingSent = !does.anySyn() && !does.established();
        boolean bothFinished = may.fin() && peer.fin() && peer.acknowledgedFin();
        long silence = Math.max(now - does.lastAt(), does.longestSilence());
        return nothingSent
                || sent.reset()
                || bothFinished
                || silence >= settings.giveUp().toNanos();
    }
}
