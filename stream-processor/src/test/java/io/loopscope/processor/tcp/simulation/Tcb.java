package io.loopscope.processor.tcp.simulation;

import static io.loopscope.processor.tcp.TcpFlags.ACK;
import static io.loopscope.processor.tcp.TcpFlags.FIN;
import static io.loopscope.processor.tcp.TcpFlags.RST;
import static io.loopscope.processor.tcp.TcpFlags.SYN;
import static io.loopscope.processor.tcp.TcpState.CLOSED;
import static io.loopscope.processor.tcp.TcpState.CLOSE_WAIT;
import static io.loopscope.processor.tcp.TcpState.CLOSING;
import static io.loopscope.processor.tcp.TcpState.ESTABLISHED;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_1;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_2;
import static io.loopscope.processor.tcp.TcpState.LAST_ACK;
import static io.loopscope.processor.tcp.TcpState.SYN_RECEIVED;
import static io.loopscope.processor.tcp.TcpState.SYN_SENT;
import static io.loopscope.processor.tcp.TcpState.TIME_WAIT;

import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A real TCP endpoint: transmission control block and user calls of RFC 9293 3.3.1 and 3.10, with the timers of Linux.
 * {@link Sender} and {@link Receiver} have the send and receive sequence variables, {@link Arrival} what happens when a
 * segment arrives. It borrows the names of the states from the product, and nothing else.
 */
final class Tcb {

    private static final Set<TcpState> RESETS_ON_ABORT =
            EnumSet.of(SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT);

    private static final int UNLIMITED_CHALLENGES = 20;

    final Kernel kernel;
    final KernelSettings settings;
    /** Opened by connect(), not by a listener. */
    final boolean active;
    /** The peer's socket whose SYN made this one; null when active. */
    final @Nullable Tcb opener;

    final Sender sender;
    final Receiver receiver;
    final Keepalive keepalive;

    private final Timeline.Timer lifetime;
    private int challenges;
    private long challengedAt = Long.MIN_VALUE / 2;
    private TcpState state;
    private boolean orphan;
    boolean timestamps;
    /** When it came into TIME-WAIT; 0 when it never did. */
    long timeWaitSince;

    private int synAcks;
    private long lastSynAckAt;
    private int synAckNumber;
    private boolean spokeSinceSynAck;
    private boolean repeatedFinUnanswered;
    private boolean diedOfReset;
    private boolean diedInSilence;
    private long diedAt;
    private boolean diedUnacknowledged;

    Tcb(Kernel kernel, @Nullable Tcb opener, int initialSequence) {
        this.kernel = kernel;
        this.settings = kernel.settings;
        this.active = opener == null;
        this.opener = opener;
        this.timestamps = settings.timestamps();
        this.sender = new Sender(this, initialSequence);
        this.receiver = new Receiver(this);
        this.keepalive = new Keepalive(this);
        this.lifetime = kernel.timeline.timer(this::lifetimeIsOver);
        this.state = active ? SYN_SENT : SYN_RECEIVED;
    }

    TcpState state() {
        return state;
    }

    Side side() {
        return kernel.side;
    }

    /** close() was called: no process owns it any more. */
    boolean orphan() {
        return orphan;
    }

    void enter(TcpState next) {
        state = next;
        switch (next) {
            case CLOSED -> {
                diedAt = kernel.timeline.now();
                stop();
                kernel.forget(this);
            }
            case ESTABLISHED -> keepalive.start();
            case FIN_WAIT_2 -> {
                if (orphan) {
                    lifetime.arm(KernelSettings.FIN_TIMEOUT);
                }
            }
            case TIME_WAIT -> {
                stop();
                timeWaitSince = kernel.timeline.now();
                restartTimeWait();
            }
            default -> {}
        }
    }

    void restartTimeWait() {
        lifetime.arm(KernelSettings.TIME_WAIT);
    }

    private void lifetimeIsOver() {
        if (state == FIN_WAIT_2) {
            kernel.falls(Unobservable.ORPHAN_TIMED_OUT);
        }
        enter(CLOSED);
    }

    /** Accepts a RST. */
    void reset() {
        diedOfReset = true;
        enter(CLOSED);
    }

    boolean diedInSilence() {
        return diedInSilence;
    }

    boolean diedOfReset() {
        return diedOfReset;
    }

    /** It went without a packet while its SYN or FIN was unacknowledged: nobody will repeat it. */
    boolean diedUnacknowledged() {
        return diedUnacknowledged;
    }

    long diedAt() {
        return diedAt;
    }

    private void stop() {
        sender.stop();
        receiver.stop();
        keepalive.stop();
        lifetime.cancel();
    }

    /** The socket is gone; nobody hears of it. */
    void vanish(Unobservable reason) {
        diedUnacknowledged = sender.waitsForControl();
        diedInSilence = true;
        kernel.falls(reason);
        enter(CLOSED);
    }

    // User calls, RFC 9293 3.10.2 to 3.10.5.

    /** A program has it: a listener hands a socket out when the handshake is done, or with Fast Open before. */
    private boolean accepted() {
        return active || state != SYN_RECEIVED || receiver.streamOctets() > 0;
    }

