package io.loopscope.processor.tcp.simulation;

import static io.loopscope.processor.tcp.TcpFlags.ACK;
import static io.loopscope.processor.tcp.TcpFlags.FIN;
import static io.loopscope.processor.tcp.TcpFlags.PSH;
import static io.loopscope.processor.tcp.TcpFlags.SYN;

import io.loopscope.processor.tcp.TcpState;
import java.util.ArrayDeque;
import java.util.Deque;

/** SND.UNA, SND.NXT and SND.WND: what to send when, and when again. */
final class Sender {

    record InFlight(int seq, int octets, boolean syn, boolean fin) {
        int end() {
            return seq + octets + (syn ? 1 : 0) + (fin ? 1 : 0);
        }
    }

    private final Tcb tcb;
    private final Repetition repetition;
    final Deque<InFlight> inFlight = new ArrayDeque<>();
    private final int initial;
    private int unacknowledged;
    private int next;
    private long window;
    private int windowSeq;
    private int windowAck;
    private int scale;
    private boolean peerScales;
    private int segmentSize;
    private long unsent;
    private boolean finQueued;
    private boolean finSent;
    private boolean finAnsweredPeers;
    private int highest;

    Sender(Tcb tcb, int initial) {
        this.tcb = tcb;
        this.initial = initial;
        this.unacknowledged = initial;
        this.next = initial;
        this.highest = initial;
        this.segmentSize = tcb.settings.segmentSize();
        this.repetition = new Repetition(tcb, this);
    }

    int initial() {
        return initial;
    }

    int next() {
        return next;
    }

    int unacknowledged() {
        return unacknowledged;
    }

    /** SND.NXT at its highest: next goes back when Fast Open data is refused. */
    int highest() {
        return highest;
    }

    boolean finSent() {
        return finSent;
    }

    /** Its FIN, when it was first sent, acknowledged the peer's: on the wire this end closed second. */
    boolean finAnsweredPeers() {
        return finAnsweredPeers;
    }

    /** The sequence number after its FIN; meaningless before {@link #finSent}. */
    int finEnd() {
        return highest;
    }

    boolean finAcknowledged() {
        return finSent && unacknowledged == next;
    }

    /** Octets of data ever sent, each counted once. */
    long streamOctets() {
        return Integer.toUnsignedLong(highest - initial) - 1 - (finSent ? 1 : 0);
    }

    boolean waits() {
        return !inFlight.isEmpty();
    }

    boolean waitsForControl() {
        return inFlight.stream().anyMatch(segment -> segment.syn() || segment.fin());
    }

    boolean hasUnsent() {
        return unsent > 0 || (finQueued && !finSent);
    }

    void stop() {
        inFlight.clear();
        repetition.stop();
    }

    // Opening.

    void open(int fastOpenOctets) {
        var syn = new InFlight(initial, fastOpenOctets, true, false);
        inFlight.add(syn);
        next = syn.end();
        highest = next;
        transmit(syn, Packet.Purpose.NEW);
        repetition.arm();
    }

    /** The peer's SYN told its window, scale and segment size. */
    void learn(Packet syn, boolean scaled) {
        segmentSize = Math.min(segmentSize, syn.options().maximumSegmentSize());
        scale = scaled ? syn.options().windowScale() : 0;
        peerScales = scaled;
        updateWindow(syn);
    }

    boolean peerScales() {
        return peerScales;
    }

    /** An old incarnation of the peer was just reset: Linux does not wait a second for the next SYN. */
    void repeatSynSoon() {
        repetition.hurry();
    }

    /** Fast Open data that the peer's SYN does not acknowledge goes out again, as ordinary data. */
    void takeBackSynData() {
        InFlight syn = inFlight.remove();
        unsent += syn.octets();
        next = initial + 1;
        inFlight.add(new InFlight(initial, 0, true, false));
    }

    // Sending.

    void write(int octets) {
        unsent += octets;
        push();
    }

    /** Data that stays with the kernel until more or a FIN follows (TCP_CORK). */
    void cork(int octets) {
        unsent += octets;
    }

