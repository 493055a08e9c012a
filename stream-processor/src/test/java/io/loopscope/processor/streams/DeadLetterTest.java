package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.End;
import io.loopscope.schemas.v1.Evidence;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.TcpState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private final Pipeline pipeline = new Pipeline();
    private final byte[] good =
            new RecordCodec().encode(Records.batch(0, syn(Side.HIGH)).build());

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void garbageGoesAsideWithItsOriginAndTheNextBatchIsProcessed() {
        byte[] garbage = "no record of ours".getBytes(StandardCharsets.UTF_8);

        pipeline.send(Records.HOST, garbage);
        pipeline.send(Records.HOST, good);

        List<TestRecord<byte[], byte[]>> letters = pipeline.deadLetters();
        assertThat(letters).hasSize(1);
        TestRecord<byte[], byte[]> letter = letters.get(0);
        assertThat(letter.key()).isEqualTo(Records.HOST.getBytes(StandardCharsets.UTF_8));
        assertThat(letter.value()).isEqualTo(garbage);
        assertThat(header(letter, DeadLetters.REASON)).isEqualTo("not_a_loopscope_record");
        assertThat(header(letter, DeadLetters.ERROR)).contains("single-object header");
        assertThat(header(letter, DeadLetters.SOURCE_TOPIC)).isEqualTo(Topic.CAPTURE.name());
        assertThat(header(letter, DeadLetters.SOURCE_PARTITION)).isEqualTo("0");
        assertThat(header(letter, DeadLetters.SOURCE_OFFSET)).isEqualTo("0");
        assertThat(pipeline.statistics().batches()).isEqualTo(1);
        assertThat(pipeline.statistics().segments()).isEqualTo(1);
    }

    @Test
    void everyReasonIsNamedAndCounted() {
        byte[] unknown = good.clone();
        unknown[4] ^= 0x11;
        CensusCount census = new CensusCount(
                Records.HOST, 0L, Records.SERVER, End.SERVER, TcpState.LISTEN, 1L, Evidence.WIRE, 1L, null);

        pipeline.send(Records.HOST, null);
        pipeline.send(Records.HOST, unknown);
        pipeline.send(Records.HOST, Arrays.copyOf(good, good.length - 1));
        pipeline.send(Records.HOST, new RecordCodec().encode(census));
        pipeline.send(null, good);
        pipeline.send("another host", good);
        pipeline.send(Records.batch(-1).build());

        assertThat(pipeline.deadLetters())
                .extracting(letter -> header(letter, DeadLetters.REASON))
                .containsExactly(
                        "not_a_loopscope_record",
                        "unknown_schema",
                        "corrupt",
                        "unexpected_type",
                        "foreign_key",
                        "foreign_key",
                        "out_of_range");
        assertThat(pipeline.statistics().deadLetters())
                .containsEntry("not_a_loopscope_record", 1L)
                .containsEntry("unknown_schema", 1L)
                .containsEntry("corrupt", 1L)
                .containsEntry("unexpected_type", 1L)
                .containsEntry("foreign_key", 2L)
                .containsEntry("out_of_range", 1L)
                .containsEntry("quarantined", 0L);
        assertThat(pipeline.statistics().records()).isEqualTo(7);
    }

    @Test
    void batchThatCannotBeUsedIsMissedInTheNumbering() {
        pipeline.send(Records.HOST, good);
        pipeline.send(Records.batch(1, syn(Side.UNKNOWN)).build());
        pipeline.send(Records.batch(2).build());

        assertThat(pipeline.statistics().lostBatches()).isEqualTo(1);
    }

    private static io.loopscope.schemas.v1.CapturedSegment syn(Side sender) {
        return Records.segment(sender, 0x02, 1, 0).build();
    }

    private static String header(TestRecord<byte[], byte[]> letter, String name) {
        Headers headers = letter.headers();
        return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
