package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.UnreadableRecordException;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever is larger than its topic takes is put aside, in a form that fits, and everything else goes on. */
class TooLargeTest {
    private static final int FEW = 300;

    private final Pipeline pipeline = new Pipeline();
    private final FakeAgent agent = new FakeAgent(Records.HOST, pipeline::send);

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void anomalyThatItsTopicDoesNotTakeIsADeadLetterAndItsConnectionGoesOn() throws UnreadableRecordException {
        pipeline.limits().topic(Topic.ANOMALIES.name(), FEW);
        agent.handshake().clientCloses().watches(Duration.ofSeconds(70));

        assertThat(pipeline.anomalies()).isEmpty();
        List<TestRecord<byte[], byte[]>> letters = pipeline.deadLetters();
        assertThat(letters).hasSize(1);
        TestRecord<byte[], byte[]> letter = letters.get(0);
        assertThat(header(letter, DeadLetters.REASON)).isEqualTo("too_large");
        assertThat(header(letter, DeadLetters.TARGET_TOPIC)).isEqualTo(Topic.ANOMALIES.name());
        assertThat(header(letter, DeadLetters.ERROR)).contains("max.message.bytes");
        assertThat(header(letter, DeadLetters.SOURCE_TOPIC)).isEqualTo(Topic.CAPTURE.name());
        assertThat(header(letter, "ce_type")).isEqualTo("io.loopscope.anomaly.opened");
        assertThat(letter.headers().lastHeader(DeadLetters.VALUE_OCTETS)).isNull();
        AnomalyEvent event = (AnomalyEvent) new RecordCodec().decode(letter.value());
        assertThat(event.getName()).isEqualTo("CLOSE_WAIT_STUCK");
        assertThat(event.getStage()).isEqualTo(AnomalyStage.OPENED);

        ProcessorStatistics statistics = pipeline.statistics();
        assertThat(statistics.notPublished()).isEqualTo(1);
        assertThat(statistics.deadLetters()).containsEntry("too_large", 1L);
        assertThat(statistics.records()).isEqualTo(statistics.batches() + statistics.heartbeats());

        pipeline.connections();
        agent.serverCloses();
        assertThat(pipeline.connections()).isNotEmpty();
        assertThat(pipeline.deadLetters())
                .extracting(cleared -> header(cleared, "ce_type"))
                .containsExactly("io.loopscope.anomaly.cleared");
        assertThat(pipeline.anomalies()).as("the tombstone fits").hasSize(1);
    }

    @Test
    void unreadableRecordThatIsLargerThanADeadLetterMayBeIsCut() {
        pipeline.limits().topic(Topic.DEAD_LETTER.name(), 2_000);
        byte[] garbage = new byte[100_000];
        Arrays.fill(garbage, (byte) 7);

        pipeline.send(Records.HOST, garbage);
        agent.handshake();

        assertThat(pipeline.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(header(letter, DeadLetters.REASON)).isEqualTo("not_a_loopscope_record");
            assertThat(header(letter, DeadLetters.VALUE_OCTETS)).isEqualTo("100000");
            assertThat(letter.value()).containsOnly((byte) 7).hasSizeBetween(1_000, 2_000);
            assertThat(RecordLimits.octets(letter.key(), letter.value(), letter.headers()))
                    .isLessThanOrEqualTo(2_000);
        });
        assertThat(pipeline.connections()).isNotEmpty();
        assertThat(pipeline.statistics().notPublished()).isZero();
    }

    @Test
    void unreadableRecordWithALargeKeyIsCutToo() {
        pipeline.limits().topic(Topic.DEAD_LETTER.name(), 2_000);
        String key = "k".repeat(50_000);

        pipeline.send(key, new RecordCodec().encode(Records.batch(0).build()));

        assertThat(pipeline.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(header(letter, DeadLetters.REASON)).isEqualTo("foreign_key");
            assertThat(new String(letter.key(), StandardCharsets.UTF_8)).isNotEmpty();
            assertThat(key).startsWith(new String(letter.key(), StandardCharsets.UTF_8));
        });
    }

    @Test
    void deadLetterForWhichThereIsNoRoomAtAllIsCounted() {
        pipeline.limits().topic(Topic.DEAD_LETTER.name(), 100);

        pipeline.send(Records.HOST, new byte[3]);
        agent.handshake();

        assertThat(pipeline.deadLetters()).isEmpty();
        assertThat(pipeline.statistics().notPublished()).isEqualTo(1);
        assertThat(pipeline.statistics().deadLetters()).containsEntry("not_a_loopscope_record", 1L);
        assertThat(pipeline.connections()).isNotEmpty();
    }

    private static String header(TestRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
