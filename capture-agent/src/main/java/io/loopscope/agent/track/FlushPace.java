package io.loopscope.agent.track;

/**
 * When what is held is due. Each kind of item may wait for its own time, and whatever is due takes all else with it. A
 * control segment hurries, but not more often than once in a while: in a storm of connections every flush would end the
 * runs of all others, and nothing would be merged any more. When a hurried flush has enough for a record of Kafka anyway,
 * the next one waits for several records: what a record costs, and what compressing a small one wastes, is most of what
 * publishing costs. Time is any clock that only goes forward, in nanoseconds.
 */
public final class FlushPace {
    /** Least time between a flush and the next hurried one: 40 a second. */
    static final long HURRIED_PACE_NS = 25_000_000;
    /** The same in a storm: 5 a second. */
    static final long STORM_PACE_NS = 200_000_000;
    /** Items in the time of a hurried pace from which it is a storm: 4,000 a second. */
    static final int STORM_ITEMS = 100;

    private final long coalescedNs;
    private final long singleNs;
    private final long controlNs;
    private boolean waiting;
    private long dueNs;
    private boolean flushedBefore;
    private long flushedNs;
    private boolean storm;

    /**
     * A pace with nothing waiting.
     *
     * @param coalescedNs how long items of coalesced connections may wait
     * @param singleNs the same for others
     * @param controlNs the same for control segments
     */
    public FlushPace(long coalescedNs, long singleNs, long controlNs) {
        this.coalescedNs = coalescedNs;
        this.singleNs = singleNs;
        this.controlNs = controlNs;
    }

    /** Something waits from now on, or hurries what waits already. */
    public void held(Urgency urgency, long nowNs) {
        switch (urgency) {
            case NONE -> {}
            case COALESCED -> dueAt(nowNs + coalescedNs);
            case SINGLE -> dueAt(nowNs + singleNs);
            case CONTROL -> {
                long soon = nowNs + controlNs;
                long next = flushedNs + (storm ? STORM_PACE_NS : HURRIED_PACE_NS);
                dueAt(flushedBefore && next - soon > 0 ? next : soon);
            }
        }
    }

    private void dueAt(long timeNs) {
        if (!waiting || timeNs - dueNs < 0) {
            dueNs = timeNs;
        }
        waiting = true;
    }

    /** Whether what waits is due. */
    public boolean isDue(long nowNs) {
        return waiting && nowNs - dueNs >= 0;
    }

    /** How long it is until what waits is due, nanoseconds; 0 when it is, very long when nothing waits. */
    public long remainingNs(long nowNs) {
        return waiting ? Math.max(0, dueNs - nowNs) : Long.MAX_VALUE;
    }

    /**
     * All that waited is on its way.
     *
     * @param items that were flushed
     */
    public void flushed(int items, long nowNs) {
        long sinceNs = Math.max(HURRIED_PACE_NS, nowNs - flushedNs);
        storm = flushedBefore && items >= STORM_ITEMS * (sinceNs / HURRIED_PACE_NS);
        waiting = false;
        flushedBefore = true;
        flushedNs = nowNs;
    }
}
