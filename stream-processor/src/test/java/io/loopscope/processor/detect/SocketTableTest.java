package io.loopscope.processor.detect;

import static io.loopscope.processor.tcp.TcpState.CLOSE_WAIT;
import static io.loopscope.processor.tcp.TcpState.ESTABLISHED;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_2;
import static io.loopscope.processor.tcp.TcpState.SYN_SENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the socket table and the segments say together. */
class SocketTableTest {

    private static final int PORT = 50_000;

    private final Scene scene = new Scene();
    private final FakeTable table = new FakeTable(scene);

    @Nested
    class Seeds {

        @Test
        void leakFromBeforeTheAgentIsTold() {
            table.listener(0, 128).of(4711, "leaky");
            table.server(PORT, CLOSE_WAIT).of(4711, "leaky").queues(17, 0).quietSince(Scene.START - 600 * Scene.SECOND);
            table.poll();
            assertThat(scene.told()).as("a poll may race with segments").isEmpty();
            table.watches(2);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server, ESCALATED CLOSE_WAIT_STUCK server");
            AnomalyChange opened = scene.anomalies.get(0);
            assertThat(opened.evidence()).isEqualTo(Evidence.KERNEL);
            assertThat(opened.confidence()).isEqualTo(0.97);
            assertThat(opened.sinceNanos()).isEqualTo(Scene.START - 600 * Scene.SECOND);
            assertThat(opened.serverProcess()).isEqualTo("leaky[4711]");
            assertThat(opened.clientProcess()).isNull();
            assertThat(opened.attributes())
                    .containsEntry("fd", "7")
                    .containsEntry("pid", "4711")
                    .containsEntry("unread_octets", "17")
                    .containsEntry("open_files", "100")
                    .containsEntry("open_files_limit", "1024")
                    .containsEntry("kernel_state", "CLOSE_WAIT")
                    .containsEntry("inode", "1002");
            assertThat(opened.explain())
                    .isEqualTo("server 127.0.0.1:13306 is in CLOSE-WAIT and silent for 10 min 2 s, as the kernel says:"
                            + " client 127.0.0.1:50000 has closed, and leaky[4711] has not called close().");
        }

        @Test
        void connectionEventsTellWhatTheTableShows() {
            FakeTable.Row client = table.client(PORT, ESTABLISHED);
            FakeTable.Row server = table.server(PORT, ESTABLISHED);
            table.poll().watches(2);
            assertThat(types()).containsExactly("OPENED");
            ConnectionView view = scene.connections.get(0).connection();
            assertThat(view.partial()).isTrue();
            assertThat(view.state(Role.CLIENT)).isEqualTo(ESTABLISHED);
            assertThat(view.state(Role.SERVER)).isEqualTo(ESTABLISHED);
            table.remove(client).remove(server).watches(4);
            assertThat(types()).containsExactly("OPENED", "CLOSED");
            assertThat(scene.connections.get(1).summary().endReason()).isEqualTo("expired");
        }

        @Test
        void segmentsGoOnWithTheConnectionOfTheTable() {
            table.client(PORT, FIN_WAIT_2);
            FakeTable.Row server = table.server(PORT, CLOSE_WAIT).quietSince(Scene.START - 600 * Scene.SECOND);
            table.poll().watches(2);
            assertThat(scene.told()).startsWith("OPENED CLOSE_WAIT_STUCK");
            String id = scene.last().connection().id();
            assertThat(scene.last().connection().serverSinceNanos()).isEqualTo(Scene.START - 600 * Scene.SECOND);
            scene.send(PORT, false, "<SEQ=300><ACK=101><CTL=FIN,ACK>");
            scene.send(PORT, true, "<SEQ=101><ACK=301><CTL=ACK>");
            table.remove(server).watches(8);
            assertThat(scene.told()).contains("CLEARED CLOSE_WAIT_STUCK");
            assertThat(scene.connections)
                    .extracting(change -> change.connection().id())
                    .containsOnly(id);
        }

        @Test
        void handshakeAfterAPollThatSawTheSocketFirstIsOneConnection() {
            table.client(PORT, SYN_SENT);
            table.poll();
            scene.connects(PORT);
            assertThat(types()).startsWith("OPENED").doesNotContain("CLOSED");
            assertThat(scene.connections.get(0).connection().partial()).isFalse();
        }

        private List<String> types() {
            return scene.connections.stream()
                    .map(change -> change.type().name())
                    .toList();
        }
    }

    @Nested
    class Confirmations {

        @Test
        void bothTogetherAreSurer() {
            scene.connects(PORT).clientCloses(PORT);
            table.client(PORT, FIN_WAIT_2);
            table.server(PORT, CLOSE_WAIT).of(12, "db");
            table.poll().watches(60);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
            assertThat(scene.last().evidence()).isEqualTo(Evidence.BOTH);
            assertThat(scene.last().confidence()).isEqualTo(0.99);
            assertThat(scene.last().explain()).endsWith("db[12] has not called close().");
            assertThat(scene.last().attributes()).containsKey("fin_wait_2_since_ns");
        }

