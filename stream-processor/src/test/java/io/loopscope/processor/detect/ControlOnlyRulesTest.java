package io.loopscope.processor.detect;

import static io.loopscope.processor.tcp.TcpState.CLOSE_WAIT;
import static io.loopscope.processor.tcp.TcpState.ESTABLISHED;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_2;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Where only SYN, FIN, RST and windows of 0 are captured, silence is no evidence; the socket table is. */
class ControlOnlyRulesTest {
    private static final int PORT = Scene.CLIENT_PORT;
    private static final int HOUR = 3_600;

    private final Scene scene = new Scene();
    private final FakeTable table = new FakeTable(scene);

    @BeforeEach
    void controlOnly() {
        scene.controlOnly = true;
    }

    @Nested
    class BySegmentsAlone {

        @Test
        void anOrdinaryLifeIsNoAnomaly() {
            opens();
            scene.advance(HOUR);
            closes(true, 9_100, 5_300);
            scene.advance(1);
            closes(false, 7_300, 9_101);
            scene.advance(HOUR);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void halfClosedMayBeStreaming() {
            opens();
            closes(true, 9_100, 5_300);
            scene.advance(HOUR);
            assertThat(scene.told())
                    .as("neither CLOSE_WAIT_STUCK nor HALF_CLOSED_STREAMING")
                    .isEmpty();
        }

        @Test
        void zeroWindowMayHaveOpenedAgain() {
            opens();
            scene.send(PORT, false, "<SEQ=300><ACK=65000><CTL=ACK><WND=0>");
            scene.send(PORT, false, "<SEQ=300><ACK=65000><CTL=ACK><WND=0>");
            scene.advance(HOUR);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void finThatIsRepeatedIsUnacknowledged() {
            opens();
            closes(true, 9_100, 5_300);
            scene.advance(0.2);
            closes(true, 9_100, 5_300);
            scene.advance(0.4);
            closes(true, 9_100, 5_300);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_UNACKNOWLEDGED server");
            assertThat(scene.last().confidence()).isLessThan(0.95);
            assertThat(scene.last().attributes()).containsEntry("fidelity", "control");
        }

        @Test
        void finThatIsRepeatedOnceIsNot() {
            opens();
            closes(true, 9_100, 5_300);
            scene.advance(0.2);
            closes(true, 9_100, 5_300);
            scene.advance(60);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void synThatIsRepeatedIsUnanswered() {
            for (int i = 0; i < 4; i++) {
                scene.send(PORT, true, "<SEQ=99><CTL=SYN>");
                scene.advance(1);
            }
            assertThat(scene.told()).startsWith("OPENED HANDSHAKE_UNANSWERED");
        }

        @Test
        void resetIsTold() {
            opens();
            scene.advance(5);
            scene.send(PORT, true, "<SEQ=9100><ACK=5300><CTL=RST,ACK><WND=0>");
            assertThat(scene.told()).isEqualTo("OPENED RESET client");
        }

        @Test
        void connectionsAtWorkAreNoLeakAndNoFlood() {
            for (int port = PORT; port < PORT + 300; port++) {
                scene.send(port, true, "<SEQ=99><CTL=SYN>");
                scene.send(port, false, "<SEQ=299><ACK=100><CTL=SYN,ACK>");
                scene.advance(10);
            }
            assertThat(scene.told()).as("neither SYN_FLOOD nor CONNECTION_LEAK").isEmpty();
        }

        @Test
        void numbersThatJumpAreNoLossOfTheCapture() {
            for (int port = PORT; port < PORT + 100; port++) {
                scene.send(port, true, "<SEQ=99><CTL=SYN>");
                scene.send(port, false, "<SEQ=299><ACK=100><CTL=SYN,ACK>");
                scene.send(port, true, "<SEQ=90100><ACK=80300><CTL=FIN,ACK>");
                scene.send(port, false, "<SEQ=95300><ACK=90101><CTL=FIN,ACK>");
            }
            scene.advance(HOUR);
            assertThat(scene.told()).as("no CAPTURE_DEGRADED").isEmpty();
        }
    }

    @Nested
    class WithTheSocketTable {

        @Test
        void closeWaitIsStuck() {
            opens();
            FakeTable.Row client = table.client(PORT, ESTABLISHED);
            FakeTable.Row server = table.server(PORT, ESTABLISHED).of(7, "leaky");
            table.poll().watches(4);
            closes(true, 9_100, 5_300);
            table.remove(client).remove(server);
            table.client(PORT, FIN_WAIT_2).unowned();
            table.server(PORT, CLOSE_WAIT).of(7, "leaky");
            table.watches(70);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
            assertThat(scene.last().evidence()).isEqualTo(Evidence.BOTH);
            assertThat(scene.last().serverProcess()).isEqualTo("leaky[7]");
        }

        @Test
        void halfClosedThatSendsIsHealthyUntilItFallsSilent() {
            FakeTable.Row server = halfClosed();
            for (int passed = 0; passed < 600; passed += 2) {
                server.sentAt(scene.now);
                table.watches(2);
            }
            assertThat(scene.told()).isEmpty();
            table.watches(56);
            assertThat(scene.told()).isEmpty();
            table.watches(6);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
            server.sentAt(scene.now + 1);
            table.watches(2);
            assertThat(scene.told()).isEqualTo("CLEARED CLOSE_WAIT_STUCK progressed");
        }

        @Test
        void whatWasSentSinceTheLastPollIsWaitedFor() {
            FakeTable.Row server = halfClosed();
            server.sentAt(scene.now);
            table.watches(2);
            scene.advance(59);
            server.sentAt(scene.now - Scene.SECOND);
            scene.advance(600);
            assertThat(scene.told()).as("the table is read late").isEmpty();
            server.sentAt(scene.now - 59 * Scene.SECOND);
            table.poll();
            assertThat(scene.told()).isEmpty();
            scene.advance(10);
            assertThat(scene.told()).isEmpty();
            table.poll();
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
        }

        @Test
        void whileAPollIsMissingNobodyKnowsWhatWasSent() {
            FakeTable.Row server = halfClosed();
            server.sentAt(scene.now);
            table.watches(4).losesPoll().watches(120);
            assertThat(scene.told()).isEmpty();
            table.readsAll().poll();
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
        }

        private FakeTable.Row halfClosed() {
            opens();
            FakeTable.Row client = table.client(PORT, ESTABLISHED);
            FakeTable.Row server = table.server(PORT, ESTABLISHED).of(7, "report");
            table.poll().watches(4);
            closes(true, 9_100, 5_300);
            client.is(FIN_WAIT_2);
            return server.is(CLOSE_WAIT);
        }

        @Test
        void silenceOfABusyConnectionIsWhatTheKernelSays() {
            var idle = new Scene(DetectorSettings.defaults()
                    .with(
                            AnomalyName.IDLE_ESTABLISHED,
                            AnomalyName.IDLE_ESTABLISHED.defaults().withAction(Action.EVENT)));
            idle.controlOnly = true;
            FakeTable sockets = new FakeTable(idle);
            idle.send(PORT, true, "<SEQ=99><CTL=SYN>");
            idle.send(PORT, false, "<SEQ=299><ACK=100><CTL=SYN,ACK>");
            FakeTable.Row client = sockets.client(PORT, ESTABLISHED);
            FakeTable.Row server = sockets.server(PORT, ESTABLISHED);
            sockets.poll();
            for (int passed = 0; passed < 3 * HOUR; passed += 60) {
                client.quietSince(idle.now);
                server.quietSince(idle.now);
                sockets.readsAll().watches(60);
            }
            assertThat(idle.told()).isEmpty();
            sockets.watches(3 * HOUR);
            assertThat(idle.told()).as("nobody has looked at its ages since").isEmpty();
            sockets.readsAll().poll();
            assertThat(idle.told()).isEqualTo("OPENED IDLE_ESTABLISHED client");
        }
    }

    private void opens() {
        scene.send(PORT, true, "<SEQ=99><CTL=SYN>");
        scene.send(PORT, false, "<SEQ=299><ACK=100><CTL=SYN,ACK>");
    }

    private void closes(boolean client, int sequence, int acknowledgment) {
        scene.send(PORT, client, "<SEQ=%d><ACK=%d><CTL=FIN,ACK>".formatted(sequence, acknowledgment));
    }
}
