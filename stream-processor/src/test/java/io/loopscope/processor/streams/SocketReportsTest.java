package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.Evidence;
import io.loopscope.schemas.v1.KernelSocket;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.schemas.v1.TcpState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SocketReportsTest {
    private final Pipeline pipeline = new Pipeline();
    private final FakeAgent agent = new FakeAgent(Records.HOST, pipeline::send);

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void anomalyNamesTheProcess() {
        agent.handshake().clientCloses().polls(clientSocket(), serverSocket());
        watches(60);

        AnomalyEvent opened = anomalies().get(0);
        assertThat(opened.getName()).isEqualTo("CLOSE_WAIT_STUCK");
        assertThat(opened.getEvidence()).isEqualTo(Evidence.BOTH);
        assertThat(opened.getServerProcess()).isEqualTo("db[42]");
        assertThat(opened.getClientProcess()).isNull();
        assertThat(opened.getAttributes()).containsEntry("unread_octets", "5").containsEntry("fd", "9");
        assertThat(pipeline.statistics().socketReports()).isEqualTo(31);
    }

    @Test
    void restartOfTheAgentInTheMiddleOfALeakKeepsTheAnomaly() {
        KernelSocket old = stuckFor(100);
        agent.heartbeat().polls(old);
        watches(4);
        List<AnomalyEvent> opened = anomalies();
        assertThat(opened).extracting(AnomalyEvent::getStage).containsExactly(AnomalyStage.OPENED);

        agent.passes(Duration.ofSeconds(20)).restarts().polls(stuckFor(124));
        watches(30);
        assertThat(anomalies()).isEmpty();

        agent.polls();
        watches(2);
        List<AnomalyEvent> cleared = anomalies();
        assertThat(cleared).extracting(AnomalyEvent::getStage).containsExactly(AnomalyStage.CLEARED);
        assertThat(cleared.get(0).getAnomalyId()).isEqualTo(opened.get(0).getAnomalyId());
        assertThat(cleared.get(0).getClearReason()).isEqualTo("gone");
    }

    @Test
    void restartOfTheProcessorAfterEachPollTellsTheSame() {
        agent.handshake().clientCloses().polls(clientSocket(), serverSocket());
        List<AnomalyEvent> told = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            pipeline.restart();
            watches(2);
            told.addAll(anomalies());
        }
        assertThat(told).extracting(AnomalyEvent::getEvidence).containsExactly(Evidence.BOTH);
    }

    @Test
    void reportThatComesTwiceIsUsedOnce() {
        agent.polls(serverSocket());
        pipeline.send(Records.socketReport());
        assertThat(pipeline.statistics().socketReports()).isEqualTo(1);
        assertThat(pipeline.statistics().replayed()).isEqualTo(1);
    }

    /** Time passes, with a heartbeat and a poll every two seconds. */
    private void watches(int seconds) {
        for (int passed = 0; passed < seconds; passed += 2) {
            agent.passes(Duration.ofSeconds(2)).heartbeat().pollsNothingNew();
        }
    }

    private List<AnomalyEvent> anomalies() {
        return pipeline.anomalies().stream()
                .map(TestRecord::value)
                .filter(event -> event != null)
                .toList();
    }

    private static KernelSocket stuckFor(long seconds) {
        return Records.serverSocket(TcpState.CLOSE_WAIT)
                .setLastReceivedMs(seconds * 1000)
                .build();
    }

    private static KernelSocket serverSocket() {
        return Records.serverSocket(TcpState.CLOSE_WAIT).build();
    }

    private static KernelSocket clientSocket() {
        return Records.socket(Records.CLIENT, Records.SERVER, TcpState.FIN_WAIT_2)
                .setInode(0)
                .build();
    }

    @Nested
    class Ranges {
        @Test
        void ofAReport() {
            refused(report -> report.setPollId(-1), "poll_id");
            refused(report -> report.setTimeNs(-1), "time_ns");
            refused(report -> report.setListenOverflows(-1L), "listen_overflows");
            refused(report -> report.setEphemeralPortFirst(-1).setEphemeralPortLast(5), "ephemeral_port_first");
            refused(report -> report.setEphemeralPortFirst(6).setEphemeralPortLast(5), "ephemeral_port_last");
        }

        @Test
        void ofASocket() {
            refusedSocket(socket -> socket.setReceiveQueue(-1), "receive_queue");
            refusedSocket(socket -> socket.setSendQueue(-1), "send_queue");
            refusedSocket(socket -> socket.setPeerWindow(-1L), "peer_window");
            refusedSocket(socket -> socket.setLastReceivedMs(-1L), "last_received_ms");
            refusedSocket(socket -> socket.setLastSentMs(-1L), "last_sent_ms");
            refusedSocket(socket -> socket.setPid(-1), "pid");
            refusedSocket(socket -> socket.setFileDescriptor(-1), "file_descriptor");
            refusedSocket(socket -> socket.setOpenFiles(-1L), "open_files");
            refusedSocket(socket -> socket.setOpenFilesLimit(-1L), "open_files_limit");
            refusedSocket(socket -> socket.setState(TcpState.UNKNOWN), "state");
            refusedSocket(socket -> socket.setLocal(Records.loopback(65536)), "port");
            refusedSocket(socket -> socket.setRemote(new SocketAddress(ByteBuffer.allocate(5), 1)), "remote");
        }

        private void refusedSocket(Consumer<KernelSocket.Builder> change, String field) {
            KernelSocket.Builder socket = Records.serverSocket(TcpState.ESTABLISHED);
            change.accept(socket);
            refused(report -> report.setSockets(List.of(socket.build())), field);
        }

        private void refused(Consumer<SocketReport.Builder> change, String field) {
            SocketReport.Builder report = SocketReport.newBuilder(Records.socketReport());
            change.accept(report);
            assertThatThrownBy(() -> CaptureRecords.delivery(report.build()))
                    .isInstanceOf(UnusableRecordException.class)
                    .hasMessageContaining(field);
        }
    }
}
