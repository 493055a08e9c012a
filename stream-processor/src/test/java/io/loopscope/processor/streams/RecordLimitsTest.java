package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordLimitsTest {
    private static final String TOPIC = "loopscope.anomalies.v1";

    private final AtomicLong nowNanos = new AtomicLong();
    private final RecordLimits limits = new RecordLimits(nowNanos::get);

    @Test
    void topicThatNobodyKnowsTakesWhatTheProducerSends() {
        assertThat(limits.of(TOPIC))
                .isEqualTo(ProducerConfig.configDef().defaultValues().get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG));
        limits.request(5_000);
        assertThat(limits.of(TOPIC)).isEqualTo(5_000);
    }

    @Test
    void whatATopicTakesOnlyGetsLess() {
        limits.topic(TOPIC, 10_000);
        int most = limits.of(TOPIC);
        assertThat(most).isLessThan(10_000);
        limits.refused(TOPIC, 5_000);
        assertThat(limits.of(TOPIC)).isEqualTo(4_999);
        limits.topic(TOPIC, 10_000);
        assertThat(limits.of(TOPIC)).isEqualTo(4_999);
        limits.topic(TOPIC, 0);
        assertThat(limits.of(TOPIC)).isZero();
    }

    /** A producer that has to give up says so of all that it has not sent, and means the first. */
    @Test
    void refusalsInARowAreBelievedOnce() {
        limits.refused(TOPIC, 5_000);
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        limits.refused("loopscope.connections.v1", 200);
        assertThat(limits.of("loopscope.connections.v1")).isGreaterThan(200);
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
        limits.refused("loopscope.connections.v1", 3_000);
        assertThat(limits.of("loopscope.connections.v1")).isEqualTo(2_999);
    }

    /** What cannot be compressed becomes larger. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 1_000, 10_000, 200_000, 1_000_000})
    void recordThatIsLetThroughFitsAlsoWhenItDoesNotCompress(int octets) {
        byte[] value = new byte[octets];
        new Random(octets).nextBytes(value);
        RecordHeaders headers = new RecordHeaders();
        headers.add(new RecordHeader("näme", new byte[50]));
        Record<byte[], byte[]> record = new Record<>(new byte[20], value, 1, headers);

        int topicTakes = 1;
        while (true) {
            RecordLimits told = new RecordLimits(() -> 0);
            told.request(Integer.MAX_VALUE);
            told.topic(TOPIC, topicTakes);
            if (RecordLimits.octets(record) <= told.of(TOPIC)) {
                break;
            }
            topicTakes += Math.max(1, RecordLimits.octets(record) - told.of(TOPIC));
        }

        assertThat(batch(record, Compression.zstd().build()).sizeInBytes()).isLessThanOrEqualTo(topicTakes);
        assertThat(batch(record, Compression.NONE).sizeInBytes()).isLessThanOrEqualTo(RecordLimits.octets(record));
    }

    private static MemoryRecords batch(Record<byte[], byte[]> record, Compression compression) {
        ByteBuffer buffer = ByteBuffer.allocate(1_000);
        try (MemoryRecordsBuilder batch = MemoryRecords.builder(
                buffer, RecordBatch.CURRENT_MAGIC_VALUE, compression, TimestampType.CREATE_TIME, 0L)) {
            batch.append(
                    record.timestamp(),
                    record.key(),
                    record.value(),
                    record.headers().toArray());
            return batch.build();
        }
    }
}
