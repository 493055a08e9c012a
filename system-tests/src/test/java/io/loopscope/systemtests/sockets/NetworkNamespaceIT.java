package io.loopscope.systemtests.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.sockets.NetworkNamespace;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.KernelSocket;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.schemas.v1.TcpState;
import io.loopscope.settings.ExitCode;
import io.loopscope.systemtests.harness.Broker;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Programs;
import io.loopscope.systemtests.harness.Waits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several network namespaces of one host, each with a 127.0.0.1 of its own; the broker is in none of them. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NetworkNamespaceIT {
    private static final int FIN = 1;

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Broker broker;
    private static Programs programs;
    private static EventLog log;
    private static NetworkNamespace one;
    private static NetworkNamespace other;

    @BeforeAll
    static void start() throws Exception {
        Needs.root();
        Needs.programs("ip", "setpriv");
        one = NamedNamespaces.add(PROCESSES, "one");
        other = NamedNamespaces.add(PROCESSES, "other");
        broker = Broker.start(PROCESSES);
        programs = new Programs(PROCESSES, broker);
        log = PROCESSES.closing(new EventLog(broker.bootstrapServers()));
    }

    @Test
    @Order(1)
    void theSameTupleInTwoNamespacesIsKeptApart() throws Exception {
        ChildProcess agent = programs.agent(yaml("[%s, %s]".formatted(one.name(), other.name())));
        agent.awaitOutput(Pattern.compile("(?s)Capturing on.*Capturing on"), Waits.PROGRAM);

        LoopbackPair closing = PROCESSES.closing(one.call(LoopbackPair::open));
        FourTuple tuple = closing.tuple();
        LoopbackPair staying = PROCESSES.closing(other.call(() -> LoopbackPair.again(tuple)));
        assertThat(staying.tuple()).isEqualTo(tuple);
        staying.exchange(10);
        closing.client().shutdownOutput();

        await("CLOSE_WAIT in one", () -> isTold(one, tuple, TcpState.CLOSE_WAIT));
        await("ESTABLISHED in the other", () -> isTold(other, tuple, TcpState.ESTABLISHED));
        await("the FIN in one", () -> segments(one, tuple).anyMatch(segment -> (segment.getFlags() & FIN) != 0));
        await(
                "the data in the other",
                () -> segments(other, tuple).anyMatch(segment -> segment.getPayloadOctets() == 10));
        assertThat(segments(one, tuple)).noneMatch(segment -> segment.getPayloadOctets() > 0);
        assertThat(segments(other, tuple)).noneMatch(segment -> (segment.getFlags() & FIN) != 0);
        assertThat(isTold(other, tuple, TcpState.CLOSE_WAIT)).isFalse();
        assertThat(log.heartbeats().stream().map(Heartbeat::getNetworkNamespace))
                .contains(one.inode(), other.inode())
                .doesNotContain(NetworkNamespace.own().inode());

        assertThat(agent.terminate()).isZero();
        assertThat(log.heartbeats().stream().filter(Heartbeat::getPlannedStop).map(Heartbeat::getNetworkNamespace))
                .containsExactlyInAnyOrder(one.inode(), other.inode());
    }

    @Test
    @Order(2)
    void allMeansAlsoThoseThatComeLater() throws Exception {
        ChildProcess agent = programs.agent(yaml("[all]"));
        await(
                "the own and both others",
                () -> namespaces().containsAll(List.of(NetworkNamespace.own().inode(), one.inode(), other.inode())));
        NetworkNamespace later = NamedNamespaces.add(PROCESSES, "later");
        await("the one that came later", () -> namespaces().contains(later.inode()));
        assertThat(agent.terminate()).isZero();
    }

    @Test
    @Order(3)
    void whatIsNotThereOrNotAllowedIsSaid() {
        ChildProcess unknown = PROCESSES.startLoopscope("unknown", "agent", "--netns", "no-such-namespace");
        assertThat(unknown.awaitExit(Waits.PROGRAM)).isEqualTo(ExitCode.BAD_CONFIGURATION);
        assertThat(unknown.errors())
                .contains("no network namespace no-such-namespace")
                .contains("ip netns list");

        String launcher = Path.of(System.getProperty("loopscope.launcher", "../loopscope"))
                .toAbsolutePath()
                .normalize()
                .toString();
        ChildProcess refused = PROCESSES.start(
                "refused",
                Map.of("LOOPSCOPE_BUILD", "never"),
                List.of(
                        "setpriv",
                        "--bounding-set=-sys_admin",
                        "--inh-caps=-sys_admin",
                        launcher,
                        "agent",
                        "--netns",
                        one.name(),
                        "--bootstrap-servers",
                        broker.bootstrapServers()));
        assertThat(refused.awaitExit(Waits.PROGRAM)).isEqualTo(ExitCode.NO_PERMISSION);
        assertThat(refused.errors()).contains("CAP_SYS_ADMIN");
    }

    private static String yaml(String namespaces) {
        return """
                agent:
                  netns: %s
                  heartbeat.interval: 200ms
                  exclude.pids: [%d]
                  sockets.poll.interval: 500ms
                """.formatted(namespaces, broker.pid());
    }

    private static List<Long> namespaces() {
        return log.heartbeats().stream()
                .map(Heartbeat::getNetworkNamespace)
                .distinct()
                .toList();
    }

    private static boolean isTold(NetworkNamespace namespace, FourTuple tuple, TcpState state) {
        return log.records(Topic.CAPTURE)
                .map(read -> read.value(SocketReport.class))
                .filter(Objects::nonNull)
                .filter(report -> report.getNetworkNamespace() == namespace.inode())
                .flatMap(report -> report.getSockets().stream())
                .anyMatch(socket -> isServer(socket, tuple) && socket.getState() == state);
    }

    private static boolean isServer(KernelSocket socket, FourTuple tuple) {
        return FourTuple.socket(socket.getLocal()).equals(tuple.server())
                && FourTuple.socket(socket.getRemote()).equals(tuple.client());
    }

    private static Stream<CapturedSegment> segments(NetworkNamespace namespace, FourTuple tuple) {
        return log.batches()
                .filter(batch -> batch.getNetworkNamespace() == namespace.inode())
                .flatMap(batch -> batch.getSegments().stream().filter(segment -> isOf(batch, segment, tuple)));
    }

    private static boolean isOf(CaptureBatch batch, CapturedSegment segment, FourTuple tuple) {
        ConnectionRef connection = batch.getConnections().get(segment.getConnection());
        return tuple.joins(connection.getLow(), connection.getHigh());
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(Waits.PIPELINE).until(condition);
    }
}
