package io.loopscope.systemtests.sockets;

import static io.loopscope.schemas.v1.AnomalyStage.CLEARED;
import static io.loopscope.schemas.v1.AnomalyStage.ESCALATED;
import static io.loopscope.schemas.v1.AnomalyStage.OPENED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyScope;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.End;
import io.loopscope.schemas.v1.Evidence;
import io.loopscope.schemas.v1.TcpState;
import io.loopscope.systemtests.harness.Checkpoint;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.EndStates;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.KernelSockets;
import io.loopscope.systemtests.harness.LeakyServer;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import io.loopscope.systemtests.kernel.SocketOption;
import io.loopscope.systemtests.kernel.TcpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What segments and socket table tell together about connections: whose they are, those from before the agent, and ends
 * that go without a packet.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FusionIT {
    private static final Duration STUCK = Duration.ofSeconds(3);
    private static final int ROLL_UP = 4;
    private static final int LEAKS = 2 * ROLL_UP;
    private static final int UNREAD = 5;
    private static final int IDLE = 5;
    /** The table gives ages in the kernel's ticks, and is not read in no time. */
    private static final Duration AGE_TOLERANCE = Duration.ofSeconds(1);

    private static final Duration ORPHAN = Duration.ofSeconds(3);

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Pipeline pipeline;
    private static EventLog log;
    private static Polls polls;

    private static ChildProcess leaky;
    private static int leakyPort;
    private static LoopbackPair olderLeak;
    private static long leakBeganNs;
    private static long leakedNs;
    private static ServerSocket poolListener;
    private static long poolNs;
    private static final List<FourTuple> POOL = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        Needs.root();
        leakBeforeTheAgent();
        poolListener = PROCESSES.closing(new ServerSocket());
        poolListener.bind(FourTuple.loopback(0));
        idleConnections();
        pipeline = Pipeline.start(PROCESSES, """
                detector:
                  idle.after: %1$ds
                  close.wait.stuck.warning.after: %1$ds
                  close.wait.stuck.critical.after: 0s
                  close.wait.stuck.roll.up.from: %2$d
                  fin.wait.2.stuck.warning.after: %1$ds
                  fin.wait.2.stuck.critical.after: 0s
                  never.accepted.warning.after: 1s
                  connection.leak.interval: %1$ds
                  listener.gone.interval: 1s
                """.formatted(STUCK.toSeconds(), ROLL_UP), """
                  sockets.poll.interval: 250ms
                  sockets.full.every: 8
                  sockets.cpu.share: 1
                """);
        log = pipeline.log();
        polls = new Polls(log);
        idleConnections();
    }

    private static void leakBeforeTheAgent() throws IOException {
        leaky = PROCESSES.startJava("leaky-server", LeakyServer.class);
        leakyPort = Integer.parseInt(
                leaky.awaitOutput(Pattern.compile("port (\\d+)"), Waits.PROGRAM).group(1));
        for (int i = 0; i < LEAKS; i++) {
            Socket client = PROCESSES.closing(new Socket(FourTuple.loopback(0).getAddress(), leakyPort));
            client.shutdownOutput();
        }
        leaky.awaitOutput(Pattern.compile("leaked " + LEAKS), Waits.PROGRAM);
        olderLeak = PROCESSES.closing(LoopbackPair.open());
        olderLeak.client().getOutputStream().write(new byte[UNREAD]);
        leakBeganNs = Pipeline.nowNs();
        olderLeak.client().shutdownOutput();
        KernelSockets.await(olderLeak.tuple(), new EndStates(FIN_WAIT_2, CLOSE_WAIT));
        leakedNs = Pipeline.nowNs();
    }

    private static void idleConnections() throws IOException {
        for (int i = 0; i < IDLE; i++) {
            Socket client = PROCESSES.closing(new Socket(poolListener.getInetAddress(), poolListener.getLocalPort()));
            PROCESSES.closing(poolListener.accept());
            POOL.add(FourTuple.ofClient(client));
        }
        poolNs = Pipeline.nowNs();
    }

    @Test
    @Order(1)
    void aLeakFromBeforeTheAgentNamesItsProcessAndItsAge() {
        FourTuple tuple = olderLeak.tuple();
        AnomalyEvent opened = log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", OPENED, Waits.PIPELINE);
        assertThat(log.segments(tuple)).as("segments that were captured").isEmpty();
        assertThat(opened.getScope()).isEqualTo(AnomalyScope.CONNECTION);
        assertThat(tuple.matches(opened.getClient(), opened.getServer())).isTrue();
        assertThat(opened.getEnd()).isEqualTo(End.SERVER);
        assertThat(opened.getEvidence()).isEqualTo(Evidence.KERNEL);
        assertThat(opened.getClientState()).isEqualTo(FIN_WAIT_2);
        assertThat(opened.getServerState()).isEqualTo(CLOSE_WAIT);
        assertThat(opened.getSinceNs())
                .as("since when it is stuck: from before the agent was started")
                .isBetween(leakBeganNs - AGE_TOLERANCE.toNanos(), leakedNs + AGE_TOLERANCE.toNanos());
        assertThat(opened.getServerProcess())
                .isEqualTo(process(ProcessHandle.current().pid()));
        assertThat(opened.getAttributes())
                .containsEntry("pid", Long.toString(ProcessHandle.current().pid()))
                .containsEntry("unread_octets", Integer.toString(UNREAD + 1)) // The FIN counts as one.
                .containsKeys("fd", "open_files", "open_files_limit");
        assertThat(opened.getExplain()).contains(process(ProcessHandle.current().pid()));
    }

    @Test
    @Order(1)
    void manyLeaksFromBeforeTheAgentAreOneAnomalyOfTheirListenerWithTheirNumber() {
        AnomalyEvent rolledUp = log.await(
                "a rolled-up anomaly that counts all",
                Waits.PIPELINE,
                () -> ofListener("CLOSE_WAIT_STUCK", leakyPort).stream()
                        .filter(event -> event.getScope() == AnomalyScope.LISTENER && event.getStage() == ESCALATED)
                        .findFirst()
                        .orElse(null),
                event -> event != null,
                () -> ofListener("CLOSE_WAIT_STUCK", leakyPort).toString());
        assertThat(rolledUp.getServerProcess()).isEqualTo(process(leaky.pid()));
        assertThat(rolledUp.getSinceNs()).isLessThanOrEqualTo(leakedNs);
        assertThat(rolledUp.getCount()).as("told again when they have doubled").isEqualTo(LEAKS);
        assertThat(rolledUp.getExamples()).hasSizeGreaterThanOrEqualTo(ROLL_UP).doesNotHaveDuplicates();
        assertThat(ofListener("CLOSE_WAIT_STUCK", leakyPort))
                .filteredOn(event -> event.getScope() == AnomalyScope.CONNECTION)
                .as("the first few are told singly")
                .hasSize(ROLL_UP - 1)
                .allSatisfy(event -> assertThat(event.getServerProcess()).isEqualTo(process(leaky.pid())));
    }

    @Test
    @Order(2)
    void anEndThatGoesWithoutAPacketLeavesAHalfOpenConnection() throws IOException {
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(FourTuple.loopback(0));
            TcpSocket client = PROCESSES
                    .closing(TcpSocket.open())
                    .bind(portInTimeWait())
                    .connect((InetSocketAddress) listener.getLocalSocketAddress());
            FourTuple tuple = FourTuple.ofPorts(client.local().getPort(), listener.getLocalPort());
            Socket server = PROCESSES.closing(listener.accept());
            Checkpoint.reached(pipeline, tuple, ESTABLISHED, ESTABLISHED);
            client.vanish();
            long goneNs = Pipeline.nowNs();
            KernelSockets.await(tuple, new EndStates(TcpState.CLOSED, ESTABLISHED));

            AnomalyEvent opened = log.awaitAnomaly(tuple, "HALF_OPEN", OPENED, Waits.PIPELINE);
            assertThat(log.segments(tuple))
                    .as("the handshake, and nothing since")
                    .hasSize(3);
            assertThat(opened.getEvidence()).isEqualTo(Evidence.KERNEL);
            assertThat(opened.getEnd()).isEqualTo(End.CLIENT);
            assertThat(opened.getServerProcess())
                    .isEqualTo(process(ProcessHandle.current().pid()));
            assertThat(opened.getTimeNs())
                    .as("missing at two polls, and two more to say so")
                    .isBetween(goneNs, polls.await(4, goneNs).get(3));
            server.close();
            Checkpoint.reached(pipeline, tuple, TcpState.CLOSED, TcpState.CLOSED);
            AnomalyEvent cleared = log.awaitAnomaly(tuple, "HALF_OPEN", CLEARED, Waits.PIPELINE);
            pipeline.settle();
            assertThat(log.stages(tuple, "HALF_OPEN")).containsExactly(OPENED, CLEARED);
            assertThat(cleared.getAnomalyId())
                    .isEqualTo(log.anomalies(tuple).get(0).getAnomalyId());
        }
    }

    /** A connection to somewhere else that is over has used it: a busy host has many such. */
    private static InetSocketAddress portInTimeWait() throws IOException {
        FourTuple over;
        try (LoopbackPair pair = LoopbackPair.open()) {
            over = pair.tuple();
        }
        KernelSockets.await(over, new EndStates(TIME_WAIT, TcpState.CLOSED));
        return over.client();
    }

    @Test
    @Order(3)
    void anOrphanInFinWait2EndsWhenTheKernelEndsIt() throws IOException {
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(FourTuple.loopback(0));
            TcpSocket client = PROCESSES
                    .closing(TcpSocket.open())
                    .with(SocketOption.LINGER_FIN_WAIT_2_S, (int) ORPHAN.toSeconds())
                    .connect((InetSocketAddress) listener.getLocalSocketAddress());
            FourTuple tuple = FourTuple.ofPorts(client.local().getPort(), listener.getLocalPort());
            Socket server = PROCESSES.closing(listener.accept());
            Checkpoint.reached(pipeline, tuple, ESTABLISHED, ESTABLISHED);
            long closedNs = Pipeline.nowNs();
            client.close();
            log.awaitEvent(tuple, "FIN_WAIT_2", event -> event.getClientState() == FIN_WAIT_2);
            ConnectionEvent orphan = Checkpoint.reached(pipeline, tuple, TcpState.CLOSED, CLOSE_WAIT);
            assertThat(orphan.getTimeNs() - closedNs).isGreaterThanOrEqualTo(ORPHAN.toNanos());
            long endedNs = Pipeline.nowNs();
            assertThat(log.segments(tuple)).as("handshake, FIN and its ACK").hasSize(5);

            AnomalyEvent opened = log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", OPENED, Waits.PIPELINE);
            assertThat(opened.getServerProcess())
                    .isEqualTo(process(ProcessHandle.current().pid()));
            polls.await(3, endedNs);
            pipeline.settle();
            assertThat(log.stages(tuple, "CLOSE_WAIT_STUCK"))
                    .as("the server leaks as before")
                    .containsExactly(OPENED);
            server.close();
            Checkpoint.reached(pipeline, tuple, TcpState.CLOSED, TcpState.CLOSED);
            log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", CLEARED, Waits.PIPELINE);
        }
    }

    @Test
    @Order(4)
    void anAgentThatIsKilledInTheMiddleOfALeakClearsNothing() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            FourTuple tuple = pair.tuple();
            pair.exchange(10);
            pair.client().shutdownOutput();
            AnomalyEvent opened = log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", OPENED, Waits.PIPELINE);
            assertThat(opened.getEvidence()).isEqualTo(Evidence.BOTH);

            pipeline.agent().kill();
            long killedNs = Pipeline.nowNs();
            pipeline.startAgent();
            polls.await(10, killedNs); // A full round is among them.
            pipeline.settle();
            assertThat(log.stages(tuple, "CLOSE_WAIT_STUCK")).containsExactly(OPENED);
            assertThat(log.stages(olderLeak.tuple(), "CLOSE_WAIT_STUCK"))
                    .as("one that only the table has shown")
                    .containsExactly(OPENED);
            assertThat(ofListener("CLOSE_WAIT_STUCK", leakyPort))
                    .extracting(AnomalyEvent::getStage)
                    .doesNotContain(CLEARED);

            pair.server().close();
            Checkpoint.reached(pipeline, tuple, TIME_WAIT, TcpState.CLOSED);
            AnomalyEvent cleared = log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", CLEARED, Waits.PIPELINE);
            assertThat(cleared.getAnomalyId()).isEqualTo(opened.getAnomalyId());
            olderLeak.server().close();
            AnomalyEvent older = log.awaitAnomaly(olderLeak.tuple(), "CLOSE_WAIT_STUCK", CLEARED, Waits.PIPELINE);
            assertThat(older.getAnomalyId())
                    .isEqualTo(log.anomalies(olderLeak.tuple()).get(0).getAnomalyId());
        }
    }

    /**
     * Stuck, idle and growing are judged after a twentieth of the default times; so is this: 15 s for five minutes.
     * {@code -Dloopscope.idle.pool=PT5M} waits for as long as it says.
     */
    @Test
    @Order(5)
    void aPoolOfIdleConnectionsRaisesNothing() {
        Duration idle = Duration.parse(System.getProperty("loopscope.idle.pool", "PT15S"));
        long end = poolNs + idle.toNanos();
        log.awaitWatermark(
                end, idle.plus(Waits.PIPELINE), () -> pipeline.agent().tail());
        pipeline.settle();
        assertThat(POOL).hasSize(2 * IDLE).allSatisfy(tuple -> {
            assertThat(KernelSockets.of(tuple)).isEqualTo(new EndStates(ESTABLISHED, ESTABLISHED));
            assertThat(log.awaitStates(tuple, new EndStates(ESTABLISHED, ESTABLISHED))
                            .getServerState())
                    .isEqualTo(ESTABLISHED);
            assertThat(log.anomalies(tuple)).as(() -> log.describe(tuple)).isEmpty();
        });
    }

    private static List<AnomalyEvent> ofListener(String name, int port) {
        return log.anomalies().stream()
                .filter(event -> event.getName().equals(name)
                        && event.getServer() != null
                        && event.getServer().getPort() == port)
                .toList();
    }

    private static String process(long pid) {
        return "java[" + pid + "]";
    }
}
