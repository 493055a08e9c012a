package io.loopscope.benchmarks.live;

import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * How long after their packets SYN, FIN and RST were in Kafka, by two clocks: when the broker appended them (the topic has
 * {@code LogAppendTime}; whole milliseconds, and before the acknowledgment is on its way), and when a consumer had them in
 * hand (later than the acknowledgment: only what is acknowledged is handed out).
 */
final class ControlDelays {
    private static final int CONTROL = TcpFlags.SYN | TcpFlags.FIN | TcpFlags.RST;
    private static final double NANOS_PER_MILLI = 1e6;

    private LongStream.Builder appended = LongStream.builder();
    private LongStream.Builder consumed = LongStream.builder();

    /**
     * Adds the control segments of a batch.
     *
     * @param appendedMs by the broker
     * @param consumedNs by this process
     */
    void add(CaptureBatch batch, long appendedMs, long consumedNs) {
        for (CapturedSegment segment : batch.getSegments()) {
            if ((segment.getFlags() & CONTROL) != 0) {
                long captured = batch.getBaseTimeNs() + segment.getTimeDeltaNs();
                appended.add(TimeUnit.MILLISECONDS.toNanos(appendedMs) - captured);
                consumed.add(consumedNs - captured);
            }
        }
    }

    /** Number of segments; median, 99th percentile and maximum in milliseconds, appended and then consumed. */
    @Override
    public String toString() {
        long[] first = sorted(appended);
        long[] second = sorted(consumed);
        appended = LongStream.builder();
        consumed = LongStream.builder();
        return first.length + " " + text(first) + " " + text(second);
    }

    private static long[] sorted(LongStream.Builder values) {
        long[] sorted = values.build().toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private static String text(long[] sorted) {
        return String.format(
                Locale.ROOT, "%.1f %.1f %.1f", percentile(sorted, 50), percentile(sorted, 99), percentile(sorted, 100));
    }

    /** By the nearest rank. */
    private static double percentile(long[] sorted, int percent) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
        return sorted[Math.max(rank, 1) - 1] / NANOS_PER_MILLI;
    }
}
