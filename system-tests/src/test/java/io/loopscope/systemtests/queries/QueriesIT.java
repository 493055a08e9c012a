package io.loopscope.systemtests.queries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.Topic;
import io.loopscope.systemtests.harness.Broker;
import io.loopscope.systemtests.harness.LeakingHost;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Programs;
import io.loopscope.systemtests.harness.RawProducer;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two processors share the partitions, and each answers for both. Hosts leak connections; then one processor is killed,
 * and at last the broker.
 */
@TestMethodOrder(OrderAnnotation.class)
class QueriesIT {
    private static final int PARTITIONS = 4;
    private static final int HOSTS = 12;
    private static final int LEAKS = 3;
    private static final int CONNECTIONS = HOSTS * LEAKS;
    private static final int SEGMENTS_OF_A_LEAK = 5;
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    /** So that no host counts as silent while the test takes its time. */
    private static final long HEARTBEAT_MS = 60_000;

    private static final List<String> QUESTIONS = List.of(
            "/api/v1/hosts",
            "/api/v1/hosts?host=host-3",
            "/api/v1/census",
            "/api/v1/census?port=13307",
            "/api/v1/anomalies",
            "/api/v1/anomalies?name=CLOSE_WAIT_STUCK&port=13306",
            "/api/v1/anomalies?host=host-5",
            "/api/v1/connections?limit=1000",
            "/api/v1/connections?limit=7",
            "/api/v1/connections?state=close_wait&port=13308",
            "/api/v1/connections?host=host-7",
            "/api/v1/connections/host-1/127.0.0.1:20000-127.0.0.1:13306",
            "/api/v1/connections/host-2/4026531840/127.0.0.1:13306-127.0.0.1:20000");

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static final RecordCodec CODEC = new RecordCodec();

    private static Broker broker;
    private static HttpProcessor one;
    private static HttpProcessor other;

    @BeforeAll
    static void start() {
        broker = Broker.startEmpty(PROCESSES);
        Programs programs = new Programs(PROCESSES, broker);
        String yaml = """
                processor:
                  http.listen: 127.0.0.1:0
                  stop.timeout: 5s
                topics:
                  partitions: %d
                detector:
                  close.wait.stuck.warning.after: %dms
                """.formatted(PARTITIONS, DEADLINE.toMillis());
        one = HttpProcessor.start(programs, yaml);
        other = HttpProcessor.start(programs, yaml);
        await("both have partitions")
                .atMost(Waits.PROGRAM)
                .until(() -> share(one) > 0
                        && share(other) > 0
                        && share(one) + share(other) == PARTITIONS
                        && one.isReady()
                        && other.isReady());
        leak();
        await("all is found and committed").atMost(Waits.PIPELINE).until(() -> {
            JsonNode anomalies = one.json("/api/v1/anomalies");
            return anomalies.path("matching").asInt() == CONNECTIONS
                    && one.json("/api/v1/hosts").path("items").size() == HOSTS;
        });
    }

    private static void leak() {
        long begin = Pipeline.nowNs() - DEADLINE.multipliedBy(3).toNanos();
        try (RawProducer producer = new RawProducer(broker.bootstrapServers())) {
            for (int i = 0; i < HOSTS; i++) {
                LeakingHost host = new LeakingHost("host-" + i, begin);
                send(producer, host, host.promise(begin, HEARTBEAT_MS));
                for (int leak = 0; leak < LEAKS; leak++) {
                    send(producer, host, host.leak(begin + leak));
                }
                send(
                        producer,
                        host,
                        host.promise(begin + DEADLINE.multipliedBy(2).toNanos(), HEARTBEAT_MS));
            }
        }
    }

    private static void send(RawProducer producer, LeakingHost host, SpecificRecord value) {
        producer.send(Topic.CAPTURE, host.name().getBytes(UTF_8), CODEC.encode(value));
    }

