package io.loopscope.agent.track;

import java.util.concurrent.atomic.AtomicLong;

/** What became of segments in a {@link Tracker}. One thread counts; any thread reads. */
public final class TrackCounters {
    private final AtomicLong merged = new AtomicLong();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong capturedTwice = new AtomicLong();
    private final AtomicLong shedData = new AtomicLong();
    private final AtomicLong shedAcknowledgments = new AtomicLong();
    private final AtomicLong full = new AtomicLong();
    private final AtomicLong evicted = new AtomicLong();

    /** Counts one segment. */
    public void count(Answer answer) {
        AtomicLong counter = switch (answer) {
            case MERGED -> merged;
            case BEGUN -> begun;
            case CAPTURED_TWICE -> capturedTwice;
            case SHED_DATA -> shedData;
            case SHED_ACKNOWLEDGMENT -> shedAcknowledgments;
            case FULL -> full;
        };
        // One writer: no need for an atomic add, only for readers to see whole and recent numbers.
        counter.setRelease(counter.getPlain() + 1);
    }

    /** Tells how many connections have been evicted so far. */
    public void evicted(long connections) {
        evicted.setRelease(connections);
    }

    /** Segments merged into an item that was there already. */
    public long merged() {
        return merged.get();
    }

    /** Items: segments by themselves, and the first ones of runs. */
    public long items() {
        return begun.get();
    }

    /** Segments left out because they equal the last one of a run. */
    public long capturedTwice() {
        return capturedTwice.get();
    }

    /** Data segments left out. */
    public long shedData() {
        return shedData.get();
    }

    /** Pure acknowledgments left out. */
    public long shedAcknowledgments() {
        return shedAcknowledgments.get();
    }

    /** Segments for which there was no room at all. */
    public long full() {
        return full.get();
    }

    /** Connections forgotten to make room for others. */
    public long evicted() {
        return evicted.get();
    }
}
