package io.loopscope.systemtests;

import static io.loopscope.schemas.v1.AnomalyStage.CLEARED;
import static io.loopscope.schemas.v1.AnomalyStage.OPENED;
import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.ConnectionEventType;
import io.loopscope.schemas.v1.Evidence;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.systemtests.harness.Checkpoint;
import io.loopscope.systemtests.harness.EndStates;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * kill -9 of an agent that captures: what was open is known again from the socket table, under the ids that it had, nothing is
 * said twice, and that nobody looked for a while is said.
 */
class AgentKilledIT {
    private static final String LEAK = "CLOSE_WAIT_STUCK";
    private static final String SILENT = "AGENT_SILENT";

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Pipeline pipeline;
    private static EventLog log;

    @BeforeAll
    static void start() {
        Needs.root();
        pipeline = Pipeline.start(PROCESSES, """
                detector:
                  close.wait.stuck.warning.after: 2s
                  # A busy machine may hold an agent up for longer than three intervals.
                  agent.silent.count: 10
                """, """
                  sockets.poll.interval: 250ms
                  sockets.full.every: 8
                  sockets.cpu.share: 1
                """);
        log = pipeline.log();
    }

    @Test
    void whatWasOpenIsKnownAgainAndNothingIsSaidTwice() throws IOException {
        try (LoopbackPair idle = open();
                LoopbackPair busy = open();
                LoopbackPair leaking = open();
                LoopbackPair leaksMeanwhile = open();
                LoopbackPair endsMeanwhile = open()) {
            leaking.client().shutdownOutput();
            AnomalyEvent opened = log.awaitAnomaly(leaking.tuple(), LEAK, OPENED, Waits.PIPELINE);
            pipeline.settle();

            pipeline.agent().kill();
            log.await("a silent agent", Waits.PIPELINE, AgentKilledIT::silence, AgentKilledIT::lasts, () -> "");
            busy.exchange(100_000);
            leaksMeanwhile.client().shutdownOutput();
            LoopbackPair beginsMeanwhile = PROCESSES.closing(LoopbackPair.open());
            LoopbackPair.abort(endsMeanwhile.client());
            endsMeanwhile.server().close();
            pipeline.startAgent();

            log.awaitStates(beginsMeanwhile.tuple(), new EndStates(ESTABLISHED, ESTABLISHED));
            AnomalyEvent found = log.awaitAnomaly(leaksMeanwhile.tuple(), LEAK, OPENED, Waits.PIPELINE);
            assertThat(found.getEvidence()).as("no segment told of it").isEqualTo(Evidence.KERNEL);
            assertThat(found.getClientState()).isEqualTo(FIN_WAIT_2);
            assertThat(found.getServerState()).isEqualTo(CLOSE_WAIT);
            ConnectionEvent ended = log.awaitEvent(
                    endsMeanwhile.tuple(), "the end", event -> event.getType() == ConnectionEventType.CLOSED);
            assertThat(ended.getSummary().getEndReason()).isEqualTo("expired");
            Checkpoint.reached(pipeline, idle.tuple(), ESTABLISHED, ESTABLISHED);
            Checkpoint.reached(pipeline, leaking.tuple(), FIN_WAIT_2, CLOSE_WAIT);
            assertThat(silence()).as("the gap is said").endsWith(OPENED, CLEARED);
            assertThat(log.heartbeats().stream().map(Heartbeat::getAgentEpoch).distinct())
                    .hasSize(2);
            assertThat(log.stages(leaking.tuple(), LEAK)).containsExactly(OPENED);

            leaking.server().close();
            assertThat(log.awaitAnomaly(leaking.tuple(), LEAK, CLEARED, Waits.PIPELINE)
                            .getAnomalyId())
                    .isEqualTo(opened.getAnomalyId());
            assertEnds(idle);
            assertEnds(busy);
            assertEnds(beginsMeanwhile);
            pipeline.settle();
            assertThat(log.stages(leaking.tuple(), LEAK)).containsExactly(OPENED, CLEARED);
            for (LoopbackPair pair : List.of(idle, busy, leaking, leaksMeanwhile, beginsMeanwhile, endsMeanwhile)) {
                assertSaidOnce(pair.tuple());
            }
            for (LoopbackPair pair : List.of(idle, busy, beginsMeanwhile, endsMeanwhile)) {
                assertThat(log.anomalies(pair.tuple()))
                        .as(() -> log.describe(pair.tuple()))
                        .isEmpty();
            }
            assertThat(log.anomalies()).extracting(AnomalyEvent::getEventId).doesNotHaveDuplicates();
        }
    }

    private static LoopbackPair open() throws IOException {
        LoopbackPair pair = LoopbackPair.open();
        pair.exchange(100);
        Checkpoint.reached(pipeline, pair.tuple(), ESTABLISHED, ESTABLISHED);
        return pair;
    }

    private static void assertEnds(LoopbackPair pair) throws IOException {
        pair.exchange(1_000);
        pair.client().close();
        pair.server().close();
        Checkpoint.reached(pipeline, pair.tuple(), TIME_WAIT, CLOSED);
    }

    private static void assertSaidOnce(FourTuple tuple) {
        List<ConnectionEvent> events = log.events(tuple);
        assertThat(events)
                .as(() -> log.describe(tuple))
                .extracting(ConnectionEvent::getEventId)
                .doesNotHaveDuplicates();
        assertThat(events.stream().map(ConnectionEvent::getConnectionId).distinct())
                .as(() -> log.describe(tuple))
                .hasSize(1);
        assertThat(events.stream().filter(event -> event.getType() == ConnectionEventType.OPENED))
                .as(() -> log.describe(tuple))
                .hasSize(1);
    }

    private static boolean lasts(List<AnomalyStage> stages) {
        return !stages.isEmpty() && stages.get(stages.size() - 1) == OPENED;
    }

    private static List<AnomalyStage> silence() {
        return log.anomalies().stream()
                .filter(event -> event.getName().equals(SILENT))
                .map(AnomalyEvent::getStage)
                .toList();
    }
}
