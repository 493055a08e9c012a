package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.ConnectionEventType;
import io.loopscope.schemas.v1.End;
import io.loopscope.schemas.v1.TcpState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConnectionTopologyTest {
    private static final String CONNECTION = "host-1/4026531840/127.0.0.1:13306-127.0.0.1:59994";

    private final Pipeline pipeline = new Pipeline();
    private final FakeAgent agent = new FakeAgent(Records.HOST, pipeline::send);

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void everyNodeAndStoreIsNamed() {
        String topology = ConnectionTopology.build(
                        Pipeline.configuration(),
                        DetectorSettings.defaults(),
                        TcpSettings.DEFAULT,
                        new Counters(),
                        SchemaIds.NONE)
                .describe()
                .toString();

        assertThat(topology)
                .contains("Source: read-capture (topics: [loopscope.capture.v1])")
                .contains("Processor: track-connections (stores: [")
                .contains("Sink: write-connections (topic: loopscope.connections.v1)")
                .contains("Sink: write-anomalies (topic: loopscope.anomalies.v1)")
                .contains("Sink: write-census (topic: loopscope.census.v1)")
                .contains("Sink: write-dead-letter (topic: loopscope.dead-letter.v1)");
        assertThat(ConnectionTopology.changelogs("app"))
                .containsExactly(
                        "app-agents-changelog",
                        "app-anomalies-changelog",
                        "app-connections-changelog",
                        "app-hosts-changelog",
                        "app-listeners-changelog");
    }

    @Nested
    class Connections {
        @Test
        void wholeLifeIsToldUnderTheConnectionsKey() {
            agent.handshake().clientCloses().serverCloses().watches(Duration.ofSeconds(61));

            List<TestRecord<String, ConnectionEvent>> events = pipeline.connections();
            assertThat(events).extracting(TestRecord::key).containsOnly(CONNECTION);
            assertThat(events)
                    .extracting(record -> record.value().getType())
                    .startsWith(ConnectionEventType.OPENED)
                    .endsWith(ConnectionEventType.CLOSED);
            ConnectionEvent closed = events.get(events.size() - 1).value();
            assertThat(closed.getClient()).isEqualTo(Records.CLIENT);
            assertThat(closed.getServer()).isEqualTo(Records.SERVER);
            assertThat(closed.getCommunityId()).startsWith("1:");
            assertThat(closed.getSummary().getConnState()).isEqualTo("SF");
            assertThat(closed.getSummary().getEndReason()).isEqualTo("closed");
            assertThat(pipeline.statistics().connectionEvents()).isEqualTo(events.size());
        }

        @Test
        void statesAndTheirCauseAreThere() {
            agent.handshake();

            List<ConnectionEvent> events =
                    pipeline.connections().stream().map(TestRecord::value).toList();
            ConnectionEvent last = events.get(events.size() - 1);
            assertThat(last.getClientState()).isEqualTo(TcpState.ESTABLISHED);
            assertThat(last.getServerState()).isEqualTo(TcpState.ESTABLISHED);
            assertThat(events)
                    .filteredOn(event -> event.getCause() != null)
                    .extracting(
                            event -> event.getCause().getSender(),
                            event -> event.getCause().getFlags())
                    .contains(tuple(End.CLIENT, "S"), tuple(End.SERVER, "S."), tuple(End.CLIENT, "."));
        }

        @Test
        void eventsAreCloudEvents() {
            agent.handshake();

            TestRecord<String, ConnectionEvent> opened = pipeline.connections().get(0);
            assertThat(headers(opened))
                    .containsEntry("ce_specversion", "1.0")
                    .containsEntry("ce_id", opened.value().getEventId())
                    .containsEntry("ce_source", "/hosts/host-1")
                    .containsEntry("ce_type", "io.loopscope.connection.opened")
                    .containsEntry("ce_subject", opened.value().getConnectionId())
                    .containsEntry("ce_time", "2023-11-14T22:13:21Z")
                    .containsEntry("content-type", "application/avro");
        }
    }

    @Nested
    class Anomalies {
        @Test
        void watermarkAloneDrivesTheClockOfAHost() {
            agent.handshake().clientCloses().heartbeat();
            pipeline.wait(Duration.ofSeconds(2)); // The wall clock plays no part.
            agent.watches(Duration.ofSeconds(59));
            assertThat(pipeline.anomalies()).isEmpty();

            agent.watches(Duration.ofSeconds(1));
            List<TestRecord<String, AnomalyEvent>> anomalies = pipeline.anomalies();
            assertThat(anomalies).hasSize(1);
            TestRecord<String, AnomalyEvent> opened = anomalies.get(0);
            assertThat(opened.key()).isEqualTo(opened.value().getAnomalyId());
            assertThat(opened.value().getName()).isEqualTo("CLOSE_WAIT_STUCK");
            assertThat(opened.value().getEnd()).isEqualTo(End.SERVER);
            assertThat(opened.value().getServerState()).isEqualTo(TcpState.CLOSE_WAIT);
            assertThat(opened.value().getRunbook()).isEqualTo("docs/operating/CLOSE_WAIT_STUCK.md");
            assertThat(headers(opened))
                    .containsEntry("ce_type", "io.loopscope.anomaly.opened")
                    .containsEntry("ce_subject", opened.key());
        }

        @Test
        void clearedAnomalyLeavesTheCompactedTopic() {
            agent.handshake().clientCloses().watches(Duration.ofSeconds(60));
            String id = pipeline.anomalies().get(0).key();

            agent.serverCloses();

            List<TestRecord<String, AnomalyEvent>> anomalies = pipeline.anomalies();
            assertThat(anomalies).extracting(TestRecord::key).containsExactly(id, id);
            assertThat(anomalies.get(0).value().getStage()).isEqualTo(AnomalyStage.CLEARED);
            assertThat(anomalies.get(0).value().getClearReason()).isEqualTo("closed");
            assertThat(anomalies.get(1).value()).isNull();
            assertThat(pipeline.statistics().anomaliesOpened()).containsEntry("CLOSE_WAIT_STUCK", 1L);
            assertThat(pipeline.statistics().anomaliesCleared()).containsEntry("CLOSE_WAIT_STUCK", 1L);
        }

        @Test
        void hostsHaveClocksOfTheirOwn() {
            FakeAgent fast = new FakeAgent("host-2", pipeline::send)
                    .atClock(Records.START + Duration.ofDays(365).toNanos());
            FakeAgent otherNamespace = new FakeAgent(Records.HOST, pipeline::send)
                    .inNamespace(7)
                    .atClock(Records.START + Duration.ofDays(1).toNanos());
            agent.handshake().clientCloses();

            fast.handshake().clientCloses().watches(Duration.ofSeconds(59));
            otherNamespace.watches(Duration.ofSeconds(59));
            assertThat(pipeline.anomalies()).isEmpty();

            fast.watches(Duration.ofSeconds(1));
            assertThat(pipeline.anomalies())
                    .extracting(record -> record.value().getHostId())
                    .containsExactly("host-2");
        }
    }

    @Test
    void censusIsPublishedPerListenerEndAndState() {
        agent.handshake().clientCloses().watches(Duration.ofSeconds(1));

        Map<String, CensusCount> latest = new TreeMap<>();
        pipeline.census().forEach(record -> latest.put(record.key(), record.value()));
        String server = "host-1/4026531840/127.0.0.1:13306/SERVER/CLOSE_WAIT";
        assertThat(latest).containsKey(server);
        assertThat(latest.get(server).getCount()).isEqualTo(1);
        assertThat(latest.get("host-1/4026531840/127.0.0.1:13306/CLIENT/FIN_WAIT_2")
                        .getCount())
                .isEqualTo(1);
    }

    @Nested
    class Agents {
        @Test
        void everyRecordTwiceTellsNothingTwice() {
            List<String> once = new ArrayList<>();
            try (Pipeline quiet = new Pipeline()) {
                leak(new FakeAgent(Records.HOST, quiet::send));
                once.addAll(Outputs.of(quiet));
            }

            AtomicInteger sent = new AtomicInteger();
            leak(new FakeAgent(Records.HOST, record -> {
                sent.incrementAndGet();
                pipeline.send(record);
                pipeline.send(record);
            }));

            assertThat(Outputs.of(pipeline)).isEqualTo(once);
            assertThat(pipeline.statistics().replayed()).isEqualTo(sent.get());
        }

        @Test
        void missingBatchIsEvidenceOfLoss() {
            agent.handshake().losesBatches(1).clientCloses().watches(Duration.ofSeconds(1));

            assertThat(pipeline.statistics().lostBatches()).isEqualTo(1);
            assertThat(pipeline.anomalies())
                    .extracting(record -> record.value().getName())
                    .containsExactly("CAPTURE_DEGRADED");
        }

        @Test
        void restartOfTheAgentClearsNothing() {
            agent.handshake().clientCloses().watches(Duration.ofSeconds(60));
            assertThat(pipeline.anomalies()).hasSize(1);

            agent.passes(Duration.ofSeconds(2)).restarts().watches(Duration.ofSeconds(10));

            assertThat(pipeline.anomalies()).isEmpty();
        }

        @Test
        void earlierRunIsIgnored() {
            FakeAgent earlier = new FakeAgent(Records.HOST, pipeline::send);
            agent.passes(Duration.ofSeconds(5)).restarts().heartbeat();

            earlier.handshake().heartbeat();

            assertThat(pipeline.connections()).isEmpty();
            assertThat(pipeline.statistics().superseded()).isEqualTo(2);
        }

        @Test
        void agentsOnOtherInterfacesAreHeardToo() {
            FakeAgent other = new FakeAgent(Records.HOST, pipeline::send)
                    .on("eth0")
                    .passes(Duration.ofSeconds(1))
                    .restarts();
            other.heartbeat();

            agent.heartbeat().handshake();

            assertThat(pipeline.connections()).isNotEmpty();
            assertThat(pipeline.statistics().superseded()).isZero();
            assertThat(pipeline.statistics().replayed()).isZero();
        }
    }

    @Nested
    class Silence {
        @Test
        void agentThatStopsWithoutAWordIsSilent() {
            agent.heartbeat();
            pipeline.wait(Duration.ofSeconds(3));
            assertThat(pipeline.anomalies()).isEmpty();

            pipeline.wait(Duration.ofSeconds(2));
            assertThat(names()).containsExactly("OPENED AGENT_SILENT");

            pipeline.wait(Duration.ofSeconds(60));
            agent.heartbeat();
            assertThat(names()).contains("CLEARED AGENT_SILENT");
        }

        @Test
        void agentThatSaysGoodbyeIsNot() {
            agent.heartbeat().saysGoodbye();
            pipeline.wait(Duration.ofMinutes(5));

            assertThat(pipeline.anomalies()).isEmpty();
        }

        @Test
        void agentThatGoesOnIsNot() {
            for (int second = 0; second < 20; second++) {
                agent.watches(Duration.ofSeconds(1));
                pipeline.wait(Duration.ofSeconds(1));
            }

            assertThat(pipeline.anomalies()).isEmpty();
        }

        @Test
        void hostThatIsOnlyKnownFromTheStoreIsMissedToo() {
            agent.heartbeat();
            pipeline.restart();
            pipeline.wait(Duration.ofSeconds(5));

            assertThat(names()).containsExactly("OPENED AGENT_SILENT");
        }

        private List<String> names() {
            return pipeline.anomalies().stream()
                    .filter(record -> record.value() != null)
                    .map(record ->
                            record.value().getStage() + " " + record.value().getName())
                    .toList();
        }
    }

    @Test
    void restartAfterEachRecordTellsTheSameAsNone() {
        List<String> undisturbed = new ArrayList<>();
        try (Pipeline quiet = new Pipeline()) {
            leak(new FakeAgent(Records.HOST, quiet::send));
            undisturbed.addAll(Outputs.of(quiet));
        }
        List<String> disturbed = new ArrayList<>();

        leak(new FakeAgent(Records.HOST, record -> {
            pipeline.send(record);
            disturbed.addAll(Outputs.of(pipeline));
            pipeline.restart();
        }));

        assertThat(Outputs.sorted(disturbed)).isEqualTo(Outputs.sorted(undisturbed));
        assertThat(undisturbed).anyMatch(line -> line.contains("CLOSE_WAIT_STUCK"));
    }

    @Test
    void statisticsAddUp() {
        leak(agent);
        pipeline.send(Records.HOST, new byte[3]);
        pipeline.send(Records.socketReport());

        ProcessorStatistics statistics = pipeline.statistics();
        long deadLetters =
                statistics.deadLetters().values().stream().mapToLong(n -> n).sum();
        assertThat(statistics.records())
                .isEqualTo(statistics.batches()
                        + statistics.heartbeats()
                        + statistics.socketReports()
                        + statistics.replayed()
                        + statistics.superseded()
                        + deadLetters);
        assertThat(statistics.summary()).contains("3 batches with 7 segments").contains("1 socket reports");
    }

    /** A CLOSE_WAIT that is stuck for five minutes, and ends. */
    private static void leak(FakeAgent agent) {
        Duration interval = Duration.ofSeconds(10);
        agent.handshake().clientCloses().watches(Duration.ofSeconds(310), interval);
        agent.serverCloses().watches(Duration.ofSeconds(130), interval);
    }

    private static Map<String, String> headers(TestRecord<?, ?> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }
}
