package io.loopscope.processor.tcp.simulation;

import static io.loopscope.processor.tcp.TcpState.CLOSED;
import static io.loopscope.processor.tcp.TcpState.CLOSE_WAIT;
import static io.loopscope.processor.tcp.TcpState.ESTABLISHED;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_2;
import static io.loopscope.processor.tcp.TcpState.LAST_ACK;

import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.processor.tcp.TcpState;
import io.loopscope.processor.tcp.simulation.Trace.Truth;
import org.jspecify.annotations.Nullable;

/** What is true of an end in a quiet moment, and whether anybody could know it: the rules of {@link Unobservable}. */
final class Truths {

    private static final long GIVE_UP = TcpSettings.DEFAULT.giveUp().toNanos() + Timeline.SECOND;

    private final Ledger ledger;
    private final Kernel low;
    private final Kernel high;
    private final long slack;
    private int segments;
    private long lastSegmentAt;

    Truths(Ledger ledger, Kernel low, Kernel high, long longestDelayNanos) {
        this.ledger = ledger;
        this.low = low;
        this.high = high;
        this.slack = 2 * longestDelayNanos + Timeline.MILLISECOND;
    }

    void sawSegments(int count, long now) {
        if (count > segments) {
            segments = count;
            lastSegmentAt = now;
        }
    }

    Truth of(Side side) {
        Kernel kernel = kernel(side);
        Tcb tcb = kernel.tcb();
        TcpState state = tcb == null ? CLOSED : tcb.state();
        TcpState onWire = tcb == null ? CLOSED : onWire(tcb);
        Tcb last = ledger.latest(side);
        Tcb peer = ledger.latest(side.peer());
        boolean heard = peer != null && last != null && ledger.sameIncarnation(last, peer) && peer.diedOfReset();
        if (tcb == null && kernel.silence() != null && !heard) {
            return silent(kernel, state, onWire);
        }
        if (tcb == null && last != null && resetsInVain(last)) {
            return new Truth(state, onWire, Unobservable.RST_WITHOUT_EFFECT, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (last != null && last.repeatedFinUnanswered() && ledger.isOfLatestIncarnation(last)) {
            long until = tcb == null ? last.diedAt() + GIVE_UP : Long.MAX_VALUE;
            return new Truth(state, onWire, Unobservable.REPEATED_WHEN_ACKNOWLEDGED, Long.MIN_VALUE, until);
        }
        if (tcb == null && (repeatedWhenRefused(last) || repeatedWhenRefused(peer))) {
            long until = Math.max(low.lastSentAt(), high.lastSentAt()) + GIVE_UP;
            return new Truth(state, onWire, Unobservable.REPEATED_WHEN_REFUSED, Long.MIN_VALUE, until);
        }
        if (tcb != null && !ledger.isOfLatestIncarnation(tcb)) {
            return new Truth(state, onWire, Unobservable.OLDER_INCARNATION, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (tcb != null && resetInVain(tcb)) {
            return new Truth(state, onWire, Unobservable.RST_WITHOUT_EFFECT, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (tcb != null && tcb.synAcks() > 1 && !tcb.spokeSinceSynAck()) {
            boolean exhausted = tcb.synAcks() > KernelSettings.SYN_ACK_RETRIES;
            long until = exhausted ? Long.MAX_VALUE : kernel.lastSentAt() + GIVE_UP;
            return new Truth(state, onWire, Unobservable.SYN_ACK_REPEATED, Long.MIN_VALUE, until);
        }
        if (peer != null && peer.state() == CLOSED && peer.diedUnacknowledged()) {
            // An end that closed before is believed to be in TIME-WAIT, which ends sooner than the doubt.
            long until = state == FIN_WAIT_2 ? Long.MAX_VALUE : peer.diedAt() + GIVE_UP;
            return new Truth(state, onWire, Unobservable.NOBODY_REPEATS_WHAT_WAS_LOST, Long.MIN_VALUE, until);
        }
        return timeWait(kernel, state, onWire);
    }

    private boolean repeatedWhenRefused(@Nullable Tcb socket) {
        return socket != null
                && socket.diedOfReset()
                && ledger.repeatedWhenRefused(socket)
                && ledger.isOfLatestIncarnation(socket);
    }

    private Truth timeWait(Kernel kernel, TcpState state, TcpState onWire) {
        Tcb last = ledger.latest(kernel.side);
        if (last == null || last.timeWaitSince == 0) {
            return new Truth(state, onWire, null, 0, 0);
        }
        return new Truth(
                state,
                onWire,
                Unobservable.TIME_WAIT_ABOUT_TO_END,
                last.timeWaitSince + KernelSettings.TIME_WAIT - slack,
                lastSegmentAt + KernelSettings.TIME_WAIT + slack);
    }

    private Kernel kernel(Side side) {
        return side == Side.LOW ? low : high;
    }

    private Truth silent(Kernel kernel, TcpState state, TcpState onWire) {
        Unobservable reason = kernel.silence();
        Tcb peer = ledger.latest(kernel.side.peer());
        long until = Long.MAX_VALUE;
        if (reason == Unobservable.GAVE_UP_ON_CONTROL && peer != null && peer.receiver.finReceived()) {
            reason = Unobservable.GAVE_UP_ON_ACKNOWLEDGED_FIN;
        } else if (reason == Unobservable.GAVE_UP_ON_CONTROL || reason == Unobservable.DROPPED_IN_SILENCE) {
            until = Math.max(kernel.silentSince(), kernel.lastSentAt()) + GIVE_UP;
            if (peer != null && peer.sender.unacknowledged() == peer.sender.initial()) {
                // Each SYN may have met a listener.
                until = Math.max(until, peer.kernel.lastSentAt() + GIVE_UP);
            }
        }
        return new Truth(state, onWire, reason, Long.MIN_VALUE, until);
    }

    /** Its host answered the peer with a RST, which is not what ended the peer. */
    private boolean resetsInVain(Tcb gone) {
        Tcb peer = ledger.latest(gone.side().peer());
        boolean sent = peer != null && ledger.sameIncarnation(gone, peer) && ledger.wasReset(peer);
        return sent && !peer.diedOfReset() && (peer.state() != CLOSED || peer.diedInSilence());
    }

    private boolean resetInVain(Tcb tcb) {
        Tcb peer = kernel(tcb.side().peer()).tcb();
        return ledger.wasReset(tcb) && (peer == null || !ledger.sameIncarnation(peer, tcb));
    }

    /**
     * RFC 9293 3.10.4 lets close() enter FIN-WAIT-1 when the FIN has yet to be sent. Nobody can see that; and when the
     * peer's FIN comes meanwhile, this end is in CLOSING for its kernel and in LAST-ACK for everybody else.
     */
    private static TcpState onWire(Tcb tcb) {
        boolean sent = tcb.sender.finSent();
        return switch (tcb.state()) {
            case FIN_WAIT_1 -> sent ? tcb.state() : ESTABLISHED;
            case LAST_ACK -> sent ? tcb.state() : CLOSE_WAIT;
            case CLOSING -> !sent ? CLOSE_WAIT : tcb.sender.finAnsweredPeers() ? LAST_ACK : tcb.state();
            case TIME_WAIT -> tcb.sender.finAnsweredPeers() ? CLOSED : tcb.state();
            default -> tcb.state();
        };
    }
}
