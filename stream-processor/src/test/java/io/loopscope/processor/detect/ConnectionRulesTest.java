package io.loopscope.processor.detect;

import static io.loopscope.processor.detect.Scene.play;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Role;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rules about single connections: what raises them, what does not, what clears them. */
class ConnectionRulesTest {

    static final String HANDSHAKE = """
            +0.0  SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
            +0.0  ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- SYN-RECEIVED
            +0.0  ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>      --> ESTABLISHED
            """;

    static final String CLIENT_CLOSES = """
            +5.0  --> <SEQ=100><ACK=300><CTL=FIN,ACK>
            +0.04 FIN-WAIT-2   <-- <SEQ=300><ACK=101><CTL=ACK>      <-- CLOSE-WAIT
            """;

    @Nested
    class CloseWait {

        @Test
        void serverNeverClosesItsSide() {
            Scene scene = new Scene();
            scene.run(HANDSHAKE + CLIENT_CLOSES + """
                    +59.8 reports nothing
                    +0.2  reports OPENED CLOSE_WAIT_STUCK server
                    +60.0 reports nothing                           # raised once, not on every sweep
                    +180.0 reports ESCALATED CLOSE_WAIT_STUCK server
                    +3600.0 reports nothing
                    """);
            AnomalyChange opened = scene.anomalies.get(0);
            assertThat(opened.severity()).isEqualTo(Severity.WARNING);
            assertThat(opened.end()).isEqualTo(Role.SERVER);
            assertThat(opened.timeNanos() - opened.sinceNanos()).isEqualTo(60 * Scene.SECOND);
            assertThat(opened.explain())
                    .isEqualTo("server 127.0.0.1:13306 got the FIN of client 127.0.0.1:50000 60 s ago, acknowledged it,"
                            + " and has sent neither FIN nor RST since: the application has not called close().");
            assertThat(opened.attributes()).containsKey("fin_wait_2_since_ns");
            assertThat(opened.confidence()).isEqualTo(0.95);
            assertThat(scene.anomalies.get(1).severity()).isEqualTo(Severity.CRITICAL);
            assertThat(scene.anomalies.get(1).id()).isEqualTo(opened.id());
            assertThat(scene.anomalies.get(1).eventId()).isNotEqualTo(opened.eventId());
        }

        @Test
        void clearedWhenTheServerCloses() {
            play(HANDSHAKE + CLIENT_CLOSES + """
                    +70.0 reports OPENED CLOSE_WAIT_STUCK server
                    +1.0  TIME-WAIT    <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK
                    +0.0  --> <SEQ=101><ACK=301><CTL=ACK>
                    +0.0  reports CLEARED CLOSE_WAIT_STUCK closed
                    +300.0 reports nothing
                    """);
        }

        @Test
        void clearedWhenTheServerResets() {
            play(HANDSHAKE + CLIENT_CLOSES + """
                    +70.0 reports OPENED CLOSE_WAIT_STUCK server
                    +1.0  CLOSED       <-- <SEQ=300><ACK=101><CTL=RST,ACK>  <-- CLOSED
                    +0.0  reports CLEARED CLOSE_WAIT_STUCK reset, OPENED RESET server
                    +60.0 reports CLEARED RESET reset
                    """);
        }

        @Test
        void halfCloseWithFlowingDataIsHealthy() {
            play(HANDSHAKE + CLIENT_CLOSES + """
                    +50.0 <-- <SEQ=300><ACK=101><CTL=ACK><DATA=10>
                    +0.0  --> <SEQ=101><ACK=310><CTL=ACK>
                    +50.0 reports nothing
                    +5.0  <-- <SEQ=310><ACK=101><CTL=ACK><DATA=10>
                    +0.0  --> <SEQ=101><ACK=320><CTL=ACK>
                    +0.0  reports OPENED HALF_CLOSED_STREAMING server
                    +59.0 reports nothing
                    +1.0  reports OPENED CLOSE_WAIT_STUCK server, CLEARED HALF_CLOSED_STREAMING progressed
                    +1.0  <-- <SEQ=320><ACK=101><CTL=ACK><DATA=10>
                    +0.0  reports CLEARED CLOSE_WAIT_STUCK progressed
                    """);
        }

        @Test
        void promptThreeSegmentCloseRaisesNothing() {
            play(HANDSHAKE + """
                    +5.0  --> <SEQ=100><ACK=300><CTL=FIN,ACK>
                    +0.0  <-- <SEQ=300><ACK=101><CTL=FIN,ACK>
                    +0.0  TIME-WAIT    --> <SEQ=101><ACK=301><CTL=ACK>   --> CLOSED
                    +600.0 reports nothing
                    """);
        }

