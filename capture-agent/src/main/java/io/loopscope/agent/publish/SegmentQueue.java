package io.loopscope.agent.publish;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bounded queue of segments between one capturing and one publishing thread. Nothing is allocated and nobody waits:
 * when it runs full, plain segments are refused first and the last eighth is kept for SYN, FIN and RST.
 */
public final class SegmentQueue {
    private static final int RESERVED_PART = 8;

    /** What became of an offered segment. */
    public enum Answer {
        /** It is in the queue. */
        TAKEN,
        /** A plain segment, left out so that there is room for control segments. */
        SHED,
        /** There is no room at all. */
        FULL
    }

    private final SegmentHeader[] headers;
    private final long[] timesNs;
    private final int mask;
    private final int mostPlain;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong offered = new AtomicLong();

    /**
     * An empty queue.
     *
     * @param capacity segments it holds at most, rounded up to a power of two; at least 8
     */
    public SegmentQueue(int capacity) {
        int size = Integer.highestOneBit(Math.max(RESERVED_PART, capacity) * 2 - 1);
        mask = size - 1;
        mostPlain = size - size / RESERVED_PART;
        headers = new SegmentHeader[size];
        timesNs = new long[size];
        for (int i = 0; i < size; i++) {
            headers[i] = new SegmentHeader();
        }
    }

    /**
     * Copies a segment into the queue. For the capturing thread.
     *
     * @param header the segment
     * @param timeNs when it was captured
     */
    public Answer offer(SegmentHeader header, long timeNs) {
        long next = offered.getPlain();
        long held = next - taken.getAcquire();
        if (held > mask) {
            return Answer.FULL;
        }
        if (held >= mostPlain && !TcpFlags.isControl(header.flags())) {
            return Answer.SHED;
        }
        int slot = (int) next & mask;
        headers[slot].copyFrom(header);
        timesNs[slot] = timeNs;
        offered.setRelease(next + 1);
        return Answer.TAKEN;
    }

    /** How many segments are in it. For any thread. */
    public int size() {
        // In this order, so that it is never negative.
        long first = taken.getAcquire();
        return (int) (offered.getAcquire() - first);
    }

    /** True when more than half of it is in use. */
    public boolean isFilling() {
        return size() > mask >>> 1;
    }

    /** The oldest segment; there must be one. For the publishing thread; good until {@link #remove}. */
    public SegmentHeader peek() {
        return headers[(int) taken.getPlain() & mask];
    }

    /** When the oldest segment was captured; there must be one. For the publishing thread. */
    public long peekTimeNs() {
        return timesNs[(int) taken.getPlain() & mask];
    }

    /** Gives the oldest segment's place free. For the publishing thread. */
    public void remove() {
        taken.setRelease(taken.getPlain() + 1);
    }
}
