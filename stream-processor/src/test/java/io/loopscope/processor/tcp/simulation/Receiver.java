package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Options;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** RCV.NXT and RCV.WND, reassembly, delayed acknowledgments, and the window: its right edge never moves left. */
final class Receiver {

    private record Chunk(int seq, int octets, boolean fin) {
        int end() {
            return seq + octets;
        }
    }

    private final Tcb tcb;
    private final Timeline.Timer delayedAck;
    private final List<Chunk> early = new ArrayList<>();
    private int initial;
    private int next;
    private int rightEdge;
    private int scale;
    private long unread;
    private boolean reading = true;
    private boolean finReceived;
    private int unacknowledged;
    private int lastAckSent;
    private int recentTimestamp;
    private boolean recentTimestampKnown;

    Receiver(Tcb tcb) {
        this.tcb = tcb;
        this.delayedAck = tcb.kernel.timeline.timer(tcb::acknowledge);
    }

    /** The peer's SYN is here. */
    void synchronise(Packet syn, boolean scaled) {
        initial = syn.seq();
        next = initial + 1;
        lastAckSent = next;
        // What the own SYN promised, or the SYN,ACK is about to.
        rightEdge = next + Math.min(tcb.settings.receiveBuffer(), 65535);
        scale = scaled ? tcb.settings.windowScale() : 0;
        noteTimestamp(syn);
    }

    int initial() {
        return initial;
    }

    int next() {
        return next;
    }

    long unread() {
        return unread;
    }

    boolean finReceived() {
        return finReceived;
    }

    /** Octets received in order, over the whole life. */
    long streamOctets() {
        return Integer.toUnsignedLong(next - initial) - 1 - (finReceived ? 1 : 0);
    }

    /** RFC 9293 3.10.7.4, first: the four cases of acceptability. */
    boolean accepts(Packet packet) {
        long window = Mod32.ahead(next, rightEdge);
        long first = Mod32.ahead(next, packet.seq());
        if (packet.length() == 0) {
            return window == 0 ? first == 0 : first >= 0 && first < window;
        }
        long last = first + packet.length() - 1;
        return window > 0 && ((first >= 0 && first < window) || (last >= 0 && last < window));
    }

    /** Takes the text and FIN of an acceptable segment. True when RCV.NXT moved. */
    boolean take(Packet packet) {
        int seq = packet.dataSeq();
        int room = (int) Math.max(0, Mod32.ahead(seq, rightEdge));
        int octets = Math.min(packet.octets(), room);
        // What does not fit is sent again, the FIN with it; a FIN alone may stand on the edge.
        boolean fin = packet.fin() && octets == packet.octets();
        early.add(new Chunk(seq, octets, fin));
        int before = next;
        while (advance()) {}
        early.removeIf(chunk -> finReceived || (Mod32.lessOrEqual(chunk.end(), next) && !chunk.fin()));
        return before != next;
    }

    private boolean advance() {
        for (Iterator<Chunk> it = early.iterator(); it.hasNext() && !finReceived; ) {
            Chunk chunk = it.next();
            boolean brings = Mod32.less(next, chunk.end()) || (chunk.fin() && chunk.end() == next);
            if (Mod32.lessOrEqual(chunk.seq(), next) && brings) {
                it.remove();
                unread += Mod32.ahead(next, chunk.end());
                next = chunk.end();
                if (chunk.fin()) {
                    next++;
                    finReceived = true;
                }
                return true;
            }
        }
        return false;
    }

    boolean hasGap() {
        return !early.isEmpty();
    }

    /** The application takes what is there. Opens the window, and says so when that matters. */
    void read() {
        long closedBefore = Mod32.ahead(next, rightEdge);
        unread = 0;
        if (closedBefore < tcb.settings.segmentSize() && tcb.state().synchronised()) {
            tcb.acknowledge();
        }
    }

    void reading(boolean now) {
        reading = now;
    }

    boolean reading() {
        return reading;
    }

    /** The application has read what just came, without the window ever having been small. */
    void consume() {
        unread = 0;
    }

    /** The window field of a segment that is about to be sent. */
    int advertise(boolean syn) {
        long free = Math.max(0, tcb.settings.receiveBuffer() - unread);
        long promised = Math.max(0, Mod32.ahead(next, rightEdge));
        long step = Math.min(tcb.settings.segmentSize(), tcb.settings.receiveBuffer() / 2);
        long window = free - promised >= step ? free : promised;
        int shift = syn ? 0 : scale;
        // Rounding up keeps the promise; rounding down would shrink the window.
        long units = Math.min(window == promised ? (window + (1L << shift) - 1) >> shift : window >> shift, 65535);
        long scaled = units << shift;
        if (scaled > promised) {
            rightEdge = next + (int) scaled;
        }
        return (int) units;
    }

    void acknowledged() {
        delayedAck.cancel();
        unacknowledged = 0;
        lastAckSent = next;
    }

    void acknowledgeSoon() {
        unacknowledged++;
        if (!tcb.settings.delaysAcks() || unacknowledged >= 2) {
            tcb.acknowledge();
        } else {
            delay();
        }
    }

    void delay() {
        if (!delayedAck.armed()) {
            delayedAck.arm(KernelSettings.DELAYED_ACK);
        }
    }

    boolean owesAck() {
        return delayedAck.armed();
    }

    void stop() {
        delayedAck.cancel();
    }

    // RFC 7323.

    int timestampToEcho() {
        return recentTimestamp;
    }

    boolean pawsRejects(Packet packet) {
        Options options = packet.options();
        return tcb.timestamps
                && recentTimestampKnown
                && options.timestamps()
                && Mod32.less(options.timestampValue(), recentTimestamp);
    }

    boolean newerTimestamp(Packet packet) {
        return tcb.timestamps
                && recentTimestampKnown
                && packet.options().timestamps()
                && Mod32.less(recentTimestamp, packet.options().timestampValue());
    }

    void noteTimestamp(Packet packet) {
        boolean inOrder = packet.syn() || Mod32.lessOrEqual(packet.seq(), lastAckSent);
        if (packet.options().timestamps() && inOrder) {
            recentTimestamp = packet.options().timestampValue();
            recentTimestampKnown = true;
        }
    }
}