        @Test
        void waitsWhileTheCaptureLosesSegments() {
            Scene scene = new Scene();
            AgentRun run = new AgentRun("boot", Scene.START - 1);
            scene.monitor.batch(run, 0, 0, scene.step);
            scene.run(HANDSHAKE + CLIENT_CLOSES + "+40.0 reports nothing");
            scene.monitor.batch(run, 1, 5, scene.step);
            scene.take();
            scene.run("""
                    +0.0  reports OPENED CAPTURE_DEGRADED host
                    +25.0 reports nothing
                    +5.0  reports CLEARED CAPTURE_DEGRADED subsided, OPENED CLOSE_WAIT_STUCK server
                    """);
            assertThat(scene.last().confidence()).isEqualTo(0.66);
            assertThat(scene.last().timeNanos()).isEqualTo(scene.now);
        }

        @Test
        void thresholdsOfAPortWin() {
            RuleSettings quick =
                    AnomalyName.CLOSE_WAIT_STUCK.defaults().after(Duration.ofSeconds(2), Duration.ofSeconds(5));
            Scene scene = new Scene(DetectorSettings.defaults().with(13306, AnomalyName.CLOSE_WAIT_STUCK, quick));
            scene.run(HANDSHAKE + CLIENT_CLOSES + """
                    +1.9 reports nothing
                    +0.1 reports OPENED CLOSE_WAIT_STUCK server
                    +3.0 reports ESCALATED CLOSE_WAIT_STUCK server
                    """);
        }

        @Test
        void offAndCountTellNothing() {
            for (Action action : new Action[] {Action.OFF, Action.COUNT}) {
                Scene scene = new Scene(DetectorSettings.defaults()
                        .with(
                                AnomalyName.CLOSE_WAIT_STUCK,
                                AnomalyName.CLOSE_WAIT_STUCK.defaults().withAction(action)));
                scene.run(HANDSHAKE + CLIENT_CLOSES + "+1000.0 reports nothing");
                assertThat(scene.monitor.counters().found(AnomalyName.CLOSE_WAIT_STUCK))
                        .isEqualTo(action == Action.COUNT ? 1 : 0);
            }
        }
    }

    @Nested
    class Closing {

        @Test
        void finNobodyAcknowledges() {
            Scene scene = new Scene();
            scene.run(HANDSHAKE + """
                    +5.0  --> <SEQ=100><ACK=300><CTL=FIN,ACK>
                    +0.2  --> <SEQ=100><ACK=300><CTL=FIN,ACK>
                    +0.0  reports nothing
                    +0.4  --> <SEQ=100><ACK=300><CTL=FIN,ACK>
                    +0.0  reports OPENED CLOSE_UNACKNOWLEDGED server
                    +0.8  <-- <SEQ=300><ACK=101><CTL=ACK>
                    +0.0  reports CLEARED CLOSE_UNACKNOWLEDGED progressed
                    """);
            assertThat(scene.anomalies.get(0).attributes()).containsEntry("fin_retransmissions", "2");
        }

        @Test
        void finNobodyAcknowledgesForTenSeconds() {
            play(HANDSHAKE + """
                    +5.0  FIN-WAIT-1 --> <SEQ=100><ACK=300><CTL=FIN,ACK>
                    +9.9  reports nothing
                    +0.1  reports OPENED CLOSE_UNACKNOWLEDGED server
                    +50.0 reports ESCALATED CLOSE_UNACKNOWLEDGED server
                    +70.0 reports CLEARED CLOSE_UNACKNOWLEDGED expired
                    """);
        }
    }

    @Nested
    class Handshake {

        @Test
        void synNobodyAnswers() {
            play("""
                    +0.0  SYN-SENT --> <SEQ=99><CTL=SYN>
                    +1.0  SYN-SENT --> <SEQ=99><CTL=SYN>
                    +1.0  --> <SEQ=99><CTL=SYN>
                    +0.9  reports nothing
                    +0.1  reports OPENED HANDSHAKE_UNANSWERED server
                    +1.0  --> <SEQ=99><CTL=SYN>
                    +2.0  --> <SEQ=99><CTL=SYN>
                    +0.0  reports nothing
                    +0.0  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>
                    +0.0  reports CLEARED HANDSHAKE_UNANSWERED progressed
                    """);
        }

        @Test
        void oneSynProvesNothingUntilItIsRepeated() {
            play("""
                    +0.0  SYN-SENT --> <SEQ=99><CTL=SYN>
                    +5.0  reports nothing
                    +1.0  --> <SEQ=99><CTL=SYN>
                    +0.0  reports OPENED HANDSHAKE_UNANSWERED server
                    +24.0 reports ESCALATED HANDSHAKE_UNANSWERED server
                    +120.0 reports CLEARED HANDSHAKE_UNANSWERED expired
                    """);
        }

        @Test
        void synAckNobodyAcknowledges() {
            play("""
                    +0.0  --> <SEQ=99><CTL=SYN>
                    +0.0  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>
                    +1.0  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>
                    +3.9  reports nothing
                    +0.1  reports OPENED HANDSHAKE_STUCK client
                    +1.0  --> <SEQ=100><ACK=300><CTL=ACK><DATA=1>
                    +0.0  reports CLEARED HANDSHAKE_STUCK progressed
                    """);
        }
    }

    @Nested
    class Resets {

