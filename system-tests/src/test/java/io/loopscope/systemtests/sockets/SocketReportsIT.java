package io.loopscope.systemtests.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.GoneSocket;
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
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Programs;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the agent publishes of the kernel's socket table, read back from the broker. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SocketReportsIT {
    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Broker broker;
    private static EventLog log;
    private static ChildProcess agent;
    private static LoopbackPair older;

    @BeforeAll
    static void start() throws IOException {
        Needs.root();
        broker = Broker.start(PROCESSES);
        log = PROCESSES.closing(new EventLog(broker.bootstrapServers()));
        older = PROCESSES.closing(LoopbackPair.open());
        older.client().shutdownOutput();
        agent = new Programs(PROCESSES, broker).agent("""
                agent:
                  heartbeat.interval: 200ms
                  exclude.pids: [%d]
                  sockets.poll.interval: 500ms
                  sockets.full.every: 5
                  sockets.cpu.share: 1
                """.formatted(broker.pid()));
    }

    @Test
    @Order(1)
    void aLeakThatIsOlderThanTheAgentIsInTheFirstReportWithItsProcessAndAge() {
        SocketReport first =
                await("the first report", () -> reports().findFirst().orElse(null));
        assertThat(first.getPollId()).isZero();
        assertThat(first.getFull()).isTrue();
        assertThat(first.getListenOverflows()).isNotNegative();
        assertThat(first.getEphemeralPortFirst()).isPositive();
        KernelSocket leaked = await(
                "the leak", () -> socket(older.tuple().server(), older.tuple().client()));
        assertThat(leaked.getState()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(leaked.getPid()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(leaked.getProcess()).isEqualTo("java");
        assertThat(leaked.getFileDescriptor()).isPositive();
        assertThat(leaked.getOpenFiles()).isPositive();
        assertThat(leaked.getOpenFilesLimit()).isGreaterThanOrEqualTo(leaked.getOpenFiles());
        assertThat(leaked.getLastReceivedMs()).as("older than the agent").isPositive();
        assertThat(leaked.getCookie()).isPositive();
    }

    @Test
    @Order(2)
    void bothEndsAreFollowedToTheirEnd() throws IOException {
        LoopbackPair pair = LoopbackPair.open();
        FourTuple tuple = pair.tuple();
        awaitState(tuple.client(), tuple.server(), TcpState.ESTABLISHED);
        awaitState(tuple.server(), tuple.client(), TcpState.ESTABLISHED);
        pair.client().getOutputStream().write(new byte[100]);
        await("100 octets unread", () -> last(tuple.server(), tuple.client(), s -> s.getReceiveQueue() == 100));
        pair.client().shutdownOutput();
        awaitState(tuple.client(), tuple.server(), TcpState.FIN_WAIT_2);
        awaitState(tuple.server(), tuple.client(), TcpState.CLOSE_WAIT);
        LoopbackPair.abort(pair.server());
        pair.close();
        GoneSocket gone = await(
                "gone",
                () -> reports()
                        .flatMap(report -> report.getGone().stream())
                        .filter(one -> isOf(tuple.server(), tuple.client(), one.getLocal(), one.getRemote()))
                        .findFirst()
                        .orElse(null));
        assertThat(gone.getLastState()).isEqualTo(TcpState.CLOSE_WAIT);
    }

    @Test
    @Order(3)
    void reportsSegmentsAndHeartbeatsAreInOrder() throws IOException {
        long until = Pipeline.nowNs() + 5_000_000_000L;
        while (Pipeline.nowNs() < until) { // Traffic across several polls and heartbeats.
            try (LoopbackPair pair = LoopbackPair.open()) {
                pair.exchange(10);
                LoopbackPair.abort(pair.client());
            }
        }
        log.awaitWatermark(until, Waits.PIPELINE, agent::tail);
        long watermark = 0;
        long pollTime = 0;
        long poll = -1;
        int reports = 0;
        for (Object value : records()) {
            if (value instanceof Heartbeat heartbeat) {
                assertThat(heartbeat.getWatermarkNs()).isGreaterThanOrEqualTo(watermark);
                watermark = heartbeat.getWatermarkNs();
                assertThat(heartbeat.getSocketPollId()).isEqualTo(poll < 0 ? null : Long.valueOf(poll));
            } else if (value instanceof SocketReport report) {
                assertThat(report.getTimeNs()).isGreaterThan(watermark);
                pollTime = report.getTimeNs();
                poll = report.getLastOfPoll() ? report.getPollId() : poll;
                reports++;
            } else if (value instanceof CaptureBatch batch) {
                for (CapturedSegment segment : batch.getSegments()) {
                    assertThat(batch.getBaseTimeNs() + segment.getTimeDeltaNs())
                            .isGreaterThan(watermark)
                            .isGreaterThan(pollTime);
                }
            }
        }
        assertThat(reports).isGreaterThan(5);
    }

    @Test
    @Order(4)
    void fullRoundsComeAndThePipelineIsNotAmongThem() {
        await("three full rounds", () -> reports().filter(SocketReport::getFull).count() >= 3 ? true : null);
        assertThat(reports().flatMap(report -> report.getSockets().stream()))
                .noneMatch(socket -> broker.ports().contains(socket.getLocal().getPort())
                        || broker.ports().contains(socket.getRemote().getPort()));
        // A container's first process may have more capabilities than its root.
        assertThat(log.heartbeats())
                .flatExtracting(Heartbeat::getLimitations)
                .allMatch(limitation -> limitation.toString().contains("CAP_SYS_PTRACE"));
        assertThat(agent.terminate()).isZero();
        assertThat(agent.errors() + agent.output()).contains("socket_polls=").contains("sockets_excluded_own=");
    }

    private static List<Object> records() {
        return log.records(Topic.CAPTURE)
                .map(read -> (Object) read.value())
                .filter(Objects::nonNull)
                .toList();
    }

    private static Stream<SocketReport> reports() {
        return log.records(Topic.CAPTURE)
                .map(read -> read.value(SocketReport.class))
                .filter(Objects::nonNull);
    }

    private static void awaitState(InetSocketAddress local, InetSocketAddress remote, TcpState state) {
        await(local + " " + state, () -> last(local, remote, socket -> socket.getState() == state));
    }

    private static KernelSocket socket(InetSocketAddress local, InetSocketAddress remote) {
        return last(local, remote, socket -> true);
    }

    /** What was told last of a socket, if it is so; else null. */
    private static KernelSocket last(
            InetSocketAddress local, InetSocketAddress remote, Predicate<KernelSocket> wanted) {
        return reports()
                .flatMap(report -> report.getSockets().stream())
                .filter(socket -> isOf(local, remote, socket.getLocal(), socket.getRemote()))
                .reduce((before, after) -> after)
                .filter(wanted)
                .orElse(null);
    }

    private static boolean isOf(
            InetSocketAddress local,
            InetSocketAddress remote,
            io.loopscope.schemas.v1.SocketAddress toldLocal,
            io.loopscope.schemas.v1.SocketAddress toldRemote) {
        return FourTuple.socket(toldLocal).equals(local)
                && FourTuple.socket(toldRemote).equals(remote);
    }

    private static <T> T await(String what, java.util.concurrent.Callable<T> found) {
        return Awaitility.await(what).atMost(Waits.PIPELINE).until(found, Objects::nonNull);
    }
}
