package io.loopscope.processor.tcp;

/** The receive window one end advertises to its peer (RFC 9293 3.8.6, RFC 7323 2). */
final class AdvertisedWindow {

    /** RFC 7323 2.3: a larger shift count is used as 14. */
    static final int MAX_SCALE = 14;

    /** MSS option of its SYN. */
    int maximumSegmentSize = Options.ABSENT;
    /** Window scale option of its SYN; ABSENT when there was none, or no SYN was captured. */
    int offeredScale = Options.ABSENT;
    /** Shift count in use; {@link Options#ABSENT} when the capture missed what settles it. */
    int scale = Options.ABSENT;

    /** Window field of its last segment, unscaled. */
    int raw;
    /** The farthest right edge it has ever advertised: acknowledgment + window. */
    int edge;

    boolean edgeKnown;
    int zeroWindows;
    int probes;
    long zeroSinceNanos = Connection.NEVER;

    void offer(Options options) {
        maximumSegmentSize = options.maximumSegmentSize();
        offeredScale = Math.min(options.windowScale(), MAX_SCALE);
    }

    /** Both SYNs are known: scaling is on when both offered it. */
    void settle(boolean peerOffered) {
        scale = peerOffered && offeredScale != Options.ABSENT ? offeredScale : 0;
    }

    /**
     * Takes in the window of a segment without SYN.
     *
     * @param newest it acknowledges as much as any segment before
     * @return whether the right edge moved left by more than the granularity of scaling explains
     */
    boolean advertise(int acknowledgment, int window, boolean newest) {
        raw = window;
        boolean settled = scale != Options.ABSENT;
        int shift = settled ? scale : MAX_SCALE;
        int newEdge = acknowledgment + (window << shift);
        boolean shrunk = newest && edgeKnown && settled && edge - newEdge >= 1 << shift;
        edge = edgeKnown && !shrunk ? Seq.later(edge, newEdge) : newEdge;
        edgeKnown = true;
        return shrunk;
    }

    /** Takes in the window of a SYN,ACK, which is never scaled. */
    void advertiseOnSyn(int acknowledgment, int window) {
        raw = window;
        edge = acknowledgment + window;
        edgeKnown = true;
    }

    boolean isZero() {
        return zeroSinceNanos != Connection.NEVER;
    }

    /** The last advertised window in octets; unscaled as long as the shift count is unknown. */
    long octets() {
        return (long) raw << Math.max(0, scale);
    }
}