        @Test
        void abortedByTheClient() {
            Scene scene = new Scene();
            scene.run(HANDSHAKE + """
                    +1.0  CLOSED --> <SEQ=100><ACK=300><CTL=RST,ACK> --> CLOSED
                    +0.0  reports OPENED RESET client
                    +59.9 reports nothing
                    +0.1  reports CLEARED RESET reset
                    """);
            assertThat(scene.anomalies.get(0).explain())
                    .isEqualTo("client 127.0.0.1:50000 reset the connection with server 127.0.0.1:13306 in ESTABLISHED:"
                            + " its owner aborted it (SO_LINGER 0) or exited.");
        }

        @Test
        void resetAfterBothFinsIsNormal() {
            play(HANDSHAKE + """
                    +1.0  --> <SEQ=100><ACK=300><CTL=FIN,ACK>
                    +0.0  <-- <SEQ=300><ACK=101><CTL=FIN,ACK>
                    +0.0  --> <SEQ=101><CTL=RST>
                    +100.0 reports nothing
                    """);
        }

        @Test
        void serverHasForgottenTheConnection() {
            play(HANDSHAKE + """
                    +100.0 --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>
                    +0.0  CLOSED <-- <SEQ=300><CTL=RST> <-- CLOSED
                    +0.0  reports OPENED HALF_OPEN server
                    +60.0 reports CLEARED HALF_OPEN reset
                    """);
        }

        @Test
        void serverIsSilentWhileDataIsRepeated() {
            Scene scene = new Scene();
            scene.run(HANDSHAKE + """
                    +1.0  --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>
                    +0.21 --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>
                    +0.41 --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>
                    +0.0  reports nothing
                    +0.83 --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>
                    +0.0  reports OPENED HALF_OPEN server
                    +1.67 --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>
                    +0.0  reports nothing
                    +0.0  <-- <SEQ=300><CTL=RST>
                    +0.0  reports CLEARED HALF_OPEN reset
                    """);
            assertThat(scene.anomalies.get(0).severity()).isEqualTo(Severity.CRITICAL);
        }

        @Test
        void answerClearsHalfOpen() {
            play(HANDSHAKE + """
                    +1.0  --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>
                    +0.21 --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>
                    +0.41 --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>
                    +0.83 --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>
                    +0.0  reports OPENED HALF_OPEN server
                    +1.0  <-- <SEQ=300><ACK=110><CTL=ACK>
                    +0.0  reports CLEARED HALF_OPEN progressed
                    """);
        }

        @Test
        void newConnectionMeetsTheOldOne() {
            play(HANDSHAKE + """
                    +10.0 --> <SEQ=5000><CTL=SYN>
                    +0.0  <-- <SEQ=300><ACK=100><CTL=ACK>
                    +0.0  --> <SEQ=100><CTL=RST>
                    +0.0  reports OPENED TUPLE_REUSE_COLLISION server
                    +1.0  --> <SEQ=5000><CTL=SYN>
                    +0.0  <-- <SEQ=9000><ACK=5001><CTL=SYN,ACK>
                    +0.0  --> <SEQ=5001><ACK=9001><CTL=ACK>
                    +60.0 reports CLEARED TUPLE_REUSE_COLLISION tuple_reused
                    """);
        }
    }

    @Nested
    class Windows {

        @Test
        void zeroWindowIsProbed() {
            play(HANDSHAKE + """
                    +1.0  --> <SEQ=100><ACK=300><CTL=ACK><DATA=1000>
                    +0.0  <-- <SEQ=300><ACK=1100><CTL=ACK><WND=0>
                    +0.2  --> <SEQ=1099><ACK=300><CTL=ACK>
                    +0.0  <-- <SEQ=300><ACK=1100><CTL=ACK><WND=0>
                    +4.7  reports nothing
                    +0.1  reports OPENED ZERO_WINDOW_STALL server
                    +1.0  <-- <SEQ=300><ACK=1100><CTL=ACK><WND=1000>
                    +0.0  reports CLEARED ZERO_WINDOW_STALL progressed
                    """);
        }

        @Test
        void zeroWindowThatNobodyProbesIsNoStall() {
            play(HANDSHAKE + """
                    +1.0  --> <SEQ=100><ACK=300><CTL=ACK><DATA=1000>
                    +0.0  <-- <SEQ=300><ACK=1100><CTL=ACK><WND=0>
                    +100.0 reports nothing
                    """);
        }
    }

    @Nested
    class Keepalives {

        @Test
        void twoProbesWithoutAnswer() {
            play(HANDSHAKE + """
                    +1.0  --> <SEQ=100><ACK=300><CTL=ACK><DATA=10>
                    +0.0  <-- <SEQ=300><ACK=110><CTL=ACK>
                    +100.0 --> <SEQ=109><ACK=300><CTL=ACK>
                    +75.0 reports nothing
                    +0.0  --> <SEQ=109><ACK=300><CTL=ACK>
                    +0.0  reports OPENED KEEPALIVE_FAILING server
                    +0.1  <-- <SEQ=300><ACK=110><CTL=ACK>
                    +0.0  reports CLEARED KEEPALIVE_FAILING progressed
                    """);
        }
    }
}