        @Test
        void startInMidStreamThatTheTableConfirmsIsNotLessSure() {
            scene.send(PORT, true, "<SEQ=100><ACK=300><CTL=FIN,ACK>");
            scene.send(PORT, false, "<SEQ=300><ACK=101><CTL=ACK>");
            table.client(PORT, FIN_WAIT_2);
            table.server(PORT, CLOSE_WAIT);
            table.poll().watches(62);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
            assertThat(scene.last().confidence()).isEqualTo(0.99);
        }

        @Test
        void withoutATableItIsTheWireAlone() {
            scene.connects(PORT).clientCloses(PORT).advance(60);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
            assertThat(scene.last().evidence()).isEqualTo(Evidence.WIRE);
            assertThat(scene.last().serverProcess()).isNull();
        }
    }

    @Nested
    class Vetoes {

        @Test
        void stuckStateThatTheTableDoesNotShowIsNone() {
            scene.connects(PORT).clientCloses(PORT);
            table.listener(0, 128);
            table.poll().watches(70);
            assertThat(scene.told()).isEmpty();
            assertThat(last().type()).isEqualTo(ConnectionChange.Type.CLOSED);
        }

        @Test
        void clearedWhenTheSocketLeavesWithoutASegment() {
            scene.connects(PORT).clientCloses(PORT);
            FakeTable.Row client = table.client(PORT, FIN_WAIT_2);
            FakeTable.Row server = table.server(PORT, CLOSE_WAIT);
            table.poll().watches(62);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
            table.remove(client).watches(2);
            assertThat(scene.told()).as("the server still holds it").isEmpty();
            table.remove(server).watches(2);
            assertThat(scene.told()).isEqualTo("CLEARED CLOSE_WAIT_STUCK gone");
        }

        @Test
        void orphanInFinWait2EndsWhenTheKernelEndsIt() {
            scene.connects(PORT).clientCloses(PORT);
            FakeTable.Row client = table.client(PORT, FIN_WAIT_2).unowned();
            table.server(PORT, CLOSE_WAIT);
            table.poll().watches(30);
            table.remove(client).watches(2);
            assertThat(last().changes())
                    .containsExactly(new ConnectionChange.StateChange(Role.CLIENT, FIN_WAIT_2, TcpState.CLOSED));
            assertThat(last().connection().state(Role.CLIENT)).isEqualTo(TcpState.CLOSED);
            assertThat(last().connection().state(Role.SERVER)).isEqualTo(CLOSE_WAIT);
        }

        @Test
        void givenUpConnectIsOver() {
            scene.send(PORT, true, "<SEQ=99><CTL=SYN>").advance(1).send(PORT, true, "<SEQ=99><CTL=SYN>");
            FakeTable.Row client = table.client(PORT, SYN_SENT);
            table.poll().watches(4);
            assertThat(scene.told()).isEqualTo("OPENED HANDSHAKE_UNANSWERED server");
            table.remove(client).watches(2);
            assertThat(scene.told()).isEqualTo("CLEARED HANDSHAKE_UNANSWERED gone");
        }

        @Test
        void newerPacketWins() {
            scene.connects(PORT);
            FakeTable.Row client = table.client(PORT, ESTABLISHED);
            table.server(PORT, ESTABLISHED);
            table.poll().watches(4);
            scene.clientCloses(PORT);
            client.is(ESTABLISHED); // The table was read before the segments came.
            table.poll();
            assertThat(last().connection().state(Role.SERVER)).isEqualTo(CLOSE_WAIT);
        }

        private ConnectionChange last() {
            return scene.connections.get(scene.connections.size() - 1);
        }
    }

    @Nested
    class MissingPolls {

        @Test
        void whatNoPollNamesIsNotGone() {
            scene.connects(PORT).clientCloses(PORT);
            table.client(PORT, FIN_WAIT_2);
            table.server(PORT, CLOSE_WAIT);
            table.losesPoll().poll().watches(60);
            assertThat(scene.told()).as("first poll came after a gap").isEqualTo("OPENED CLOSE_WAIT_STUCK server");
        }

        @Test
        void restartOfTheAgentKeepsTheAnomaly() {
            table.client(PORT, FIN_WAIT_2);
            table.server(PORT, CLOSE_WAIT).of(1, "db").quietSince(Scene.START - 100 * Scene.SECOND);
            table.poll().watches(2);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
            scene.now += 30 * Scene.SECOND;
            table.restarts().poll().watches(20);
            assertThat(scene.told()).isEmpty();
            table.watches(600);
            assertThat(scene.told()).isEqualTo("ESCALATED CLOSE_WAIT_STUCK server");
        }

        @Test
        void whatLeftWhileNoAgentRanIsGone() {
            table.client(PORT, FIN_WAIT_2);
            FakeTable.Row server = table.server(PORT, CLOSE_WAIT).quietSince(Scene.START - 100 * Scene.SECOND);
            table.poll().watches(2);
            scene.told();
            scene.now += 30 * Scene.SECOND;
            table.remove(server).restarts().poll().watches(4);
            assertThat(scene.told()).isEqualTo("CLEARED CLOSE_WAIT_STUCK gone");
        }
    }
}
