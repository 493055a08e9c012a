package io.loopscope.agent.track;

import io.loopscope.agent.parse.SegmentHeader;

/**
 * What is published as one: a segment, or a run of them. A place in an {@link ItemQueue}, filled again and again. All
 * numbers are absolute and unsigned, as on the wire.
 */
public final class Item {
    private static final long UNSIGNED_32 = 0xffff_ffffL;

    /** The processor's limit, too. */
    private static final long CAPTURED_TWICE_NS = 1_000_000;

    private final SegmentHeader header = new SegmentHeader();
    private Fidelity fidelity = Fidelity.ALL;
    private long timeNs;
    private int segments;
    private int flags;
    private long payloadOctets;
    private long lastTimeNs;
    private int lastFlags;
    private int lastPayloadOctets;
    private int nextSequence;
    private long lastAcknowledgment;
    private int lastWindow;
    private int minWindow;
    private int maxWindow;
    private long lastTimestampValue;
    private long lastTimestampEcho;

    /** Begins with one segment; forgets what was there. */
    void begin(SegmentHeader segment, long atNs, Fidelity ofConnection) {
        fidelity = ofConnection;
        header.copyFrom(segment);
        timeNs = atNs;
        segments = 1;
        flags = segment.flags();
        payloadOctets = segment.payloadOctets();
        minWindow = segment.window();
        maxWindow = segment.window();
        last(segment, atNs);
    }

    /** Merges the next segment of the same sender, which begins where the one before ended. */
    void merge(SegmentHeader segment, long atNs) {
        segments++;
        flags |= segment.flags();
        payloadOctets += segment.payloadOctets();
        minWindow = Math.min(minWindow, segment.window());
        maxWindow = Math.max(maxWindow, segment.window());
        last(segment, atNs);
    }

    /**
     * Whether a segment with data equals the last one, so soon after it that no timer of the sender was involved. Of a
     * segment by itself the processor sees that; of the last one of a run it knows too little.
     */
    boolean endsWith(SegmentHeader segment, long atNs) {
        return segment.payloadOctets() > 0
                && atNs - lastTimeNs <= CAPTURED_TWICE_NS
                && segment.payloadOctets() == lastPayloadOctets
                && segment.flags() == lastFlags
                && (int) segment.sequence() + segment.payloadOctets() == nextSequence
                && segment.acknowledgment() == lastAcknowledgment
                && segment.window() == lastWindow
                && segment.timestampValue() == lastTimestampValue
                && segment.timestampEchoReply() == lastTimestampEcho;
    }

    private void last(SegmentHeader segment, long atNs) {
        lastTimeNs = atNs;
        lastFlags = segment.flags();
        lastPayloadOctets = segment.payloadOctets();
        nextSequence = (int) segment.sequence() + segment.payloadOctets();
        lastAcknowledgment = segment.acknowledgment();
        lastWindow = segment.window();
        lastTimestampValue = segment.timestampValue();
        lastTimestampEcho = segment.timestampEchoReply();
    }

    /** The first segment, which is all there is unless this {@link #isRun()}. Good while the item is in the queue. */
    public SegmentHeader header() {
        return header;
    }

    /** How much of its connection is published. */
    public Fidelity fidelity() {
        return fidelity;
    }

    /** When the first segment was captured, nanoseconds since 1970-01-01T00:00:00Z. */
    public long timeNs() {
        return timeNs;
    }

    /** Whether it stands for several segments. */
    public boolean isRun() {
        return segments > 1;
    }

    /** How many segments it stands for, 1 or more. */
    public int segments() {
        return segments;
    }

    /** All control bits seen. */
    public int flags() {
        return flags;
    }

    /** SEG.LEN of all segments without SYN and FIN. */
    public long payloadOctets() {
        return payloadOctets;
    }

    /** When the last segment was captured, nanoseconds since 1970-01-01T00:00:00Z; not before {@link #timeNs()}. */
    public long lastTimeNs() {
        return lastTimeNs;
    }

    /** SEG.SEQ + SEG.LEN of the last segment, without SYN and FIN; 0 to 4294967295. */
    public long nextSequence() {
        return nextSequence & UNSIGNED_32;
    }

    /** SEG.ACK of the last segment, 0 to 4294967295. */
    public long lastAcknowledgment() {
        return lastAcknowledgment;
    }

    /** SEG.WND of the last segment, unscaled, 0 to 65535. */
    public int lastWindow() {
        return lastWindow;
    }

    /** Smallest SEG.WND, unscaled, 0 to 65535. */
    public int minWindow() {
        return minWindow;
    }

    /** Largest SEG.WND, unscaled, 0 to 65535. */
    public int maxWindow() {
        return maxWindow;
    }

    /** TSval of the last segment; means nothing when the first has no timestamps. */
    public long lastTimestampValue() {
        return lastTimestampValue;
    }

    /** TSecr of the last segment; means nothing when the first has no timestamps. */
    public long lastTimestampEcho() {
        return lastTimestampEcho;
    }
}
