package io.loopscope.processor.tcp;

import static io.loopscope.processor.tcp.TcpFlags.ACK;
import static io.loopscope.processor.tcp.TcpFlags.FIN;
import static io.loopscope.processor.tcp.TcpFlags.RST;
import static io.loopscope.processor.tcp.TcpFlags.SYN;

import org.jspecify.annotations.Nullable;

/**
 * One captured segment, or a {@link Run} of them, as the core needs it.
 *
 * @param sender the end that sent it; {@link Side#LOW} on a connection of a socket to itself
 * @param atNanos kernel timestamp, nanoseconds since the epoch; of a run: of its last segment
 * @param flags control bits as in {@link TcpFlags}
 * @param sequence SEG.SEQ as an unsigned 32-bit value; of a run: of its first segment
 * @param acknowledgment SEG.ACK; meaningless when the ACK bit is off; of a run: of its last segment
 * @param window SEG.WND as it stands in the header, 0 to 65535, unscaled; of a run: of its last segment
 * @param payloadOctets octets of data, from the IP length, never from the captured length; of a run: the sum
 * @param urgentPointer as it stands in the header; meaningless when URG is off
 * @param options the options that were there
 * @param run what was merged into this, or null when it is one segment
 */
public record Segment(
        Side sender,
        long atNanos,
        int flags,
        int sequence,
        int acknowledgment,
        int window,
        long payloadOctets,
        int urgentPointer,
        Options options,
        @Nullable Run run) {

    /** A single segment without urgent data. */
    public static Segment of(
            Side sender, long atNanos, int flags, int sequence, int acknowledgment, int window, long payloadOctets) {
        return new Segment(
                sender, atNanos, flags, sequence, acknowledgment, window, payloadOctets, 0, Options.NONE, null);
    }

    /** The same with options. */
    public Segment with(Options newOptions) {
        return new Segment(
                sender,
                atNanos,
                flags,
                sequence,
                acknowledgment,
                window,
                payloadOctets,
                urgentPointer,
                newOptions,
                run);
    }

    public boolean syn() {
        return (flags & SYN) != 0;
    }

    public boolean ack() {
        return (flags & ACK) != 0;
    }

    public boolean fin() {
        return (flags & FIN) != 0;
    }

    public boolean rst() {
        return (flags & RST) != 0;
    }

    /** How many captured segments this stands for. */
    public int count() {
        return run == null ? 1 : run.segments();
    }

    /** Time of the first segment in it. */
    public long firstNanos() {
        return run == null ? atNanos : run.firstNanos();
    }

    /** Sequence number of the first octet of data: SEG.SEQ, or one more on a SYN. */
    int dataSequence() {
        return syn() ? sequence + 1 : sequence;
    }

    /** Sequence number after the last octet of data, not counting a FIN. */
    int dataEnd() {
        return run == null ? dataSequence() + (int) payloadOctets : run.nextSequence();
    }

    /** Sequence number after all that this segment takes in sequence space, SYN and FIN included. */
    int end() {
        return fin() ? dataEnd() + 1 : dataEnd();
    }

    /**
     * All fields but the time in 32 bits: equal for a segment that was captured or delivered twice. Timestamps make the
     * rest of a connection that has them practically unique.
     */
    int fingerprint() {
        int hash = sequence;
        hash = hash * 31 + acknowledgment;
        hash = hash * 31 + (int) payloadOctets;
        hash = hash * 31 + (flags << 16 | window);
        hash = hash * 31 + options.timestampValue();
        hash = hash * 31 + options.timestampEcho();
        return hash * 31 + count();
    }
}
