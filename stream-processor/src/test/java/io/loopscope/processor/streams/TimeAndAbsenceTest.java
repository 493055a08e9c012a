package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.AnomalyEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clocks that are set, agents that go and come back, and topics that are read again: the rules of docs/delivery.md. */
class TimeAndAbsenceTest {
    private static final String LEAK = "CLOSE_WAIT_STUCK";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final List<SpecificRecord> sent = new ArrayList<>();
    private final Pipeline pipeline = new Pipeline();
    private final FakeAgent agent = new FakeAgent(Records.HOST, this::send);

    private void send(SpecificRecord captured) {
        sent.add(captured);
        pipeline.send(captured);
    }

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void clockThatIsSetForwardMakesNothingStuck() {
        agent.handshake().clientCloses().watches(Duration.ofSeconds(5));

        agent.passes(Duration.ofHours(1)).heartbeat().watches(Duration.ofSeconds(30));
        assertThat(told()).as("36 s of watching").isEmpty();

        agent.watches(MINUTE);
        assertThat(told()).containsExactly("OPENED " + LEAK);
    }

    @Test
    void clockThatIsSetBackEndsNothingAndRaisesNothing() {
        leak();
        String id = lastAnomaly();

        agent.atClock(Records.START - Duration.ofHours(2).toNanos()).heartbeat().watches(Duration.ofSeconds(30));
        assertThat(told()).isEmpty();

        agent.serverCloses().heartbeat();
        assertThat(stages()).extracting(AnomalyEvent::getAnomalyId).containsOnly(id);
        assertThat(pipeline.deadLetters()).isEmpty();
    }

    @Test
    void agentThatIsAwayForAWhileFindsItsAnomaliesOpen() {
        leak();
        String id = lastAnomaly();

        pipeline.wait(MINUTE);
        assertThat(told()).containsExactly("OPENED AGENT_SILENT");

        agent.passes(MINUTE).heartbeat().watches(Duration.ofSeconds(10));
        assertThat(told()).containsExactly("CLEARED AGENT_SILENT");
        agent.serverCloses().heartbeat();
        assertThat(stages()).singleElement().satisfies(cleared -> {
            assertThat(cleared.getAnomalyId()).isEqualTo(id);
            assertThat(cleared.getStage().name()).isEqualTo("CLEARED");
        });
    }

    @Test
    void agentThatIsAwayForTooLongBeginsAnew() {
        leak();

        pipeline.wait(Duration.ofMinutes(16));
        assertThat(stages())
                .filteredOn(event -> event.getName().equals(LEAK))
                .singleElement()
                .satisfies(cleared -> assertThat(cleared.getClearReason()).isEqualTo("agent_lost"));

        agent.passes(Duration.ofMinutes(16))
                .restarts()
                .heartbeat()
                .handshake()
                .clientCloses()
                .watches(Duration.ofSeconds(70));
        assertThat(told()).containsExactly("CLEARED AGENT_SILENT", "OPENED " + LEAK);
    }

    @Test
    void timeBetweenTwoRunsOfAnAgentIsNoEvidence() {
        agent.handshake().clientCloses().watches(Duration.ofSeconds(10));

        agent.passes(Duration.ofHours(1)).restarts().watches(Duration.ofSeconds(30));
        assertThat(told()).as("40 s of watching").isEmpty();

        agent.watches(MINUTE);
        assertThat(told()).containsExactly("OPENED " + LEAK);
    }

    @Test
    void backlogOfTheProcessorIsNoSilenceOfTheAgents() {
        agent.heartbeat();
        FakeAgent other = new FakeAgent("other", captured -> pipeline.sendFromBacklog(captured, Duration.ofHours(1)));
        for (int i = 0; i < 60; i++) {
            other.watches(Duration.ofSeconds(1));
            pipeline.wait(HostTracker.TICK);
        }
        assertThat(told()).as("after 30 s of catching up").isEmpty();

        pipeline.wait(Duration.ofSeconds(5));
        assertThat(told()).as("with nothing left to read").contains("OPENED AGENT_SILENT");
    }

    @Test
    void batchThatComesAfterItsSuccessorIsLostAndCounted() {
        agent.handshake();
        SpecificRecord late = agent.batch(1, FakeAgent.from(io.loopscope.schemas.v1.Side.HIGH, 0x11, 100, 300));
        agent.losesBatches(1).heartbeat();

        send(late);

        assertThat(pipeline.statistics().lostBatches()).isEqualTo(1);
        assertThat(pipeline.statistics().replayed()).isEqualTo(1);
    }

    @Test
    void topicThatIsReadAgainFromItsBeginningTellsTheSame() {
        leak();
        agent.restarts().heartbeat().serverCloses().watches(MINUTE);
        List<String> first = Outputs.sorted(lines(pipeline));
        assertThat(first).hasSizeGreaterThan(5);

        try (Pipeline fresh = new Pipeline()) {
            sent.forEach(fresh::send);
            assertThat(Outputs.sorted(lines(fresh))).isEqualTo(first);
        }
    }

    /** Keeps what a test has asked for already. */
    private final List<String> read = new ArrayList<>();

    private List<String> lines(Pipeline of) {
        List<String> lines = new ArrayList<>(of == pipeline ? read : List.of());
        lines.addAll(Outputs.of(of));
        return lines;
    }

    private void leak() {
        agent.handshake().clientCloses().watches(Duration.ofSeconds(62));
        List<TestRecord<String, AnomalyEvent>> records = pipeline.anomalies();
        records.forEach(record -> read.add(record.key() + " = " + record.value()));
        assertThat(records).extracting(record -> record.value().getName()).containsExactly(LEAK);
        opened = records.get(0).value().getAnomalyId();
    }

    private String opened;

    private String lastAnomaly() {
        return opened;
    }

    private List<String> told() {
        return stages().stream()
                .map(event -> event.getStage() + " " + event.getName())
                .toList();
    }

    private List<AnomalyEvent> stages() {
        return pipeline.anomalies().stream()
                .map(TestRecord::value)
                .filter(Objects::nonNull)
                .toList();
    }
}