    @Test
    @Order(1)
    void everyQuestionHasTheSameAnswerAtBoth() {
        for (String question : QUESTIONS) {
            JsonNode answer = comparable(one, question);

            assertThat(comparable(other, question)).as(question).isEqualTo(answer);
            assertThat(answer.path("complete").asBoolean()).as(question).isTrue();
        }
        assertThat(one.json("/api/v1/connections?limit=1000").path("items")).hasSize(CONNECTIONS);
        JsonNode connection = other.json(QUESTIONS.get(QUESTIONS.size() - 1)).path("connection");
        assertThat(connection.path("server_state").asText()).isEqualTo("CLOSE_WAIT");
        assertThat(connection.path("client_state").asText()).isEqualTo("FIN_WAIT_2");
        assertThat(connection.at("/published_anomalies/0/name").asText()).isEqualTo("CLOSE_WAIT_STUCK");
        assertThat(one.json("/api/v1/connections/host-2/"
                                + connection.path("connection_id").asText())
                        .path("connection"))
                .isEqualTo(connection);
    }

    @Test
    @Order(2)
    void theCensusCountsWhatWasFed() {
        JsonNode totals = other.json("/api/v1/census").path("totals");

        assertThat(totals.at("/wire/server/CLOSE_WAIT").asInt()).isEqualTo(CONNECTIONS);
        assertThat(totals.at("/wire/client/FIN_WAIT_2").asInt()).isEqualTo(CONNECTIONS);
        assertThat(totals.at("/wire/server/ESTABLISHED").asInt()).isZero();
    }

    @Test
    @Order(3)
    void aLongListIsReadPieceByPiece() {
        List<String> keys = new ArrayList<>();
        String next = "";
        for (int pieces = 0; next != null && pieces < CONNECTIONS; pieces++) {
            JsonNode piece = one.json("/api/v1/connections?limit=5" + (next.isEmpty() ? "" : "&after=" + next));
            piece.path("items").forEach(item -> keys.add(item.path("key").asText()));
            next = piece.path("next").isTextual() ? piece.path("next").asText() : null;
        }

        Set<String> all = new HashSet<>(keys);
        assertThat(keys).hasSize(CONNECTIONS);
        assertThat(all).hasSize(CONNECTIONS);
    }

    @Test
    @Order(4)
    void whatIsWrongWithAQuestionIsSaid() {
        assertThat(one.status("/api/v1/connections/host-1/127.0.0.1:1-127.0.0.1:2"))
                .isEqualTo(404);
        assertThat(one.status("/api/v1/connections/nobody/127.0.0.1:1-127.0.0.1:2"))
                .isEqualTo(404);
        assertThat(one.status("/api/v1/connections/host-1/localhost")).isEqualTo(400);
        assertThat(one.json("/api/v1/connections?sate=ESTABLISHED").path("hint").asText())
                .contains("state");
        assertThat(one.status("/api/v1/connections?state=OPEN")).isEqualTo(400);
        assertThat(one.status("/api/v1/connections?limit=1000000")).isEqualTo(400);
        assertThat(one.status("/api/v2")).isEqualTo(404);
    }

    @Test
    @Order(5)
    void metricsSayWhatWasFedAndPleasePrometheus() throws IOException, InterruptedException {
        Needs.programs("promtool");
        Scraped first = new Scraped(one.text("/metrics"));
        Scraped second = new Scraped(other.text("/metrics"));

        String ends = "loopscope_processor_connection_ends";
        String[] waiting = {"end=\"server\"", "state=\"close_wait\"", "evidence=\"wire\""};
        assertThat(first.sum(ends, waiting) + second.sum(ends, waiting)).isEqualTo(CONNECTIONS);
        assertPartitions(first, one);
        assertPartitions(second, other);
        for (Scraped scraped : List.of(first, second)) {
            // Eleven states, two ends, two sources.
            assertThat(scraped.samples(ends, "server_port=\"other\"")).isEqualTo(11 * 2 * 2);
            assertThat(scraped.samples("loopscope_processor_anomalies_open", "CLOSE_WAIT_STUCK"))
                    .isEqualTo(3);
            scraped.pleasesPromtool(PROCESSES.folder());
        }
        assertThat(both(first, second, "loopscope_processor_segments_total"))
                .isEqualTo(CONNECTIONS * SEGMENTS_OF_A_LEAK);
        assertThat(both(first, second, "loopscope_processor_segment_seconds_count"))
                .isEqualTo(CONNECTIONS * SEGMENTS_OF_A_LEAK);
        assertThat(both(first, second, "loopscope_processor_segment_seconds_sum"))
                .isPositive();
        assertThat(both(first, second, "loopscope_processor_anomalies_open")).isEqualTo(CONNECTIONS);
        assertThat(both(first, second, "loopscope_processor_anomalies_opened_total"))
                .isEqualTo(CONNECTIONS);
        assertThat(both(first, second, "loopscope_processor_watermark_age_seconds_count"))
                .isEqualTo(HOSTS * 2);
        assertThat(both(first, second, "loopscope_processor_records_total")).isEqualTo(HOSTS * (2 + LEAKS));
        assertThat(first.sum("loopscope_processor_ready")).isEqualTo(1);
        assertThat(first.text()).contains("kafka_consumer_").contains("jvm_memory_used_bytes");
    }

