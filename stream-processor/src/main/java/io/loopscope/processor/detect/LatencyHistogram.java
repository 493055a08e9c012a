package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** Durations in buckets of at most 25 % width, from 1 µs to 1 h and a half: constant memory, percentiles to a bucket. */
final class LatencyHistogram {

    private static final int FIRST_BIT = 10;
    private static final int LAST_BIT = 42;
    private static final int PER_BIT = 4;
    private static final int BUCKETS = (LAST_BIT - FIRST_BIT + 1) * PER_BIT;

    private final int[] buckets = new int[BUCKETS];
    private int total;

    void add(long nanos) {
        buckets[bucket(nanos)]++;
        total++;
    }

    int total() {
        return total;
    }

    /** The upper bound of the bucket that the percentile is in; 0 when empty. */
    long percentile(double share) {
        long rank = (long) Math.ceil(share * total);
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += buckets[i];
            if (seen >= rank && seen > 0) {
                return upperBound(i);
            }
        }
        return 0;
    }

    void clear() {
        Arrays.fill(buckets, 0);
        total = 0;
    }

    private static int bucket(long nanos) {
        long atLeast = Math.max(1L << FIRST_BIT, nanos);
        int bit = 63 - Long.numberOfLeadingZeros(atLeast);
        if (bit > LAST_BIT) {
            return BUCKETS - 1;
        }
        int quarter = (int) (atLeast >>> (bit - 2)) & (PER_BIT - 1);
        return (bit - FIRST_BIT) * PER_BIT + quarter;
    }

    private static long upperBound(int bucket) {
        int bit = FIRST_BIT + bucket / PER_BIT;
        long quarter = 1L << (bit - 2);
        return (PER_BIT + bucket % PER_BIT + 1) * quarter;
    }

    /** Only what is there. */
    void writeTo(DataOutput output) throws IOException {
        int used = 0;
        for (int number : buckets) {
            used += number == 0 ? 0 : 1;
        }
        output.writeByte(used);
        for (int i = 0; i < BUCKETS; i++) {
            if (buckets[i] != 0) {
                output.writeByte(i);
                output.writeInt(buckets[i]);
            }
        }
    }

    void readFrom(DataInput input) throws IOException {
        int used = input.readUnsignedByte();
        for (int i = 0; i < used; i++) {
            int bucket = input.readUnsignedByte();
            if (bucket >= BUCKETS) {
                throw new IOException("stored by another version: no bucket " + bucket);
            }
            int number = input.readInt();
            buckets[bucket] += number;
            total += number;
        }
    }
}
