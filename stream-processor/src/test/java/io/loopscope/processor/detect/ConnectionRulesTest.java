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
            +0.0   SYN-SENT    --> <SEQ=99><CTL=SYN>               --> SYN-RECEIVED
            +0.0   ESTABLISHED <-- <SEQ=299><ACK=100><CTL=SYN,ACK> <-- SYN-RECEIVED
            +0.0   ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK>     --> ESTABLISHED
            """;

    static final String CLIENT_CLOSES = """
            +5.0   FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK> --> CLOSE-WAIT
            +0.04  FIN-WAIT-2  <-- <SEQ=300><ACK=101><CTL=ACK>     <-- CLOSE-WAIT
            """;

    @Nested
    class CloseWait {

        @Test
        void serverNeverClosesItsSide() {
            Scene scene = play(HANDSHAKE + CLIENT_CLOSES + """
                    +59.8  FIN-WAIT-2  ~~~ CLOSE-WAIT
                    +0.2   FIN-WAIT-2  ~~~ CLOSE-WAIT                                              | OPENED CLOSE_WAIT_STUCK server
                    +60.0  FIN-WAIT-2  ~~~ CLOSE-WAIT   # raised once, not on every sweep
                    +180.0 FIN-WAIT-2  ~~~ CLOSE-WAIT                                              | ESCALATED CLOSE_WAIT_STUCK server
                    +3600.0 FIN-WAIT-2  ~~~ CLOSE-WAIT
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
                    +70.0  FIN-WAIT-2  ~~~ CLOSE-WAIT                                              | OPENED CLOSE_WAIT_STUCK server
                    +1.0   TIME-WAIT   <-- <SEQ=300><ACK=101><CTL=FIN,ACK> <-- LAST-ACK            | CLEARED CLOSE_WAIT_STUCK closed
                    +0.0   TIME-WAIT   --> <SEQ=101><ACK=301><CTL=ACK> --> CLOSED
                    +300.0 CLOSED      ~~~ CLOSED
                    """);
        }

        @Test
        void clearedWhenTheServerResets() {
            play(HANDSHAKE + CLIENT_CLOSES + """
                    +70.0  FIN-WAIT-2  ~~~ CLOSE-WAIT                                              | OPENED CLOSE_WAIT_STUCK server
                    +1.0   CLOSED      <-- <SEQ=300><ACK=101><CTL=RST,ACK> <-- CLOSED              | CLEARED CLOSE_WAIT_STUCK reset, OPENED RESET server
                    +60.0  CLOSED      ~~~ CLOSED                                                  | CLEARED RESET reset
                    """);
        }

        @Test
        void halfCloseWithFlowingDataIsHealthy() {
            play(HANDSHAKE + CLIENT_CLOSES + """
                    +50.0  FIN-WAIT-2  <-- <SEQ=300><ACK=101><CTL=ACK><LEN=10> <-- CLOSE-WAIT
                    +0.0   FIN-WAIT-2  --> <SEQ=101><ACK=310><CTL=ACK> --> CLOSE-WAIT
                    +50.0  FIN-WAIT-2  ~~~ CLOSE-WAIT
                    +5.0   FIN-WAIT-2  <-- <SEQ=310><ACK=101><CTL=ACK><LEN=10> <-- CLOSE-WAIT      | OPENED HALF_CLOSED_STREAMING server
                    +0.0   FIN-WAIT-2  --> <SEQ=101><ACK=320><CTL=ACK> --> CLOSE-WAIT
                    +59.0  FIN-WAIT-2  ~~~ CLOSE-WAIT
                    +1.0   FIN-WAIT-2  ~~~ CLOSE-WAIT                                              | OPENED CLOSE_WAIT_STUCK server, CLEARED HALF_CLOSED_STREAMING progressed
                    +1.0   FIN-WAIT-2  <-- <SEQ=320><ACK=101><CTL=ACK><LEN=10> <-- CLOSE-WAIT      | CLEARED CLOSE_WAIT_STUCK progressed
                    """);
        }

        @Test
        void promptThreeSegmentCloseRaisesNothing() {
            play(HANDSHAKE + """
                    +5.0   FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK> --> CLOSE-WAIT
                    +0.0   TIME-WAIT   <-- <SEQ=300><ACK=101><CTL=FIN,ACK> <-- LAST-ACK
                    +0.0   TIME-WAIT   --> <SEQ=101><ACK=301><CTL=ACK> --> CLOSED
                    +600.0 CLOSED      ~~~ CLOSED
                    """);
        }

        @Test
        void waitsWhileTheCaptureLosesSegments() {
            Scene scene = new Scene();
            AgentRun run = new AgentRun("boot", Scene.START - 1);
            scene.monitor.batch(run, 0, 0, scene.step);
            scene.run(HANDSHAKE + CLIENT_CLOSES + "+40.0 FIN-WAIT-2 ~~~ CLOSE-WAIT");
            scene.monitor.batch(run, 1, 5, scene.step);
            scene.take();
            scene.run("""
                    +0.0   FIN-WAIT-2  ~~~ CLOSE-WAIT                                              | OPENED CAPTURE_DEGRADED host
                    +25.0  FIN-WAIT-2  ~~~ CLOSE-WAIT
                    +5.0   FIN-WAIT-2  ~~~ CLOSE-WAIT                                              | CLEARED CAPTURE_DEGRADED subsided, OPENED CLOSE_WAIT_STUCK server
                    """);
            assertThat(scene.last().confidence()).isEqualTo(0.66);
            assertThat(scene.last().timeNanos()).isEqualTo(scene.now);
        }

        @Test
        void thresholdsOfAPortWin() {
            RuleSettings quick =
                    AnomalyName.CLOSE_WAIT_STUCK.defaults().after(Duration.ofSeconds(2), Duration.ofSeconds(5));
            play(
                    DetectorSettings.defaults().with(13306, AnomalyName.CLOSE_WAIT_STUCK, quick),
                    HANDSHAKE + CLIENT_CLOSES + """
                    +1.9   FIN-WAIT-2  ~~~ CLOSE-WAIT
                    +0.1   FIN-WAIT-2  ~~~ CLOSE-WAIT                                              | OPENED CLOSE_WAIT_STUCK server
                    +3.0   FIN-WAIT-2  ~~~ CLOSE-WAIT                                              | ESCALATED CLOSE_WAIT_STUCK server
                    """);
        }

        @Test
        void offAndCountTellNothing() {
            for (Action action : new Action[] {Action.OFF, Action.COUNT}) {
                Scene scene = new Scene(DetectorSettings.defaults()
                        .with(
                                AnomalyName.CLOSE_WAIT_STUCK,
                                AnomalyName.CLOSE_WAIT_STUCK.defaults().withAction(action)));
                scene.run(HANDSHAKE + CLIENT_CLOSES + "+1000.0 FIN-WAIT-2 ~~~ CLOSE-WAIT");
                assertThat(scene.monitor.counters().found(AnomalyName.CLOSE_WAIT_STUCK))
                        .isEqualTo(action == Action.COUNT ? 1 : 0);
            }
        }
    }

    @Nested
    class Closing {

        @Test
        void finNobodyAcknowledges() {
            Scene scene = play(HANDSHAKE + """
                    +5.0   FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK> --> CLOSE-WAIT
                    +0.2   FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK> --> ESTABLISHED
                    +0.4   FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK> --> ESTABLISHED         | OPENED CLOSE_UNACKNOWLEDGED server
                    +0.8   FIN-WAIT-2  <-- <SEQ=300><ACK=101><CTL=ACK> <-- CLOSE-WAIT              | CLEARED CLOSE_UNACKNOWLEDGED progressed
                    """);
            assertThat(scene.anomalies.get(0).attributes()).containsEntry("fin_retransmissions", "2");
        }

        @Test
        void finNobodyAcknowledgesForTenSeconds() {
            play(HANDSHAKE + """
                    +5.0   FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK> --> CLOSE-WAIT
                    +9.9   FIN-WAIT-1  ~~~ CLOSE-WAIT
                    +0.1   FIN-WAIT-1  ~~~ CLOSE-WAIT                                              | OPENED CLOSE_UNACKNOWLEDGED server
                    +50.0  FIN-WAIT-1  ~~~ CLOSE-WAIT                                              | ESCALATED CLOSE_UNACKNOWLEDGED server
                    +70.0  CLOSED      ~~~ ESTABLISHED                                             | CLEARED CLOSE_UNACKNOWLEDGED expired
                    """);
        }
    }

    @Nested
    class Handshake {

        @Test
        void synNobodyAnswers() {
            play("""
                    +0.0   SYN-SENT    --> <SEQ=99><CTL=SYN> --> SYN-RECEIVED
                    +1.0   SYN-SENT    --> <SEQ=99><CTL=SYN> --> CLOSED
                    +1.0   SYN-SENT    --> <SEQ=99><CTL=SYN> --> CLOSED
                    +0.9   SYN-SENT    ~~~ CLOSED
                    +0.1   SYN-SENT    ~~~ CLOSED                                                  | OPENED HANDSHAKE_UNANSWERED server
                    +1.0   SYN-SENT    --> <SEQ=99><CTL=SYN> --> CLOSED
                    +2.0   SYN-SENT    --> <SEQ=99><CTL=SYN> --> CLOSED
                    +0.0   ESTABLISHED <-- <SEQ=299><ACK=100><CTL=SYN,ACK> <-- SYN-RECEIVED        | CLEARED HANDSHAKE_UNANSWERED progressed
                    """);
        }

        @Test
        void oneSynProvesNothingUntilItIsRepeated() {
            play("""
                    +0.0   SYN-SENT    --> <SEQ=99><CTL=SYN> --> SYN-RECEIVED
                    +5.0   SYN-SENT    ~~~ SYN-RECEIVED
                    +1.0   SYN-SENT    --> <SEQ=99><CTL=SYN> --> CLOSED                            | OPENED HANDSHAKE_UNANSWERED server
                    +24.0  SYN-SENT    ~~~ CLOSED                                                  | ESCALATED HANDSHAKE_UNANSWERED server
                    +120.0 CLOSED      ~~~ CLOSED                                                  | CLEARED HANDSHAKE_UNANSWERED expired
                    """);
        }

        @Test
        void synAckNobodyAcknowledges() {
            play("""
                    +0.0   SYN-SENT    --> <SEQ=99><CTL=SYN> --> SYN-RECEIVED
                    +0.0   ESTABLISHED <-- <SEQ=299><ACK=100><CTL=SYN,ACK> <-- SYN-RECEIVED
                    +1.0   SYN-SENT    <-- <SEQ=299><ACK=100><CTL=SYN,ACK> <-- SYN-RECEIVED
                    +3.9   SYN-SENT    ~~~ SYN-RECEIVED
                    +0.1   SYN-SENT    ~~~ SYN-RECEIVED                                            | OPENED HANDSHAKE_STUCK client
                    +1.0   ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=1> --> ESTABLISHED      | CLEARED HANDSHAKE_STUCK progressed
                    """);
        }
    }

    @Nested
    class Resets {

        @Test
        void abortedByTheClient() {
            Scene scene = play(HANDSHAKE + """
                    +1.0   CLOSED      --> <SEQ=100><ACK=300><CTL=RST,ACK> --> CLOSED              | OPENED RESET client
                    +59.9  CLOSED      ~~~ CLOSED
                    +0.1   CLOSED      ~~~ CLOSED                                                  | CLEARED RESET reset
                    """);
            assertThat(scene.anomalies.get(0).explain())
                    .isEqualTo("client 127.0.0.1:50000 reset the connection with server 127.0.0.1:13306 in ESTABLISHED:"
                            + " its owner aborted it (SO_LINGER 0) or exited.");
        }

        @Test
        void resetAfterBothFinsIsNormal() {
            play(HANDSHAKE + """
                    +1.0   FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK> --> CLOSE-WAIT
                    +0.0   TIME-WAIT   <-- <SEQ=300><ACK=101><CTL=FIN,ACK> <-- LAST-ACK
                    +0.0   CLOSED      --> <SEQ=101><CTL=RST> --> CLOSED
                    +100.0 CLOSED      ~~~ CLOSED
                    """);
        }

        @Test
        void serverHasForgottenTheConnection() {
            play(HANDSHAKE + """
                    +100.0 ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED
                    +0.0   CLOSED      <-- <SEQ=300><CTL=RST> <-- CLOSED                           | OPENED HALF_OPEN server
                    +60.0  CLOSED      ~~~ CLOSED                                                  | CLEARED HALF_OPEN reset
                    """);
        }

        @Test
        void serverIsSilentWhileDataIsRepeated() {
            Scene scene = play(HANDSHAKE + """
                    +1.0   ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED
                    +0.21  ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED
                    +0.41  ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED
                    +0.83  ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED     | OPENED HALF_OPEN server
                    +1.67  ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED
                    +0.0   CLOSED      <-- <SEQ=300><CTL=RST> <-- CLOSED                           | CLEARED HALF_OPEN reset
                    """);
            assertThat(scene.anomalies.get(0).severity()).isEqualTo(Severity.CRITICAL);
        }

        @Test
        void answerClearsHalfOpen() {
            play(HANDSHAKE + """
                    +1.0   ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED
                    +0.21  ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED
                    +0.41  ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED
                    +0.83  ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED     | OPENED HALF_OPEN server
                    +1.0   ESTABLISHED <-- <SEQ=300><ACK=110><CTL=ACK> <-- ESTABLISHED             | CLEARED HALF_OPEN progressed
                    """);
        }

        @Test
        void newConnectionMeetsTheOldOne() {
            play(HANDSHAKE + """
                    +10.0  ESTABLISHED --> <SEQ=5000><CTL=SYN> --> ESTABLISHED
                    +0.0   ESTABLISHED <-- <SEQ=300><ACK=100><CTL=ACK> <-- ESTABLISHED
                    +0.0   SYN-SENT    --> <SEQ=100><CTL=RST> --> CLOSED                           | OPENED TUPLE_REUSE_COLLISION server
                    +1.0   SYN-SENT    --> <SEQ=5000><CTL=SYN> --> CLOSED
                    +0.0   ESTABLISHED <-- <SEQ=9000><ACK=5001><CTL=SYN,ACK> <-- SYN-RECEIVED
                    +0.0   ESTABLISHED --> <SEQ=5001><ACK=9001><CTL=ACK> --> ESTABLISHED
                    +60.0  ESTABLISHED ~~~ ESTABLISHED                                             | CLEARED TUPLE_REUSE_COLLISION tuple_reused
                    """);
        }
    }

    @Nested
    class Windows {

        @Test
        void zeroWindowIsProbed() {
            play(HANDSHAKE + """
                    +1.0   ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=1000> --> ESTABLISHED
                    +0.0   ESTABLISHED <-- <SEQ=300><ACK=1100><CTL=ACK><WND=0> <-- ESTABLISHED
                    +0.2   ESTABLISHED --> <SEQ=1099><ACK=300><CTL=ACK> --> ESTABLISHED
                    +0.0   ESTABLISHED <-- <SEQ=300><ACK=1100><CTL=ACK><WND=0> <-- ESTABLISHED
                    +4.7   ESTABLISHED ~~~ ESTABLISHED
                    +0.1   ESTABLISHED ~~~ ESTABLISHED                                             | OPENED ZERO_WINDOW_STALL server
                    +1.0   ESTABLISHED <-- <SEQ=300><ACK=1100><CTL=ACK><WND=1000> <-- ESTABLISHED  | CLEARED ZERO_WINDOW_STALL progressed
                    """);
        }

        @Test
        void zeroWindowThatNobodyProbesIsNoStall() {
            play(HANDSHAKE + """
                    +1.0   ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=1000> --> ESTABLISHED
                    +0.0   ESTABLISHED <-- <SEQ=300><ACK=1100><CTL=ACK><WND=0> <-- ESTABLISHED
                    +100.0 ESTABLISHED ~~~ ESTABLISHED
                    """);
        }
    }

    @Nested
    class Keepalives {

        @Test
        void twoProbesWithoutAnswer() {
            play(HANDSHAKE + """
                    +1.0   ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED
                    +0.0   ESTABLISHED <-- <SEQ=300><ACK=110><CTL=ACK> <-- ESTABLISHED
                    +100.0 ESTABLISHED --> <SEQ=109><ACK=300><CTL=ACK> --> ESTABLISHED
                    +75.0  ESTABLISHED ~~~ ESTABLISHED
                    +0.0   ESTABLISHED --> <SEQ=109><ACK=300><CTL=ACK> --> ESTABLISHED             | OPENED KEEPALIVE_FAILING server
                    +0.1   ESTABLISHED <-- <SEQ=300><ACK=110><CTL=ACK> <-- ESTABLISHED             | CLEARED KEEPALIVE_FAILING progressed
                    """);
        }
    }
}
