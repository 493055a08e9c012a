package io.loopscope.systemtests.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.KernelSocket;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.schemas.v1.TcpState;
import io.loopscope.systemtests.harness.Broker;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An agent that may capture and nothing else: what it cannot see costs nothing of the rest, and is said. */
class LeastPrivilegeIT {
    private static final String HIDDEN = "some processes may not be looked into";

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    @Test
    void capturesAndReportsSocketsAndSaysOnceThatOwnersStayUnknown() throws IOException {
        Needs.root();
        Needs.programs("setpriv");
        Broker broker = Broker.start(PROCESSES);
        EventLog log = PROCESSES.closing(new EventLog(broker.bootstrapServers()));
        ChildProcess agent = startAgent(broker);
        log.awaitWatermark(0, Waits.PROGRAM, agent::tail);

        try (LoopbackPair pair = LoopbackPair.open()) {
            pair.exchange(100);
            pair.client().shutdownOutput();
            FourTuple tuple = pair.tuple();
            KernelSocket leak = log.await(
                            "the leak in a report",
                            Waits.PIPELINE,
                            () -> closeWait(log, tuple),
                            Optional::isPresent,
                            agent::tail)
                    .orElseThrow();
            assertThat(leak.getPid()).as("owner, another user's process").isNull();
            assertThat(leak.getInode()).isPositive();
            assertThat(log.segments(tuple))
                    .as("segments, the handshake among them")
                    .hasSizeGreaterThan(3);
        }
        List<String> limitations = log.await(
                "the limitation in a heartbeat",
                Waits.PIPELINE,
                () -> lastLimitations(log),
                told -> told.stream().anyMatch(limitation -> limitation.contains(HIDDEN)),
                agent::tail);
        assertThat(limitations).doesNotHaveDuplicates();
        assertThat(agent.terminate()).as("exit code").isZero();
        String printed = agent.output() + agent.errors();
        assertThat(printed.split(HIDDEN, -1)).as(printed).hasSize(2);
    }

    private static ChildProcess startAgent(Broker broker) {
        Stream<String> command = Stream.of(
                HostVerbs.launcher(),
                "agent",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--set",
                "agent.heartbeat.interval=250ms",
                "--set",
                // Not by process: this agent may not look into the broker's.
                "agent.exclude.ports=" + broker.bootstrapServers().replaceAll(".*:", ""),
                "--set",
                "agent.sockets.poll.interval=250ms",
                "--set",
                "agent.sockets.cpu.share=1");
        return PROCESSES.start(
                "agent",
                Map.of("LOOPSCOPE_BUILD", "never"),
                Stream.concat(HostVerbs.asOrdinaryUserWith("net_raw").stream(), command)
                        .toList());
    }

    private static Optional<KernelSocket> closeWait(EventLog log, FourTuple tuple) {
        return log.records(Topic.CAPTURE)
                .map(read -> read.value(SocketReport.class))
                .filter(Objects::nonNull)
                .flatMap(report -> report.getSockets().stream())
                .filter(socket -> socket.getState() == TcpState.CLOSE_WAIT)
                .filter(socket -> FourTuple.socket(socket.getLocal()).equals(tuple.server()))
                .filter(socket -> FourTuple.socket(socket.getRemote()).equals(tuple.client()))
                .findFirst();
    }

    private static List<String> lastLimitations(EventLog log) {
        List<Heartbeat> heartbeats = log.heartbeats();
        return heartbeats.isEmpty()
                ? List.of()
                : heartbeats.get(heartbeats.size() - 1).getLimitations();
    }
}
