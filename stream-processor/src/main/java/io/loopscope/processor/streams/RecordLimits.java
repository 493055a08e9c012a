package io.loopscope.processor.streams;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * How large a record may be that the processor publishes. It has to know that beforehand: within a transaction a record that
 * the broker refuses cannot be left out any more, it undoes everything since the last commit. Filled from the topics'
 * settings at the start; what a broker refuses nevertheless lowers them. Used by several threads.
 */
public final class RecordLimits {
    /** What a batch of one record has besides it. */
    private static final int BATCH_OCTETS = 61;
    /** The most that a record's numbers can take. */
    private static final int RECORD_OCTETS = 21;
    /** The most that the length of something can take, as a varint. */
    private static final int LENGTH_OCTETS = 5;
    /** Compression makes octets that cannot be compressed a little more, and brokers count them after it. */
    private static final int GROWTH_DIVISOR = 128;

    private static final int GROWTH_OCTETS = 32;
    /** Kafka's default of {@code max.request.size}. */
    private static final int REQUEST_OCTETS = 1 << 20;

    private static final long IN_A_ROW_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Map<String, Integer> byTopic = new ConcurrentHashMap<>();
    private final LongSupplier nanoClock;
    private volatile int request = REQUEST_OCTETS;
    private boolean refusedBefore;
    private long refusedAtNanos;

    /** @param nanoClock tells what comes shortly after something else, nanoseconds since any time */
    public RecordLimits(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** {@code max.request.size} of the producer, which counts octets before compression. */
    public void request(int octets) {
        request = octets;
    }

    /** What {@link #request} has been told. */
    public int largestRequest() {
        return request;
    }

    /** {@code max.message.bytes} of a topic, which brokers compare with what comes. A limit that is known only gets lower. */
    public void topic(String name, int octets) {
        lower(name, octets - octets / GROWTH_DIVISOR - GROWTH_OCTETS);
    }

    /**
     * A broker did not take so many octets, says the producer. Of several in a row only the first is believed: with it, the
     * producer gives up all that it has not sent yet, for the same reason.
     *
     * @return whether it is believed
     */
    synchronized boolean refused(String topic, int octets) {
        long nowNanos = nanoClock.getAsLong();
        boolean first = !refusedBefore || nowNanos - refusedAtNanos > IN_A_ROW_NANOS;
        if (first) {
            refusedBefore = true;
            refusedAtNanos = nowNanos;
            lower(topic, octets - 1);
        }
        return first;
    }

    private void lower(String topic, int octets) {
        byTopic.merge(topic, Math.max(0, octets), Math::min);
    }

    /** The most octets, counted as {@link #octets} does, that a record for this topic may have. */
    int of(String topic) {
        Integer known = byTopic.get(topic);
        return known == null ? request : Math.min(known, request);
    }

    static int octets(Record<byte[], byte[]> record) {
        return octets(record.key(), record.value(), record.headers());
    }

    /** What a record takes at most when it is alone in its batch, before compression. */
    static int octets(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        long octets = BATCH_OCTETS + RECORD_OCTETS + LENGTH_OCTETS + part(key) + part(value);
        for (Header header : headers) {
            octets += LENGTH_OCTETS + Utils.utf8Length(header.key()) + part(header.value());
        }
        return (int) Math.min(octets, Integer.MAX_VALUE);
    }

    private static long part(byte @Nullable [] octets) {
        return LENGTH_OCTETS + (octets == null ? 0L : octets.length);
    }
}
