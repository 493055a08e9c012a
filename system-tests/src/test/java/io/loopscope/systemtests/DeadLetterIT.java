package io.loopscope.systemtests;

import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.Topic;
import io.loopscope.schemas.UnreadableRecordException.Reason;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.systemtests.harness.Checkpoint;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.RawProducer;
import io.loopscope.systemtests.harness.TopicRecord;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What nobody can read on the capture topic is put aside with the reason, and the rest goes on. */
class DeadLetterIT {
    private static final int HEADER_OCTETS = 10;

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Pipeline pipeline;
    private static EventLog log;
    private static RawProducer producer;

    @BeforeAll
    static void start() {
        Needs.root();
        pipeline = Pipeline.start(PROCESSES, "");
        log = pipeline.log();
        producer = PROCESSES.closing(new RawProducer(pipeline.broker().bootstrapServers()));
    }

    @Test
    void unreadableRecordsArePutAsideWithTheReasonAndTheProcessorGoesOn() throws IOException {
        try (LoopbackPair before = LoopbackPair.open()) {
            Checkpoint.reached(pipeline, before.tuple(), ESTABLISHED, ESTABLISHED);
        }
        TopicRecord good = log.records(Topic.CAPTURE)
                .filter(read -> read.value(CaptureBatch.class) != null)
                .findFirst()
                .orElseThrow();
        byte[] garbage = garbage(200);
        byte[] truncated = Arrays.copyOf(good.bytes(), good.bytes().length / 2);
        byte[] unknownSchema = good.bytes().clone();
        Arrays.fill(unknownSchema, 2, HEADER_OCTETS, (byte) 0x5A);

        producer.send(Topic.CAPTURE, good.key(), garbage);
        producer.send(Topic.CAPTURE, good.key(), truncated);
        producer.send(Topic.CAPTURE, "no such host".getBytes(UTF_8), unknownSchema);

        assertPutAside(garbage, Reason.NOT_A_LOOPSCOPE_RECORD);
        assertPutAside(truncated, Reason.CORRUPT);
        assertPutAside(unknownSchema, Reason.UNKNOWN_SCHEMA);
        try (LoopbackPair after = LoopbackPair.open()) {
            Checkpoint.reached(pipeline, after.tuple(), ESTABLISHED, ESTABLISHED);
        }
        pipeline.settle();
        assertThat(log.records(Topic.DEAD_LETTER)).hasSize(3);
        assertThat(pipeline.processor().isAlive()).isTrue();
    }

    private static void assertPutAside(byte[] value, Reason reason) {
        TopicRecord letter = log.await(
                "a dead letter for " + reason,
                Waits.PIPELINE,
                () -> log.records(Topic.DEAD_LETTER)
                        .filter(read -> Arrays.equals(read.bytes(), value))
                        .findFirst()
                        .orElse(null),
                read -> read != null,
                () -> pipeline.processor().tail());
        assertThat(letter.headers())
                .containsEntry("loopscope.reason", reason.name().toLowerCase(Locale.ROOT));
    }

    private static byte[] garbage(int octets) {
        byte[] garbage = new byte[octets];
        new Random(1).nextBytes(garbage);
        return garbage;
    }
}
