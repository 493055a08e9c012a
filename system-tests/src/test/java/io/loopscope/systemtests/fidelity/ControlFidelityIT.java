package io.loopscope.systemtests.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.Evidence;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.TcpState;
import io.loopscope.systemtests.harness.EndStates;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An agent that publishes only SYN, FIN, RST and windows of 0, on a real kernel. */
class ControlFidelityIT {
    /** FIN, SYN, RST. */
    private static final int CONTROL = 1 | 2 | 4;

    private static final Duration STREAMED = Duration.ofSeconds(8);

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Pipeline pipeline;
    private static EventLog log;

    @BeforeAll
    static void start() {
        Needs.root();
        pipeline = Pipeline.start(PROCESSES, """
                detector:
                  close.wait.stuck.warning.after: 3s
                  close.wait.stuck.critical.after: 0s
                  fin.wait.2.stuck.warning.after: 3s
                  zero.window.stall.warning.after: 1s
                  half.closed.streaming.warning.after: 1s
                  close.unacknowledged.warning.after: 1s
                """, """
                  fidelity: control
                  sockets.poll.interval: 250ms
                  sockets.full.every: 1000
                  sockets.cpu.share: 1
                """);
        log = pipeline.log();
    }

    @Test
    void anOrdinaryLifeIsKnownFromItsControlSegments() throws IOException {
        for (boolean ipv6 : new boolean[] {false, true}) {
            try (LoopbackPair pair = ipv6 ? LoopbackPair.open6() : LoopbackPair.open()) {
                log.awaitStates(pair.tuple(), new EndStates(TcpState.ESTABLISHED, TcpState.ESTABLISHED));
                pair.exchange(100_000);
                pair.client().shutdownOutput();
                log.awaitStates(pair.tuple(), new EndStates(TcpState.FIN_WAIT_2, TcpState.CLOSE_WAIT));
                pair.server().close();
                log.awaitStates(pair.tuple(), new EndStates(TcpState.TIME_WAIT, TcpState.CLOSED));
                pipeline.settle();
                assertThat(segments(pair.tuple())).isNotEmpty().allMatch(ControlFidelityIT::isControl);
                assertThat(log.anomalies(pair.tuple())).isEmpty();
            }
        }
        assertThat(log.batches().flatMap(batch -> batch.getConnections().stream()))
                .allMatch(connection -> connection.getFidelity() == Fidelity.CONTROL);
    }

    /** For longer than the threshold, and all of it between two full readings of the socket table. */
    @Test
    void halfClosedWithDataFlowingIsHealthy() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            pair.client().shutdownOutput();
            log.awaitStates(pair.tuple(), new EndStates(TcpState.FIN_WAIT_2, TcpState.CLOSE_WAIT));
            long end = System.nanoTime() + STREAMED.toNanos();
            while (System.nanoTime() - end < 0) { // The time is what is tested.
                LoopbackPair.send(pair.server(), pair.client(), 1_000);
                LockSupport.parkNanos(20_000_000);
            }
            pair.server().close();
            log.awaitStates(pair.tuple(), new EndStates(TcpState.TIME_WAIT, TcpState.CLOSED));
            pipeline.settle();
            assertThat(log.anomalies(pair.tuple())).isEmpty();
        }
    }

    @Test
    void leakIsFoundWithTheSocketTable() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            pair.exchange(1_000);
            pair.client().close();
            AnomalyEvent stuck =
                    log.awaitAnomaly(pair.tuple(), "CLOSE_WAIT_STUCK", AnomalyStage.OPENED, Waits.PIPELINE);
            assertThat(stuck.getEvidence()).isEqualTo(Evidence.BOTH);
            assertThat(stuck.getAttributes()).containsEntry("fidelity", "control");
            assertThat(names(pair.tuple())).containsOnly("CLOSE_WAIT_STUCK");
            pair.server().close();
            log.awaitAnomaly(pair.tuple(), "CLOSE_WAIT_STUCK", AnomalyStage.CLEARED, Waits.PIPELINE);
        }
    }

    @Test
    void resetAndRefusalAreTold() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            pair.exchange(50_000);
            LoopbackPair.abort(pair.client());
            log.awaitAnomaly(pair.tuple(), "RESET", AnomalyStage.OPENED, Waits.PIPELINE);
            assertThat(names(pair.tuple())).containsOnly("RESET");
        }
        int port;
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(FourTuple.loopback(0));
            port = listener.getLocalPort();
        }
        try (Socket client = new Socket()) {
            client.bind(FourTuple.loopback(0));
            FourTuple refused = FourTuple.ofPorts(client.getLocalPort(), port);
            assertThatThrownBy(() -> client.connect(FourTuple.loopback(port))).isInstanceOf(ConnectException.class);
            log.awaitStates(refused, new EndStates(TcpState.CLOSED, TcpState.CLOSED));
            assertThat(log.anomalies(refused)).isEmpty();
        }
    }

    private static List<String> names(FourTuple tuple) {
        return log.anomalies(tuple).stream().map(AnomalyEvent::getName).toList();
    }

    private static boolean isControl(CapturedSegment segment) {
        return segment.getRun() == null && ((segment.getFlags() & CONTROL) != 0 || segment.getWindow() == 0);
    }

    private static List<CapturedSegment> segments(FourTuple tuple) {
        return log.batches().flatMap(batch -> segments(batch, tuple)).toList();
    }

    private static Stream<CapturedSegment> segments(CaptureBatch batch, FourTuple tuple) {
        return batch.getSegments().stream().filter(segment -> {
            var connection = batch.getConnections().get(segment.getConnection());
            return tuple.joins(connection.getLow(), connection.getHigh());
        });
    }
}
