package io.loopscope.systemtests;

import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.Topic;
import io.loopscope.schemas.UnreadableRecordException.Reason;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.systemtests.harness.Checkpoint;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.RawProducer;
import io.loopscope.systemtests.harness.TopicRecord;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What nobody can read on the capture topic, and what no topic takes, is put aside with the reason, and the rest goes on. */
class DeadLetterIT {
    private static final int HEADER_OCTETS = 10;
    private static final int MEBIBYTE = 1 << 20;
    /** Less than any anomaly takes, compressed or not, and more than what says that one is over. */
    private static final int FEW = 400;

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Pipeline pipeline;
    private static EventLog log;
    private static RawProducer producer;

    @BeforeAll
    static void start() {
        Needs.root();
        pipeline = Pipeline.start(PROCESSES, """
                detector:
                  close.wait.stuck.warning.after: 1s
                """);
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
        assertThat(log.records(Topic.DEAD_LETTER)
                        .filter(read -> List.of(garbage.length, truncated.length, unknownSchema.length)
                                .contains(read.bytes().length)))
                .hasSize(3);
        assertThat(pipeline.processor().isAlive()).isTrue();
    }

    /** It takes little when compressed: brokers take it, and the processor's producer does not. */
    @Test
    void aRecordThatIsTooLargeForADeadLetterIsCut() throws IOException {
        byte[] ones = new byte[3 * MEBIBYTE];
        Arrays.fill(ones, (byte) 1);
        try (RawProducer large = RawProducer.ofLargeRecords(pipeline.broker().bootstrapServers(), 2 * ones.length)) {
            large.send(Topic.CAPTURE, new byte[] {1}, ones);
        }

        TopicRecord letter = awaitLetter("3 MiB", read -> read.bytes()[0] == 1);
        assertThat(letter.headers())
                .containsEntry("loopscope.reason", "not_a_loopscope_record")
                .containsEntry("loopscope.value.octets", Integer.toString(ones.length));
        assertThat(letter.bytes()).hasSizeBetween(MEBIBYTE / 2, MEBIBYTE).containsOnly((byte) 1);
        everythingElseGoesOn();
    }

    /** It costs a thread to notice that the topic takes less than at the start, and that once. */
    @Test
    void anEventThatItsTopicDoesNotTakeAnyMoreIsPutAside() throws Exception {
        try (LoopbackPair first = LoopbackPair.open();
                LoopbackPair second = LoopbackPair.open()) {
            limitAnomalies(FEW);
            leak(first);
            leak(second);
            everythingElseGoesOn();
            assertThat(pipeline.processor().errors()).containsOnlyOnce("A stream thread failed");
            assertThat(log.anomalies(first.tuple())).isEmpty();
            assertThat(log.anomalies(second.tuple())).isEmpty();
        }
    }

    private static void leak(LoopbackPair pair) throws IOException {
        FourTuple tuple = pair.tuple();
        pair.client().shutdownOutput();
        Checkpoint.reached(pipeline, tuple, FIN_WAIT_2, CLOSE_WAIT);
        TopicRecord letter = awaitLetter("an anomaly", read -> isAbout(tuple, read));
        assertThat(letter.headers())
                .containsEntry("loopscope.reason", "too_large")
                .containsEntry("loopscope.target.topic", Topic.ANOMALIES.name())
                .containsEntry("ce_type", "io.loopscope.anomaly.opened");
    }

    private static boolean isAbout(FourTuple tuple, TopicRecord read) {
        AnomalyEvent event = read.value(AnomalyEvent.class);
        return event != null && event.getClient() != null && tuple.joins(event.getClient(), event.getServer());
    }

    private static void everythingElseGoesOn() throws IOException {
        try (LoopbackPair after = LoopbackPair.open()) {
            Checkpoint.reached(pipeline, after.tuple(), ESTABLISHED, ESTABLISHED);
        }
        pipeline.settle();
    }

    private static void limitAnomalies(int octets) throws Exception {
        ConfigResource anomalies = new ConfigResource(ConfigResource.Type.TOPIC, Topic.ANOMALIES.name());
        AlterConfigOp set = new AlterConfigOp(
                new ConfigEntry("max.message.bytes", Integer.toString(octets)), AlterConfigOp.OpType.SET);
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", pipeline.broker().bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(anomalies, List.of(set))).all().get();
        }
    }

    private static void assertPutAside(byte[] value, Reason reason) {
        TopicRecord letter = awaitLetter(reason.name(), read -> Arrays.equals(read.bytes(), value));
        assertThat(letter.headers())
                .containsEntry("loopscope.reason", reason.name().toLowerCase(Locale.ROOT));
    }

    private static TopicRecord awaitLetter(String what, Predicate<TopicRecord> wanted) {
        return log.await(
                "a dead letter: " + what,
                Waits.PROGRAM,
                () -> log.records(Topic.DEAD_LETTER).filter(wanted).findFirst().orElse(null),
                read -> read != null,
                () -> pipeline.processor().tail());
    }

    private static byte[] garbage(int octets) {
        byte[] garbage = new byte[octets];
        new Random(1).nextBytes(garbage);
        return garbage;
    }
}