    @Test
    @Order(6)
    void statusTellsLossFirst() {
        JsonNode status = one.json("/status");

        assertThat(status.fieldNames().next()).isEqualTo("lost");
        assertThat(status.path("state").asText()).isEqualTo("running");
        assertThat(status.at("/lost/lost_batches").asLong()).isZero();
        assertThat(one.status("/healthz")).isEqualTo(200);
    }

    @Test
    @Order(7)
    void withoutOneProcessorAnswersArePartialAndThenWholeAgain() {
        List<ObjectNode> before =
                QUESTIONS.stream().map(question -> comparable(one, question)).toList();
        int lost = share(other);

        other.process().kill();

        JsonNode partial = one.json("/api/v1/hosts");
        assertThat(partial.path("complete").asBoolean()).isFalse();
        assertThat(partial.at("/missing/0/instance").asText()).isEqualTo(other.address());
        assertThat(partial.at("/missing/0/partitions")).hasSize(lost);
        assertThat(partial.path("items")).hasSizeBetween(1, HOSTS - 1);

        await("the other one's partitions are here")
                .atMost(Waits.PROGRAM)
                .until(() -> one.json("/api/v1/hosts").path("complete").asBoolean());
        for (int i = 0; i < QUESTIONS.size(); i++) {
            ObjectNode now = comparable(one, QUESTIONS.get(i));
            assertThat(now).as(QUESTIONS.get(i)).isEqualTo(before.get(i));
        }
    }

    @Test
    @Order(8)
    void withoutTheBrokerItIsNotReadyAndSaysWhy() {
        await("it is ready").atMost(Waits.PROGRAM).until(one::isReady);

        ProcessHandle.of(broker.pid()).orElseThrow().destroyForcibly();

        await("it says why it is not").atMost(Waits.PROGRAM).untilAsserted(() -> {
            assertThat(one.status("/readyz")).isEqualTo(503);
            assertThat(one.json("/readyz").at("/reasons").findValuesAsText("cause"))
                    .contains("kafka_unreachable");
        });
        assertThat(one.status("/healthz")).isEqualTo(200);
        assertThat(one.json("/api/v1/hosts").path("items")).hasSize(HOSTS);
    }

    /** An answer without what depends on who gave it, and when. */
    private static ObjectNode comparable(HttpProcessor processor, String question) {
        ObjectNode answer = (ObjectNode) processor.json(question);
        answer.remove(List.of("answered_by", "instances"));
        answer.path("items").forEach(item -> ((ObjectNode) item).remove("watermark_lag_seconds"));
        return answer;
    }

    private static void assertPartitions(Scraped scraped, HttpProcessor of) {
        assertThat(scraped.sum("loopscope_processor_partitions", "readable")).isEqualTo(share(of));
    }

    private static double both(Scraped first, Scraped second, String metric) {
        return first.sum(metric) + second.sum(metric);
    }

    private static int share(HttpProcessor processor) {
        return processor.json("/status").at("/partitions/readable").size();
    }
}
