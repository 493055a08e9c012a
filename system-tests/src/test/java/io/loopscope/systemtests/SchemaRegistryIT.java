package io.loopscope.systemtests;

import static io.loopscope.schemas.v1.AnomalyStage.CLEARED;
import static io.loopscope.schemas.v1.AnomalyStage.OPENED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.Topic;
import io.loopscope.schemas.testing.StandInRegistry;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.ConnectionEventType;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.TcpState;
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
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The pipeline with a schema registry that goes away. A stand-in for one: no real registry is at hand that runs on Java 17
 * (what a real one says is {@code RealRegistryTest} of {@code schemas}).
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SchemaRegistryIT {
    private static final Pattern WAITS =
            Pattern.compile("Nothing can be published before the ids of the schemas are known");

    /** Nine times, with longer and longer pauses: about 16 s. */
    private static final Pattern ASKED_FOR_LONG = Pattern.compile("(?s)(?:It is asked again.*?){9}");

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static StandInRegistry registry;
    private static Pipeline pipeline;
    private static EventLog log;

    @BeforeAll
    static void start() {
        Needs.root();
        registry = PROCESSES.closing(StandInRegistry.start(70_000));
        pipeline = Pipeline.start(PROCESSES, """
                detector:
                  close.wait.stuck.warning.after: 2s
                """ + section("processor"), section("agent"), registry.asReader());
        log = pipeline.log();
    }

    private static String section(String program) {
        return """
                schema:
                  registry.url: %s
                  registry.cache.dir: %s
                """.formatted(registry.url(), cache(program));
    }

    private static Path cache(String program) {
        return PROCESSES.folder().resolve("schemas-of-" + program);
    }

    @AfterEach
    void everyRecordHasTheFrameAndNothingOfTheRegistryIsPublished() {
        log.catchUp();
        for (Topic topic : List.of(Topic.CAPTURE, Topic.CONNECTIONS, Topic.ANOMALIES, Topic.CENSUS)) {
            List<byte[]> values = log.records(topic)
                    .map(TopicRecord::bytes)
                    .filter(value -> value != null) // a tombstone
                    .toList();
            assertThat(values)
                    .isNotEmpty()
                    .allSatisfy(value -> assertThat(value).startsWith(0, 0, 1, 0x11));
        }
        assertThat(log.records(Topic.DEAD_LETTER)).isEmpty();
        assertThat(log.batches().flatMap(batch -> batch.getConnections().stream()))
                .noneMatch(SchemaRegistryIT::touchesRegistry);
    }

    private static boolean touchesRegistry(ConnectionRef connection) {
        int port = URI.create(registry.url()).getPort();
        return connection.getLow().getPort() == port || connection.getHigh().getPort() == port;
    }

    @Test
    @Order(1)
    void agentAndProcessorThatAreStartedAgainDoNotMissADeadRegistry() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            pair.client().shutdownOutput();
            Checkpoint.reached(pipeline, pair.tuple(), FIN_WAIT_2, CLOSE_WAIT);
            AnomalyEvent opened = log.awaitAnomaly(pair.tuple(), "CLOSE_WAIT_STUCK", OPENED, Waits.PIPELINE);

            registry.goAway();
            pipeline.agent().kill();
            pipeline.processor().kill();
            pipeline.startProcessor();
            pipeline.startAgent();
            pipeline.settle();

            pair.server().close();
            Checkpoint.reached(pipeline, pair.tuple(), TIME_WAIT, TcpState.CLOSED);
            AnomalyEvent cleared = log.awaitAnomaly(pair.tuple(), "CLOSE_WAIT_STUCK", CLEARED, Waits.PIPELINE);
            assertThat(cleared.getAnomalyId()).isEqualTo(opened.getAnomalyId());
        }
        assertThat(pipeline.agent().output() + pipeline.agent().errors())
                .contains("Going on with the ids it gave before");
    }

    @Test
    @Order(2)
    void anAgentThatStartsBeforeItsRegistryKeepsWhatItCaptures() throws IOException {
        assertThat(pipeline.agent().terminate()).isZero();
        empty(cache("agent"));
        pipeline.startAgent();
        pipeline.agent().awaitOutput(WAITS, Waits.PROGRAM);
        pipeline.agent().awaitOutput(Pattern.compile("Capturing on"), Waits.PROGRAM);
        try (LoopbackPair pair = LoopbackPair.open()) {
            pair.exchange(100);
            registry.comeBack();
            pipeline.settle();
            Checkpoint.reached(pipeline, pair.tuple(), ESTABLISHED, ESTABLISHED);
            assertThat(log.events(pair.tuple()).get(0).getType()).isEqualTo(ConnectionEventType.OPENED);
        }
    }

    /** Longer than a transaction may last: the brokers abort it meanwhile. */
    @Test
    @Order(3)
    void aRecordWhoseSchemaOnlyADeadRegistryKnowsWaitsAndNothingIsToldTwice() throws IOException {
        TopicRecord known = log.records(Topic.CAPTURE)
                .filter(read -> read.value(CaptureBatch.class) != null)
                .reduce((first, second) -> second)
                .orElseThrow();
        Schema newer = new Schema.Parser().parse(CaptureBatch.getClassSchema().toString());
        newer.addProp("written.by", "a newer agent");
        int id = registry.register("newer", newer);
        byte[] framed = ByteBuffer.wrap(known.bytes().clone()).putInt(1, id).array();
        try (LoopbackPair pair = LoopbackPair.open();
                RawProducer producer = new RawProducer(pipeline.broker().bootstrapServers())) {
            Checkpoint.reached(pipeline, pair.tuple(), ESTABLISHED, ESTABLISHED);
            registry.goAway();
            producer.send(Topic.CAPTURE, known.key(), framed);
            pair.client().shutdownOutput();
            pipeline.processor().awaitOutput(ASKED_FOR_LONG, Waits.PROGRAM);
            registry.comeBack();
            Checkpoint.reached(pipeline, pair.tuple(), FIN_WAIT_2, CLOSE_WAIT);
            pair.server().close();
            Checkpoint.reached(pipeline, pair.tuple(), TIME_WAIT, TcpState.CLOSED);
            assertThat(log.events(pair.tuple())).doesNotHaveDuplicates();
        }
        assertThat(pipeline.processor().isAlive()).isTrue();
    }

    private static void empty(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
