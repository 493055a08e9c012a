package io.loopscope.processor.streams;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * How long what takes: for the program around the topology, which lends it its clocks. What the records lead to does not
 * depend on it.
 */
public final class Timings {
    /** Upper bounds of the ages of watermarks that are told apart, seconds. */
    private static final double[] AGE_BOUNDS = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 86_400};

    private static final double NANOS = 1e9;

    private final LongSupplier elapsedNanos;
    private final LongSupplier wallNanos;
    private final LongAdder segments = new LongAdder();
    private final LongAdder segmentNanos = new LongAdder();
    private final Ages ages = new Ages(AGE_BOUNDS);

    /**
     * All at 0.
     *
     * @param elapsedNanos a clock for durations
     * @param wallNanos the time of day, nanoseconds since 1970-01-01T00:00:00Z
     */
    public Timings(LongSupplier elapsedNanos, LongSupplier wallNanos) {
        this.elapsedNanos = elapsedNanos;
        this.wallNanos = wallNanos;
    }

    long begin() {
        return elapsedNanos.getAsLong();
    }

    /** So many segments have been processed since then, their events published included. */
    void processed(int number, long begun) {
        segments.add(number);
        segmentNanos.add(Math.max(0, elapsedNanos.getAsLong() - begun));
    }

    /** A heartbeat has been processed, and its watermark can be relied on from now on. */
    void watermark(long watermarkNanos) {
        ages.add(Math.max(0, wallNanos.getAsLong() - watermarkNanos) / NANOS);
    }

    /** Segments that were processed. */
    public long segments() {
        return segments.sum();
    }

    /** What they took, seconds. */
    public double segmentSeconds() {
        return segmentNanos.sum() / NANOS;
    }

    /** How old watermarks were when they had been processed, seconds: the way from the host until then. */
    public Ages watermarkAges() {
        return ages;
    }
}
