package io.loopscope.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.systemtests.harness.Broker;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.KernelSockets;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Programs;
import io.loopscope.systemtests.harness.Waits;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two agents on one interface publish to a broker on the same host, which dies and comes back. Nobody else is connected to
 * that broker, so not one segment from or to its port may be published: it would be an agent's own, or its fellow's.
 */
class SelfExclusionIT {
    private static final int DEATHS = 2;
    private static final Pattern CAPTURES = Pattern.compile("Capturing on");
    private static final Pattern PROVED = Pattern.compile("Excludes \\d+ own connections? \\(local ports? \\d+");

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private Broker broker;

    @Test
    void neitherOwnNorFellowsSegmentsWhileTheBrokerDiesAndComesBack() throws Exception {
        Needs.root();
        broker = Broker.start(PROCESSES);
        Programs programs = new Programs(PROCESSES, broker);
        // The broker's own connection to its controller is somebody else's.
        String yaml = """
                agent:
                  heartbeat.interval: 200ms
                  exclude.ports: [%d]
                """.formatted(broker.controllerPort());
        List<ChildProcess> agents = List.of(programs.agent(yaml), programs.agent(yaml));
        agents.forEach(agent -> agent.awaitOutput(CAPTURES, Waits.PROGRAM));
        agents.forEach(agent -> agent.awaitOutput(PROVED, Waits.PROGRAM));

        for (int i = 0; i < DEATHS; i++) {
            broker.kill();
            agents.forEach(agent -> awaitConnections(agent, false));
            broker = broker.restart(PROCESSES);
            agents.forEach(agent -> awaitConnections(agent, true));
        }
        FourTuple foreign;
        try (LoopbackPair pair = LoopbackPair.open()) {
            foreign = pair.tuple();
        }
        agents.forEach(agent -> assertThat(agent.terminate()).isZero());

        EventLog log = PROCESSES.closing(new EventLog(broker.bootstrapServers()));
        log.catchUp();
        assertThat(log.batches().filter(this::touchesBroker)).isEmpty();
        Map<Long, Heartbeat> last = log.heartbeats().stream()
                .collect(Collectors.toMap(Heartbeat::getAgentEpoch, beat -> beat, (before, later) -> later));
        assertThat(last.values()).hasSize(2).allSatisfy(goodbye -> {
            assertThat(goodbye.getPlannedStop()).isTrue();
            assertThat(goodbye.getStatistics().getExcludedOwn()).isGreaterThan(100);
            assertThat(goodbye.getLimitations()).noneMatch(text -> text.contains("cannot prove"));
        });
        assertThat(last.keySet())
                .as("neither is deaf")
                .allSatisfy(epoch -> assertThat(log.batches()
                                .filter(batch -> batch.getAgentEpoch() == epoch)
                                .flatMap(batch -> batch.getConnections().stream()))
                        .anyMatch(connection -> foreign.joins(connection.getLow(), connection.getHigh())));
    }

    private boolean touchesBroker(CaptureBatch batch) {
        return batch.getConnections().stream().anyMatch(this::touchesBroker);
    }

    private boolean touchesBroker(ConnectionRef connection) {
        return connection.getLow().getPort() == broker.clientPort()
                || connection.getHigh().getPort() == broker.clientPort();
    }

    private void awaitConnections(ChildProcess agent, boolean connected) {
        Awaitility.await(agent.name() + (connected ? " connects" : " has no connection"))
                .atMost(Waits.PROGRAM)
                .until(() -> agent.family().stream()
                                .anyMatch(member -> KernelSockets.connections(member.pid(), broker.clientPort()) > 0)
                        == connected);
    }
}
