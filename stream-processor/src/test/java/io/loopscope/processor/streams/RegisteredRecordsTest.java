package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.registry.RegisteredSchemas;
import io.loopscope.schemas.testing.StandInRegistry;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.Side;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents and processor with a schema registry, and a fleet that is on its way to one. */
class RegisteredRecordsTest {
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;

    @TempDir
    Path cache;

    private final StandInRegistry registry = StandInRegistry.start(100);
    private final RecordCodec plain = new RecordCodec();
    private RecordCodec framed;

    @BeforeEach
    void prepare() {
        framed = new RecordCodec(schemas());
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private SchemaIds schemas() {
        RegisteredSchemas schemas = new RegisteredSchemas(registry.config(cache));
        schemas.prepare(RecordCodec.SCHEMAS);
        return schemas;
    }

    @Test
    void bothFramingsOnOneTopicTellOneStory() {
        List<ConnectionEvent> expected = handshake(SchemaIds.NONE, plain, plain, plain);
        assertThat(expected).isNotEmpty();
        assertThat(handshake(schemas(), plain, framed, plain)).isEqualTo(expected);
        assertThat(handshake(schemas(), framed, plain, framed)).isEqualTo(expected);
        assertThat(handshake(schemas(), framed, framed, framed)).isEqualTo(expected);
    }

    private static List<ConnectionEvent> handshake(
            SchemaIds ids, RecordCodec first, RecordCodec second, RecordCodec third) {
        try (Pipeline pipeline = new Pipeline(new Counters(), ids)) {
            pipeline.send(
                    Records.HOST,
                    first.encode(
                            Records.batch(0, segment(Side.HIGH, SYN, 99, 0)).build()));
            pipeline.send(
                    Records.HOST,
                    second.encode(Records.batch(1, segment(Side.LOW, SYN | ACK, 299, 100))
                            .build()));
            pipeline.send(
                    Records.HOST,
                    third.encode(
                            Records.batch(2, segment(Side.HIGH, ACK, 100, 300)).build()));
            assertThat(pipeline.deadLetters()).isEmpty();
            assertThat(pipeline.statistics().batches()).isEqualTo(3);
            return pipeline.connections().stream().map(TestRecord::value).toList();
        }
    }

    private static CapturedSegment segment(Side sender, int flags, long sequence, long acknowledgment) {
        return Records.segment(sender, flags, sequence, acknowledgment).build();
    }

    @Test
    void theShortWayKnowsTheFrame() {
        byte[] key = Records.HOST.getBytes(StandardCharsets.UTF_8);
        byte[] value =
                framed.encode(Records.batch(0, segment(Side.HIGH, SYN, 99, 0)).build());
        CaptureReader longWay = new CaptureReader(framed);
        assertThat(new BatchReader(framed).read(key, value))
                .isNotNull()
                .isEqualTo(CaptureRecords.delivery(longWay.read(key, value)));
    }

    @Test
    void anIdThatTheRegistryDoesNotKnowIsADeadLetterWithTheReason() {
        byte[] foreign = framed.encode(Records.batch(0).build());
        foreign[4] = 7;
        try (Pipeline pipeline = new Pipeline(new Counters(), schemas())) {
            pipeline.send(Records.HOST, foreign);
            pipeline.send(
                    Records.HOST,
                    framed.encode(Records.heartbeat(Records.START, 0).build()));
            List<String> reasons = new ArrayList<>();
            pipeline.deadLetters().forEach(letter -> {
                reasons.add(text(letter, DeadLetters.REASON));
                assertThat(text(letter, DeadLetters.ERROR)).contains("7").contains(registry.url());
                assertThat(letter.value()).isEqualTo(foreign);
            });
            assertThat(reasons).containsExactly("unknown_schema");
            assertThat(pipeline.statistics().heartbeats()).isEqualTo(1);
        }
    }

    @Test
    void storedStateNeedsNoRegistry() {
        byte[] value =
                framed.encodeSingleObject(Records.heartbeat(Records.START, 0).build());
        assertThat(plain.decode(value))
                .isEqualTo(Records.heartbeat(Records.START, 0).build());
    }

    private static String text(TestRecord<byte[], byte[]> letter, String header) {
        return new String(letter.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }
}
