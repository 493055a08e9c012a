package io.loopscope.systemtests;

import static io.loopscope.schemas.v1.AnomalyStage.CLEARED;
import static io.loopscope.schemas.v1.AnomalyStage.ESCALATED;
import static io.loopscope.schemas.v1.AnomalyStage.OPENED;
import static io.loopscope.schemas.v1.ConnectionEventType.CLOSED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.SYN_SENT;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyScope;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.End;
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
import io.loopscope.systemtests.harness.UnansweredSyn;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How connections begin, live and end on a real {@code lo}, and what is published about it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LifecycleIT {
    private static final Duration WARNING = Duration.ofSeconds(3);
    private static final Duration CRITICAL = Duration.ofSeconds(6);

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Pipeline pipeline;
    private static EventLog log;
    private static LoopbackPair idle;
    private static FourTuple closedFirst;

    @BeforeAll
    static void start() throws IOException {
        Needs.root();
        pipeline = Pipeline.start(PROCESSES, """
                detector:
                  close.wait.stuck.warning.after: %ds
                  close.wait.stuck.critical.after: %ds
                """.formatted(WARNING.toSeconds(), CRITICAL.toSeconds()));
        log = pipeline.log();
        idle = PROCESSES.closing(LoopbackPair.open());
        idle.exchange(100);
    }

    @Test
    @Order(1)
    void clientClosesFirst() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            closedFirst = pair.tuple();
            checkpoint(pair, ESTABLISHED, ESTABLISHED);
            pair.exchange(1000);
            pair.client().shutdownOutput();
            checkpoint(pair, FIN_WAIT_2, CLOSE_WAIT);
            pair.server().close();
            checkpoint(pair, TIME_WAIT, TcpState.CLOSED);
        }
        assertNothingRaised(closedFirst);
    }

    @Test
    @Order(2)
    void serverClosesFirst() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            checkpoint(pair, ESTABLISHED, ESTABLISHED);
            pair.server().shutdownOutput();
            checkpoint(pair, CLOSE_WAIT, FIN_WAIT_2);
            pair.client().close();
            checkpoint(pair, TcpState.CLOSED, TIME_WAIT);
            assertNothingRaised(pair.tuple());
        }
    }

    @Test
    @Order(2)
    void ipv6IsNoDifferent() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open6()) {
            checkpoint(pair, ESTABLISHED, ESTABLISHED);
            pair.client().shutdownOutput();
            checkpoint(pair, FIN_WAIT_2, CLOSE_WAIT);
            pair.server().close();
            checkpoint(pair, TIME_WAIT, TcpState.CLOSED);
            assertNothingRaised(pair.tuple());
        }
    }

    @Test
    @Order(3)
    void aHalfClosedConnectionThatStillCarriesDataIsHealthy() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            pair.client().shutdownOutput();
            checkpoint(pair, FIN_WAIT_2, CLOSE_WAIT);
            long end = Pipeline.nowNs() + WARNING.multipliedBy(2).toNanos();
            while (Pipeline.nowNs() < end) {
                LoopbackPair.send(pair.server(), pair.client(), 1000);
                pipeline.settle(); // Paces it too: one heartbeat.
            }
            checkpoint(pair, FIN_WAIT_2, CLOSE_WAIT);
            assertNothingRaised(pair.tuple());
            pair.server().close();
            checkpoint(pair, TIME_WAIT, TcpState.CLOSED);
        }
    }

    @Test
    @Order(4)
    void aLeakIsOpenedEscalatedAndClearedByClosing() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            FourTuple tuple = pair.tuple();
            pair.exchange(100);
            long before = Pipeline.nowNs();
            pair.client().shutdownOutput();
            checkpoint(pair, FIN_WAIT_2, CLOSE_WAIT);

            AnomalyEvent opened = log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", OPENED, Waits.PIPELINE);
            assertThat(tuple.matches(opened.getClient(), opened.getServer())).isTrue();
            assertThat(opened.getEnd()).isEqualTo(End.SERVER);
            assertThat(opened.getScope()).isEqualTo(AnomalyScope.CONNECTION);
            assertThat(opened.getClientState()).isEqualTo(FIN_WAIT_2);
            assertThat(opened.getServerState()).isEqualTo(CLOSE_WAIT);
            assertThat(opened.getSinceNs()).isBetween(before, opened.getTimeNs());
            assertThat(opened.getTimeNs() - opened.getSinceNs()).isGreaterThanOrEqualTo(WARNING.toNanos());
            assertThat(opened.getExplain()).isNotBlank();

            AnomalyEvent escalated = log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", ESCALATED, Waits.PIPELINE);
            assertThat(escalated.getAnomalyId()).isEqualTo(opened.getAnomalyId());
            assertThat(escalated.getSeverity()).isGreaterThan(opened.getSeverity());

            pair.server().close();
            checkpoint(pair, TIME_WAIT, TcpState.CLOSED);
            AnomalyEvent cleared = log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", CLEARED, Waits.PIPELINE);
            assertThat(cleared.getAnomalyId()).isEqualTo(opened.getAnomalyId());
            assertThat(cleared.getClearReason()).isIn("closed", "progressed");
            pipeline.settle();
            assertThat(log.stages(tuple, "CLOSE_WAIT_STUCK")).containsExactly(OPENED, ESCALATED, CLEARED);
        }
    }

    @Test
    @Order(4)
    void aLeakIsClearedWhenTheProcessThatLeaksExits() throws IOException {
        ChildProcess server = PROCESSES.startJava("leaky-server", LeakyServer.class);
        int port = Integer.parseInt(server.awaitOutput(Pattern.compile("port (\\d+)"), Waits.PROGRAM)
                .group(1));
        try (Socket client = new Socket(FourTuple.loopback(0).getAddress(), port)) {
            FourTuple tuple = FourTuple.ofClient(client);
            client.shutdownOutput();
            Checkpoint.reached(pipeline, tuple, FIN_WAIT_2, CLOSE_WAIT);
            AnomalyEvent opened = log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", OPENED, Waits.PIPELINE);

            server.kill();
            Checkpoint.reached(pipeline, tuple, TIME_WAIT, TcpState.CLOSED);
            AnomalyEvent cleared = log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", CLEARED, Waits.PIPELINE);
            assertThat(cleared.getAnomalyId()).isEqualTo(opened.getAnomalyId());
        }
    }

    @Test
    @Order(5)
    void refusedConnectionsAreClosedAtOnceAndAnomalousWhenMany() throws IOException {
        int port = freePort();
        FourTuple first = refused(port);
        for (int i = 0; i < 6; i++) {
            refused(port);
        }
        ConnectionEvent closed = log.awaitEvent(first, "CLOSED", event -> event.getType() == CLOSED);
        assertThat(closed.getSummary().getConnState()).isEqualTo("REJ");
        assertThat(closed.getSummary().getEndReason()).isEqualTo("refused");
        assertThat(new EndStates(closed.getClientState(), closed.getServerState()))
                .isEqualTo(KernelSockets.of(first));
        AnomalyEvent opened = log.awaitAnomaly(first, "REFUSED", OPENED, Waits.PIPELINE);
        assertThat(opened.getScope()).isEqualTo(AnomalyScope.LISTENER);
        assertThat(opened.getCount()).isGreaterThanOrEqualTo(5);
    }

    @Test
    @Order(6)
    void anAbortEndsBothEnds() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            FourTuple tuple = pair.tuple();
            pair.exchange(100);
            checkpoint(pair, ESTABLISHED, ESTABLISHED);
            LoopbackPair.abort(pair.client());
            ConnectionEvent closed = log.awaitEvent(tuple, "CLOSED", event -> event.getType() == CLOSED);
            assertThat(closed.getSummary().getConnState()).isEqualTo("RSTO");
            assertThat(closed.getSummary().getEndReason()).isEqualTo("reset");
            assertThat(new EndStates(closed.getClientState(), closed.getServerState()))
                    .isEqualTo(new EndStates(TcpState.CLOSED, TcpState.CLOSED))
                    .isEqualTo(KernelSockets.of(tuple));
            log.awaitAnomaly(tuple, "RESET", OPENED, Waits.PIPELINE);
        }
    }

    @Test
    @Order(7)
    void aSynThatNobodyAnswersIsAnAnomaly() throws IOException {
        try (UnansweredSyn unanswered = new UnansweredSyn()) {
            FourTuple tuple = unanswered.tuple();
            AnomalyEvent opened = log.awaitAnomaly(tuple, "HANDSHAKE_UNANSWERED", OPENED, Waits.PIPELINE);
            assertThat(tuple.matches(opened.getClient(), opened.getServer())).isTrue();
            // A repeated SYN proves that the first one was not received: no half-open server either.
            Checkpoint.reached(pipeline, tuple, SYN_SENT, TcpState.CLOSED);
        }
    }

    @Test
    @Order(8)
    void aTupleUsedTwiceMakesTwoConnections() throws IOException {
        FourTuple tuple;
        try (LoopbackPair first = LoopbackPair.open()) {
            tuple = first.tuple();
            first.exchange(10);
            first.server().shutdownOutput();
            checkpoint(first, CLOSE_WAIT, FIN_WAIT_2);
            first.client().close();
            checkpoint(first, TcpState.CLOSED, TIME_WAIT);
        }
        try (LoopbackPair second = LoopbackPair.again(tuple)) {
            checkpoint(second, ESTABLISHED, ESTABLISHED);
            second.exchange(20);
            LoopbackPair.abort(second.client());
        }
        log.await(
                "two summaries of " + tuple,
                Waits.PIPELINE,
                () -> log.events(tuple).stream()
                        .filter(event -> event.getType() == CLOSED)
                        .toList(),
                closed -> closed.size() == 2,
                () -> log.describe(tuple));
        assertThat(log.events(tuple))
                .filteredOn(event -> event.getType() == CLOSED)
                .satisfiesExactly(
                        first -> {
                            assertThat(first.getSummary().getConnState()).isEqualTo("SF");
                            assertThat(octetsSent(first)).isEqualTo(10);
                        },
                        second -> {
                            assertThat(second.getSummary().getConnState()).isEqualTo("RSTO");
                            assertThat(octetsSent(second)).isEqualTo(20);
                        });
        assertThat(log.events(tuple).stream()
                        .map(ConnectionEvent::getConnectionId)
                        .distinct())
                .hasSize(2);
    }

    @Test
    @Order(9)
    void timeWaitEndsInSilenceAndWithASummary() {
        KernelSockets.await(closedFirst, new EndStates(TcpState.CLOSED, TcpState.CLOSED), Duration.ofSeconds(70));
        ConnectionEvent closed = log.awaitEvent(closedFirst, "CLOSED", event -> event.getType() == CLOSED);
        assertThat(closed.getSummary().getConnState()).isEqualTo("SF");
        assertThat(closed.getSummary().getEndReason()).isEqualTo("closed");
        assertThat(closed.getSummary().getClientToServer().getUniqueOctets()).isEqualTo(1000);
        assertThat(closed.getSummary().getServerToClient().getUniqueOctets()).isEqualTo(1000);
        assertThat(closed.getHistory()).startsWith("ShA").contains("D", "d", "F", "f");
        assertNothingRaised(closedFirst);
    }

    @Test
    @Order(10)
    void aLongIdleConnectionIsHealthy() throws IOException {
        assertThat(KernelSockets.of(idle.tuple())).isEqualTo(new EndStates(ESTABLISHED, ESTABLISHED));
        assertNothingRaised(idle.tuple());
        ConnectionEvent last = log.awaitStates(idle.tuple(), new EndStates(ESTABLISHED, ESTABLISHED));
        assertThat(Pipeline.nowNs() - last.getTimeNs())
                .as("time since its last event: long enough for every threshold")
                .isGreaterThan(CRITICAL.multipliedBy(2).toNanos());
    }

    private static void checkpoint(LoopbackPair pair, TcpState client, TcpState server) {
        Checkpoint.reached(pipeline, pair.tuple(), client, server);
    }

    private static void assertNothingRaised(FourTuple tuple) {
        pipeline.settle();
        assertThat(log.anomalies(tuple)).as(() -> log.describe(tuple)).isEmpty();
    }

    private static long octetsSent(ConnectionEvent closed) {
        return closed.getSummary().getClientToServer().getUniqueOctets();
    }

    private static int freePort() throws IOException {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(FourTuple.loopback(0));
            return taken.getLocalPort();
        }
    }

    private static FourTuple refused(int port) throws IOException {
        try (Socket client = new Socket()) {
            client.bind(FourTuple.loopback(0));
            FourTuple tuple = FourTuple.ofPorts(client.getLocalPort(), port);
            assertThatThrownBy(() -> client.connect(FourTuple.loopback(port))).isInstanceOf(ConnectException.class);
            return tuple;
        }
    }
}