    void write(int octets) {
        boolean writable = state == ESTABLISHED || state == CLOSE_WAIT || state == SYN_SENT || state == SYN_RECEIVED;
        if (!orphan && writable && accepted()) {
            sender.write(octets);
        }
    }

    void writeAndClose(int octets) {
        if (!orphan && (state == ESTABLISHED || state == CLOSE_WAIT)) {
            sender.cork(octets);
            close();
        }
    }

    void shutdown() {
        if (!accepted()) {
            return;
        }
        switch (state) {
            case SYN_RECEIVED, ESTABLISHED -> finish(FIN_WAIT_1);
            case CLOSE_WAIT -> finish(LAST_ACK);
            default -> {}
        }
    }

    private void finish(TcpState next) {
        enter(next);
        sender.finish();
    }

    void close() {
        if (orphan || state == CLOSED || !accepted()) {
            return;
        }
        orphan = true;
        if (state == SYN_SENT) {
            vanish(Unobservable.DROPPED_IN_SILENCE);
        } else if (receiver.unread() > 0 && state != TIME_WAIT) {
            resetAndClose();
        } else if (state == FIN_WAIT_2) {
            lifetime.arm(KernelSettings.FIN_TIMEOUT);
        } else {
            shutdown();
        }
    }

    /** close() with linger 0. */
    void abort() {
        if (orphan || state == TIME_WAIT || state == CLOSED || !accepted()) {
            return;
        }
        boolean finUnsent = (state == CLOSING || state == LAST_ACK) && !sender.finSent();
        if (RESETS_ON_ABORT.contains(state) || finUnsent) {
            resetAndClose();
        } else {
            vanish(Unobservable.DROPPED_IN_SILENCE);
        }
    }

    /** Sends a RST in the name of the socket, and is gone. */
    void resetAndClose() {
        emit(sender.next(), RST | ACK, 0, options(), Packet.Purpose.RESET);
        enter(CLOSED);
    }

    /** Answers a segment as a host that has no socket for it, and is gone: what Linux does with orphans. */
    void dropAnsweringReset(Packet packet) {
        enter(CLOSED);
        kernel.answerReset(packet);
    }

    // What it sends that takes no sequence space.

    void acknowledge() {
        emit(sender.next(), ACK, 0, options(), Packet.Purpose.ACKNOWLEDGMENT);
    }

    /** The answer to an unacceptable segment, SYN or RST. Limited, lest two ends challenge each other for ever. */
    void challenge(Packet packet) {
        long now = kernel.timeline.now();
        challenges++;
        boolean limits = settings.limitsChallenges() || challenges > UNLIMITED_CHALLENGES;
        // What takes sequence space and is no SYN cannot be part of an endless exchange: always answered.
        boolean limited = limits && (packet.length() == 0 || packet.syn());
        if (limited && now - challengedAt < KernelSettings.CHALLENGE_INTERVAL) {
            return;
        }
        if (limited) {
            challengedAt = now;
        }
        emit(sender.next(), ACK, 0, options(), Packet.Purpose.CHALLENGE);
    }

    Options options() {
        return timestamps ? Options.timestamps(kernel.timestamp(), receiver.timestampToEcho()) : Options.NONE;
    }

    void emit(int seq, int flags, int octets, Options options, Packet.Purpose purpose) {
        boolean withAck = (flags & ACK) != 0;
        boolean syn = (flags & SYN) != 0;
        spokeSinceSynAck = !syn && (spokeSinceSynAck || tellsMoreThanSynAck(flags, octets, purpose));
        if (syn && withAck) {
            synAcks++;
            synAckNumber = receiver.next();
            lastSynAckAt = kernel.timeline.now();
        }
        int window = receiver.advertise(syn);
        int ack = withAck ? receiver.next() : 0;
        if (withAck) {
            receiver.acknowledged();
        }
        kernel.transmit(new Packet(kernel.side, flags, seq, ack, window, octets, options, purpose, this, null));
    }

    /**
     * With Fast Open it sends text and acknowledgments from SYN-RECEIVED, too, but repeats only its SYN,ACK then. A single
     * octet that is repeated has the shape of a keepalive.
     */
    private boolean tellsMoreThanSynAck(int flags, int octets, Packet.Purpose purpose) {
        boolean fastOpened = synAckNumber != receiver.initial() + 1;
        boolean control = (flags & (RST | FIN)) != 0;
        boolean again = octets > 1 && purpose == Packet.Purpose.REPEATED;
        return !fastOpened || control || again || receiver.next() != synAckNumber;
    }

    /** What it sent last was its FIN again, which the peer already had, and the peer has sent nothing since. */
    boolean repeatedFinUnanswered() {
        return repeatedFinUnanswered;
    }

    void repeatedFinUnanswered(boolean is) {
        repeatedFinUnanswered = is;
    }

    int synAcks() {
        return synAcks;
    }

    long lastSynAckAt() {
        return lastSynAckAt;
    }

    /** It sent something after its last SYN,ACK that it could not have sent before the answer to that. */
    boolean spokeSinceSynAck() {
        return spokeSinceSynAck;
    }

    /** Nothing waits for an answer, nothing is about to be sent. */
    boolean quiet() {
        return !sender.waits() && !receiver.owesAck();
    }
}