    void finish() {
        finQueued = true;
        push();
    }

    void push() {
        while (mayTransmit() && hasUnsent()) {
            long room = Math.max(0, Mod32.ahead(next, unacknowledged + (int) window));
            int slots = KernelSettings.CONGESTION_WINDOW - inFlight.size();
            int octets = slots <= 0 ? 0 : (int) Math.min(Math.min(unsent, segmentSize), room);
            boolean fin = finQueued && octets == unsent && room > octets && slots > 0;
            if (octets == 0 && !fin) {
                break;
            }
            transmitNew(octets, fin);
        }
        repetition.arm();
    }

    private boolean mayTransmit() {
        return switch (tcb.state()) {
            case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, CLOSING, LAST_ACK -> synAcknowledged() || fastOpenServer();
            case SYN_RECEIVED -> fastOpenServer();
            default -> false;
        };
    }

    private boolean synAcknowledged() {
        return unacknowledged != initial;
    }

    private boolean fastOpenServer() {
        return !tcb.active && tcb.settings.fastOpen() && tcb.receiver.streamOctets() > 0;
    }

    private void transmitNew(int octets, boolean fin) {
        var segment = new InFlight(next, octets, false, fin);
        inFlight.add(segment);
        unsent -= octets;
        boolean again = Mod32.less(next, highest);
        next = segment.end();
        highest = Mod32.less(highest, next) ? next : highest;
        if (fin) {
            finSent = true;
            finAnsweredPeers = tcb.receiver.finReceived();
        }
        transmit(segment, again ? Packet.Purpose.REPEATED : Packet.Purpose.NEW);
        repetition.sentNew();
    }

    void transmit(InFlight segment, Packet.Purpose purpose) {
        if (segment.syn()) {
            boolean first = tcb.state() == TcpState.SYN_SENT;
            // Fast Open data is not repeated with the SYN.
            int octets = purpose == Packet.Purpose.NEW ? segment.octets() : 0;
            tcb.emit(segment.seq(), first ? SYN : SYN | ACK, octets, tcb.kernel.synOptions(tcb), purpose);
        } else {
            int flags = ACK | (segment.octets() > 0 ? PSH : 0) | (segment.fin() ? FIN : 0);
            tcb.emit(segment.seq(), flags, segment.octets(), tcb.options(), purpose);
        }
    }

    void windowProbe() {
        tcb.emit(unacknowledged - 1, ACK, 0, tcb.options(), Packet.Purpose.WINDOW_PROBE);
    }

    // Acknowledgments, RFC 9293 3.10.7.4, fifth.

    void acknowledgedBy(Packet packet) {
        int ack = packet.ack();
        if (Mod32.less(unacknowledged, ack)) {
            unacknowledged = ack;
            next = Mod32.less(next, ack) ? ack : next;
            while (!inFlight.isEmpty() && Mod32.lessOrEqual(inFlight.peek().end(), ack)) {
                inFlight.remove();
            }
            if (!inFlight.isEmpty() && Mod32.less(inFlight.peek().seq(), ack)) {
                InFlight partly = inFlight.remove();
                int gone = (int) Mod32.ahead(partly.seq(), ack) - (partly.syn() ? 1 : 0);
                inFlight.addFirst(new InFlight(ack, partly.octets() - gone, false, partly.fin()));
            }
            repetition.progress();
        } else if (ack == unacknowledged && packet.length() == 0 && scaled(packet) == window) {
            repetition.duplicateAck();
        }
        boolean newer =
                Mod32.less(windowSeq, packet.seq()) || (windowSeq == packet.seq() && Mod32.lessOrEqual(windowAck, ack));
        if (newer && Mod32.lessOrEqual(unacknowledged, ack)) {
            updateWindow(packet);
        }
    }

    private long scaled(Packet packet) {
        return (long) packet.window() << (packet.syn() ? 0 : scale);
    }

    void updateWindow(Packet packet) {
        window = scaled(packet);
        windowSeq = packet.seq();
        windowAck = packet.ack();
        repetition.windowIs(window);
    }
}
