package io.loopscope.processor.tcp.simulation;

import static io.loopscope.processor.tcp.TcpFlags.ACK;
import static io.loopscope.processor.tcp.TcpFlags.FIN;
import static io.loopscope.processor.tcp.TcpFlags.RST;
import static io.loopscope.processor.tcp.TcpFlags.SYN;

import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpFlags;
import org.jspecify.annotations.Nullable;

/**
 * A TCP header on the simulated wire, and what no header says: who sent it and why.
 *
 * @param window as it stands in the header
 * @param octets of payload
 * @param origin the socket that sent it; null for a RST or ACK of a host that has none
 * @param answered the segment a host without a socket answers; null for all others
 */
record Packet(
        Side sender,
        int flags,
        int seq,
        int ack,
        int window,
        int octets,
        Options options,
        Purpose purpose,
        @Nullable Tcb origin,
        @Nullable Packet answered) {

    enum Purpose {
        /** SYN, data or FIN for the first time. */
        NEW,
        /** SYN, data or FIN again. */
        REPEATED,
        /** An acknowledgment or window update, and nothing else. */
        ACKNOWLEDGMENT,
        /** RFC 5961, or the ACK that answers an unacceptable segment (RFC 9293 3.10.7.4). */
        CHALLENGE,
        KEEPALIVE_PROBE,
        WINDOW_PROBE,
        RESET
    }

    boolean syn() {
        return (flags & SYN) != 0;
    }

    boolean hasAck() {
        return (flags & ACK) != 0;
    }

    boolean fin() {
        return (flags & FIN) != 0;
    }

    boolean rst() {
        return (flags & RST) != 0;
    }

    /** SEG.LEN: payload, SYN and FIN. */
    int length() {
        return octets + (syn() ? 1 : 0) + (fin() ? 1 : 0);
    }

    int end() {
        return seq + length();
    }

    /** Sequence number of the first octet of payload. */
    int dataSeq() {
        return syn() ? seq + 1 : seq;
    }

    Segment asSegment(long atNanos) {
        return Segment.of(sender, atNanos, flags, seq, ack, window, octets).with(options);
    }

    @Override
    public String toString() {
        return "<SEQ=%s>%s<CTL=%s>%s"
                .formatted(
                        Integer.toUnsignedString(seq),
                        hasAck() ? "<ACK=" + Integer.toUnsignedString(ack) + ">" : "",
                        TcpFlags.toString(flags),
                        octets > 0 ? "<DATA=" + octets + ">" : "");
    }
}
