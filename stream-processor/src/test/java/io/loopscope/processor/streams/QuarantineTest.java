package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.HostMonitor;
import io.loopscope.processor.detect.Step;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.Side;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bug in the detector costs the connection that shows it or, when none is to blame, the record; and nothing else. */
class QuarantineTest {
    private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
    private final Counters counters = new Counters();
    private HostTracker tracker;

    @BeforeEach
    void open() {
        for (String name : Stores.NAMES) {
            KeyValueStore<?, ?> store = org.apache.kafka.streams.state.Stores.keyValueStoreBuilder(
                            org.apache.kafka.streams.state.Stores.inMemoryKeyValueStore(name),
                            Serdes.Bytes(),
                            Serdes.ByteArray())
                    .withLoggingDisabled()
                    .build();
            store.init(context.getStateStoreContext(), store);
            context.addStateStore(store);
        }
        context.setRecordMetadata("loopscope.capture.v1", 3, 42);
        tracker = new HostTracker(
                context,
                DetectorSettings.defaults(),
                TcpSettings.DEFAULT,
                counters,
                new RecordLimits(() -> 0),
                SchemaIds.NONE);
    }

    @Test
    void batchThatMakesTheDetectorFailIsSetAsideAndTheNextOneFindsTheStateBefore() {
        use(batch(0, segment(Side.HIGH, 0x02, 99, 0)));
        context.resetForwards();

        // The first half of it is applied: an RST that would have ended the connection.
        use(new Failing(batch(1, segment(Side.LOW, 0x14, 0, 100))));

        assertThat(context.forwarded()).singleElement().satisfies(forward -> {
            assertThat(forward.childName()).contains(ConnectionTopology.DEAD_LETTER);
            Record<?, ?> letter = forward.record();
            assertThat(letter.value()).isEqualTo(VALUE);
            assertThat(header(letter, DeadLetters.REASON)).isEqualTo("quarantined");
            assertThat(header(letter, DeadLetters.ERROR)).contains("IllegalStateException: a bug");
            assertThat(header(letter, DeadLetters.SOURCE_OFFSET)).isEqualTo("42");
        });
        assertThat(counters.snapshot().deadLetters()).containsEntry("quarantined", 1L);
        context.resetForwards();

        use(batch(2, segment(Side.LOW, 0x12, 299, 100), segment(Side.HIGH, 0x10, 100, 300)));

        assertThat(context.forwarded())
                .anySatisfy(forward -> assertThat(forward.childName()).contains(ConnectionTopology.CONNECTIONS));
        assertThat(counters.snapshot().batches()).isEqualTo(2);
    }

    @Test
    void connectionThatMakesTheDetectorFailIsSetAsideAndTheRestOfItsRecordCounts() {
        Delivery good = batch(0, segment(Side.HIGH, 0x02, 99, 0));
        FourTuple healthy = ((Delivery.Batch) good).segments().get(0).fourTuple();
        FourTuple other =
                FourTuple.of(healthy.networkNamespace(), healthy.low(), healthy.lowPort(), healthy.high(), 50_000);

        use(withFailing((Delivery.Batch) good, other));

        assertThat(context.forwarded())
                .extracting(forward -> forward.childName().orElseThrow())
                .containsExactly(ConnectionTopology.DEAD_LETTER, ConnectionTopology.CONNECTIONS);
        Record<?, ?> letter = context.forwarded().get(0).record();
        assertThat(letter.value()).isEqualTo(VALUE);
        assertThat(header(letter, DeadLetters.REASON)).isEqualTo("connection_quarantined");
        assertThat(header(letter, DeadLetters.ERROR)).contains("50000").contains("NullPointerException");
        ProcessorStatistics statistics = counters.snapshot();
        assertThat(statistics.quarantined()).isEqualTo(1);
        assertThat(statistics.batches()).isEqualTo(1);
        assertThat(statistics.deadLetters()).containsEntry("connection_quarantined", 1L);
        assertThat(statistics.summary()).contains("1 quarantined");
    }

    /** Puts a segment before the others that makes the detector fail: it has no options at all. */
    private static Delivery withFailing(Delivery.Batch batch, FourTuple tuple) {
        List<Delivery.Captured> segments = new ArrayList<>(batch.segments());
        segments.add(0, new Delivery.Captured(tuple, segments.get(0).segment().with(null), false));
        return new Delivery.Batch(
                batch.host(),
                batch.epoch(),
                batch.bootId(),
                batch.captured(),
                batch.sequence(),
                batch.skippedBefore(),
                segments);
    }

    private static final byte[] VALUE = {1, 2, 3};

    private void use(Delivery delivery) {
        tracker.use(delivery, new Record<>(Records.HOST.getBytes(StandardCharsets.UTF_8), VALUE, 1));
    }

    private static Delivery batch(long sequence, CapturedSegment... segments) {
        return CaptureRecords.delivery(Records.batch(sequence, segments).build());
    }

    private static CapturedSegment segment(Side sender, int flags, long sequence, long acknowledgment) {
        return Records.segment(sender, flags, sequence, acknowledgment).build();
    }

    private static String header(Record<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** Applies a record, and fails then. */
    private record Failing(Delivery real) implements Delivery {
        @Override
        public HostKey host() {
            return real.host();
        }

        @Override
        public Arrival enter(AgentRuns book) {
            return real.enter(book);
        }

        @Override
        public boolean apply(HostMonitor monitor, Step out) {
            real.apply(monitor, out);
            throw new IllegalStateException("a bug");
        }

        @Override
        public void count(Counters to) {
            throw new AssertionError("counted as used");
        }
    }
}
