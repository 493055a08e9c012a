package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** How often something happened within the last interval, exact to a twelfth of the interval. Constant memory. */
final class SlidingCount {

    private static final int BUCKETS = 12;

    private final long bucketNanos;
    private final long[] buckets = new long[BUCKETS];
    /** Number of the latest bucket since the epoch. */
    private long latest;

    private int latestIndex;
    private long latestEndsNanos;

    SlidingCount(long intervalNanos) {
        bucketNanos = Math.max(1, intervalNanos / BUCKETS);
    }

    void add(long atNanos, long number) {
        // Most come within one bucket: no division for them. What comes late counts now.
        if (atNanos >= latestEndsNanos) {
            moveTo(atNanos);
        }
        buckets[latestIndex] += number;
    }

    /** How many within the interval that ends now. */
    long sum(long nowNanos) {
        moveTo(nowNanos);
        long sum = 0;
        for (long bucket : buckets) {
            sum += bucket;
        }
        return sum;
    }

    void clear() {
        Arrays.fill(buckets, 0);
    }

    void writeTo(DataOutput output) throws IOException {
        output.writeLong(bucketNanos);
        output.writeLong(latest);
        for (long bucket : buckets) {
            output.writeLong(bucket);
        }
    }

    void readFrom(DataInput input) throws IOException {
        boolean sameInterval = input.readLong() == bucketNanos;
        latestIs(input.readLong());
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = input.readLong();
        }
        if (!sameInterval) {
            // A setting has changed: counted in other pieces, begin again.
            latestIs(0);
            clear();
        }
    }

    private void moveTo(long atNanos) {
        long bucket = Math.max(0, atNanos) / bucketNanos;
        for (long b = Math.max(latest + 1, bucket - BUCKETS + 1); b <= bucket; b++) {
            buckets[(int) (b % BUCKETS)] = 0;
        }
        latestIs(Math.max(latest, bucket));
    }

    private void latestIs(long bucket) {
        latest = bucket;
        latestIndex = (int) (bucket % BUCKETS);
        latestEndsNanos = (bucket + 1) * bucketNanos;
    }
}
