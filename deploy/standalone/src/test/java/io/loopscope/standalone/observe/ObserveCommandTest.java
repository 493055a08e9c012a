package io.loopscope.standalone.observe;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Program;
import io.loopscope.standalone.broker.BrokerAddress;
import io.loopscope.standalone.broker.EmbeddedKafka;
import io.loopscope.standalone.broker.StateFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObserveCommandTest {
    private static final RecordCodec CODEC = new RecordCodec();

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    static void publish() throws Exception {
        kafka = start(folder);
        producer = producer(kafka);
        producer.beginTransaction();
        // Three partitions, written against the order of time.
        send(Topic.CONNECTIONS, 2, Samples.closedByTimer());
        send(Topic.CONNECTIONS, 0, Samples.opened());
        var second = Samples.clientCloses();
        second.setTimeNs(Samples.TIME + Samples.SECOND);
        send(Topic.CONNECTIONS, 1, second);
        send(
                Topic.ANOMALIES,
                1,
                Samples.anomaly().setTimeNs(Samples.TIME + 5 * Samples.SECOND).build());
        send(
                Topic.ANOMALIES,
                1,
                Samples.anomaly()
                        .setStage(AnomalyStage.CLEARED)
                        .setTimeNs(Samples.TIME + 9 * Samples.SECOND)
                        .setHostId("web-2")
                        .build());
        send(Topic.ANOMALIES, 1, (byte[]) null);
        send(Topic.CENSUS, 0, Samples.census());
        send(Topic.CAPTURE, 0, Samples.batch(0));
        send(Topic.CAPTURE, 0, Samples.heartbeat());
        send(Topic.DEAD_LETTER, 0, new byte[] {1, 2, 3});
        for (String garbage : List.of("garbage", "more garbage, and longer")) {
            send(Topic.CONNECTIONS, 0, garbage.getBytes(StandardCharsets.UTF_8));
        }
        producer.commitTransaction();
        producer.beginTransaction();
        send(Topic.CONNECTIONS, 0, Samples.opened());
        producer.abortTransaction();
    }

    @AfterAll
    static void stop() {
        producer.close();
        kafka.close();
    }

    @Test
    void showsConnectionsAndAnomaliesInTheOrderOfTimeAndEnds() {
        var seen = observe();
        assertThat(seen.code).isEqualTo(ExitCode.OK);
        assertThat(seen.out().lines())
                .filteredOn(line -> !line.startsWith("#"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("client CLOSED→SYN_SENT"),
                        line -> assertThat(line).contains("server ESTABLISHED→CLOSE_WAIT"),
                        line -> assertThat(line).contains("OPENED CLOSE_WAIT_STUCK"),
                        line -> assertThat(line).contains("CLEARED CLOSE_WAIT_STUCK"),
                        line -> assertThat(line).contains("client TIME_WAIT→CLOSED"));
    }

    @Test
    void countsWhatItCannotReadAndGoesOn() {
        assertThat(observe().err())
                .startsWith("loopscope: 2 records could not be read and are not shown: 2 NOT_A_LOOPSCOPE_RECORD; the"
                        + " first: loopscope.connections.v1-0 offset 1 ");
    }

    @Test
    void writesOneJsonObjectALine() {
        assertThat(observe("-o", "json").out().lines())
                .hasSize(5)
                .allSatisfy(line -> assertThat(line).startsWith("{\"type\":\"").endsWith("}"));
    }

    @ParameterizedTest
    @CsvSource({
        "--anomalies, OPENED CLOSE_WAIT_STUCK, 2",
        "--connections, CLOSED→SYN_SENT, 3",
        "--census, 127.0.0.1:13306 server CLOSE_WAIT 3, 1",
        "--segments, 'Flags [S], seq 4294967295', 3",
        "--segments, heartbeat of web-1, 3",
        "--dead-letters, value 3 octets 010203, 1",
        "--port=13306, CLOSED→SYN_SENT, 5",
        "--port=13307, '', 0",
        "--host=web-2, CLEARED CLOSE_WAIT_STUCK, 1",
        "--since=2025-11-22T12:00:05Z, OPENED CLOSE_WAIT_STUCK, 3",
        "--until=2025-11-22T12:00:05Z, ESTABLISHED→CLOSE_WAIT, 2",
        "--last=1, client TIME_WAIT→CLOSED, 1",
        "--last=100, CLOSED→SYN_SENT, 5",
        "--last=0, '', 0",
    })
    void showsWhatIsAskedFor(String option, String among, int lines) {
        var seen = observe(option);
        assertThat(seen.code).isEqualTo(ExitCode.OK);
        assertThat(seen.out().lines().filter(line -> !line.startsWith("#"))).hasSize(lines);
        assertThat(seen.out()).contains(among);
    }

    @Test
    void followsWhatComesUntilNobodyReadsItAnyMore(@TempDir Path other) throws Exception {
        try (var otherKafka = start(other);
                var otherProducer = producer(otherKafka)) {
            var out = new ClosablePipe();
            var follower = new Thread(() -> run(other, out, new StringWriter(), "-f", "-o", "json"));
            follower.start();
            await().atMost(60, SECONDS).until(() -> {
                commit(otherProducer, Samples.clientCloses());
                return out.text().contains("\"client\":\"127.0.0.1:59994\"");
            });
            out.close();
            await().atMost(60, SECONDS).until(() -> {
                commit(otherProducer, Samples.clientCloses());
                return !follower.isAlive();
            });
        }
    }

    @Test
    void endsInSilenceWhenNobodyReadsItsOutput() {
        var out = new ClosablePipe();
        out.close();
        var err = new StringWriter();
        assertThat(run(folder, out, err, "--anomalies", "-f")).isEqualTo(ExitCode.OK);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void saysThatTheBrokerOfTheStateFolderDoesNotAnswer(@TempDir Path other) {
        try (var state = StateFolder.open(other)) {
            state.remember(BrokerAddress.ofFreePorts());
        }
        var err = new StringWriter();
        var code = Program.commandLine(new ObserveCommand(OutputStream.nullOutputStream()))
                .setErr(new PrintWriter(err))
                .execute("--state", other.toString(), "--set", "kafka.default.api.timeout.ms=500");
        assertThat(code).isEqualTo(ExitCode.KAFKA_UNAVAILABLE);
        assertThat(err.toString()).contains("does not answer", other.toString(), "./loopscope up");
    }

    @Test
    void saysThatUpHasNeverRun(@TempDir Path other) {
        var err = new StringWriter();
        var code = Program.commandLine(new ObserveCommand(OutputStream.nullOutputStream()))
                .setErr(new PrintWriter(err))
                .execute("--state", other.toString());
        assertThat(code).isEqualTo(ExitCode.KAFKA_UNAVAILABLE);
        assertThat(err.toString()).contains("no broker to read from", "--bootstrap-servers");
    }

    @ParameterizedTest
    @CsvSource({
        "--port=0, is no port",
        "--port=http, 'for option ''--port'''",
        "--since=yesterday, neither a duration",
        "--last=-1, less than nothing",
        "-o=xml, 'for option ''--output'''",
        "--frobnicate, Unknown option",
    })
    void aWrongCommandLineIsAUsageError(String option, String message) {
        var seen = observe(option);
        assertThat(seen.code).isEqualTo(ExitCode.USAGE);
        assertThat(seen.err()).contains(message);
    }

    @Test
    void followingHasNoEnd() {
        assertThat(observe("-f", "--until", "1m").err()).contains("--follow has no end");
    }

    private record Seen(int code, String out, String err) {}

    /** A pipe whose reader may go away. */
    private static final class ClosablePipe extends OutputStream {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private boolean closed;

        @Override
        public synchronized void write(int octet) throws IOException {
            if (closed) {
                throw new IOException("Broken pipe");
            }
            written.write(octet);
        }

        @Override
        public synchronized void close() {
            closed = true;
        }

        synchronized String text() {
            return written.toString(StandardCharsets.UTF_8);
        }
    }

    private static Seen observe(String... options) {
        var out = new ByteArrayOutputStream();
        var err = new StringWriter();
        int code = run(folder, out, err, options);
        return new Seen(code, out.toString(StandardCharsets.UTF_8), err.toString());
    }

    private static int run(Path state, OutputStream out, StringWriter err, String... options) {
        var arguments = new ArrayList<>(List.of("--state", state.toString()));
        arguments.addAll(List.of(options));
        return Program.commandLine(new ObserveCommand(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(new String[0]));
    }

    private static EmbeddedKafka start(Path folder) throws Exception {
        var address = BrokerAddress.ofFreePorts();
        var kafka = EmbeddedKafka.start(folder.resolve("broker"), address);
        try (var state = StateFolder.open(folder)) {
            state.remember(address);
        }
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(Topic.CATALOGUE.stream()
                            .map(topic -> new NewTopic(topic.name(), Optional.of(3), Optional.of((short) 1)))
                            .toList())
                    .all()
                    .get();
        }
        return kafka;
    }

    private static KafkaProducer<byte[], byte[]> producer(EmbeddedKafka kafka) {
        var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "test"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    private static void commit(KafkaProducer<byte[], byte[]> producer, SpecificRecord event) throws Exception {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(Topic.CONNECTIONS.name(), 0, new byte[] {1}, CODEC.encode(event)))
                .get();
        producer.commitTransaction();
    }

    private static void send(Topic topic, int partition, SpecificRecord value) throws Exception {
        send(topic, partition, CODEC.encode(value));
    }

    private static void send(Topic topic, int partition, byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(topic.name(), partition, new byte[] {1}, value))
                .get();
    }
}
