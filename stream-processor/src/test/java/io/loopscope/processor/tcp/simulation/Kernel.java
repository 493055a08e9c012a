package io.loopscope.processor.tcp.simulation;

import static io.loopscope.processor.tcp.TcpFlags.ACK;
import static io.loopscope.processor.tcp.TcpFlags.RST;
import static io.loopscope.processor.tcp.TcpState.CLOSED;
import static io.loopscope.processor.tcp.TcpState.TIME_WAIT;

import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Side;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** One host, as far as the one 4-tuple goes: at most one socket, perhaps a listener. */
final class Kernel {

    /** connect() may take a tuple out of TIME-WAIT after this (tcp_tw_reuse). */
    private static final long REUSE_AFTER = Timeline.SECOND;

    final Side side;
    final KernelSettings settings;
    final Timeline timeline;
    final Application application;
    private final Wire wire;
    private final IntSupplier initialSequences;
    private @Nullable Tcb tcb;
    private boolean listening;
    private boolean alive = true;
    private @Nullable Unobservable silence;
    private long silentSince;
    private long lastSentAt;

    Kernel(
            Side side,
            KernelSettings settings,
            ApplicationSettings application,
            Timeline timeline,
            Wire wire,
            IntSupplier initialSequences) {
        this.side = side;
        this.settings = settings;
        this.timeline = timeline;
        this.wire = wire;
        this.initialSequences = initialSequences;
        this.application = new Application(this, application);
    }

    @Nullable Tcb tcb() {
        return tcb;
    }

    boolean listening() {
        return listening;
    }

    boolean alive() {
        return alive;
    }

    /** Why its state is not what the wire says; null when it is. */
    @Nullable Unobservable silence() {
        return silence;
    }

    long lastSentAt() {
        return lastSentAt;
    }

    long silentSince() {
        return silentSince;
    }

    void falls(Unobservable reason) {
        silence = reason;
        silentSince = timeline.now();
    }

    boolean quiet() {
        return tcb == null || tcb.quiet();
    }

    // System calls.

    void listen(boolean on) {
        listening = on;
    }

    void connect(int fastOpenOctets) {
        if (!alive || (tcb != null && !reusable(tcb))) {
            return;
        }
        if (tcb != null) {
            tcb.enter(CLOSED);
        }
        tcb = new Tcb(this, null, initialSequences.getAsInt());
        tcb.sender.open(settings.fastOpen() ? fastOpenOctets : 0);
    }

    private boolean reusable(Tcb old) {
        return old.state() == TIME_WAIT && timeline.now() - old.timeWaitSince >= REUSE_AFTER;
    }

    /** Its power is cut: it neither sends nor hears. */
    void crash() {
        if (tcb != null) {
            tcb.vanish(Unobservable.VANISHED);
        }
        alive = false;
    }

    /** Back again, remembering nothing; its services run. */
    void reboot() {
        alive = true;
    }

    // Segments.

    void arrives(Packet packet) {
        if (!alive) {
            return;
        }
        if (tcb != null) {
            Arrival.at(tcb, packet);
        } else if (listening && !packet.rst() && !packet.hasAck()) {
            if (packet.syn()) {
                accept(packet);
            }
        } else if (!packet.rst()) {
            answerReset(packet);
        }
    }

    /** RFC 9293 3.10.7.2: a SYN meets a listener. */
    void accept(Packet syn) {
        tcb = new Tcb(this, syn.origin(), initialSequences.getAsInt());
        Options offered = syn.options();
        boolean scaled = settings.windowScale() >= 0 && offered.windowScale() >= 0;
        tcb.timestamps &= offered.timestamps();
        tcb.receiver.synchronise(syn, scaled);
        tcb.sender.learn(syn, scaled);
        boolean fastOpened = settings.fastOpen() && syn.octets() > 0;
        if (fastOpened) {
            tcb.receiver.take(syn);
        }
        tcb.sender.open(0);
        if (fastOpened) {
            application.readable(tcb);
        }
    }

    void forget(Tcb gone) {
        if (tcb == gone) {
            tcb = null;
        }
    }

    /** RFC 9293 3.10.7.1: the RST of a host that has no socket for a segment. */
    void answerReset(Packet packet) {
        if (packet.rst()) {
            return;
        }
        int seq = packet.hasAck() ? packet.ack() : 0;
        int flags = packet.hasAck() ? RST : RST | ACK;
        int ack = packet.hasAck() ? 0 : packet.end();
        transmit(new Packet(side, flags, seq, ack, 0, 0, Options.NONE, Packet.Purpose.RESET, null, packet));
    }

    /** It sent something that tells what became of its socket. */
    void speaks() {
        silence = null;
    }

    void transmit(Packet packet) {
        lastSentAt = timeline.now();
        wire.transmit(packet);
    }

    /** Milliseconds, with an offset so that it wraps in some runs. */
    int timestamp() {
        return (int) (timeline.now() / Timeline.MILLISECOND) + (side == Side.LOW ? 0 : 0x7fff_ff00);
    }

    Options synOptions(Tcb socket) {
        return new Options(
                settings.segmentSize(),
                socket.active || socket.sender.peerScales() ? settings.windowScale() : Options.ABSENT,
                true,
                socket.timestamps,
                socket.timestamps ? timestamp() : 0,
                socket.timestamps ? socket.receiver.timestampToEcho() : 0);
    }
}
