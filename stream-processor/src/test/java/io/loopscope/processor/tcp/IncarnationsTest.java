package io.loopscope.processor.tcp;

import static io.loopscope.processor.tcp.Figures.play;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class IncarnationsTest {

    private static final String ESTABLISHED = """
            SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
            ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- SYN-RECEIVED
            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>      --> ESTABLISHED
            """;

    private static final String CLOSED_BY_CLIENT = ESTABLISHED + """
            FIN-WAIT-1   --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
            TIME-WAIT    <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK
            TIME-WAIT    --> <SEQ=101><ACK=301><CTL=ACK>      --> CLOSED
            """;

    @Nested
    class Reuse { // RFC 9293 3.10.7.4, RFC 6191

        @Test
        void timeWaitDoesNotDelayANewIncarnation() {
            var figures = play(CLOSED_BY_CLIENT + """
                            +1.0 SYN-SENT --> <SEQ=60000><CTL=SYN>                    --> SYN-RECEIVED | closed FINISHED, opened
                            ESTABLISHED   <-- <SEQ=90000><ACK=60001><CTL=SYN,ACK>     <-- SYN-RECEIVED
                            ESTABLISHED   --> <SEQ=60001><ACK=90001><CTL=ACK>         --> ESTABLISHED
                            """);
            assertThat(figures.connection().incarnations()).isEqualTo(2);
            assertThat(figures.connection().incarnation()).isEqualTo(60000);
            assertThat(figures.left().segments()).isEqualTo(2);
        }

        @Test
        void oneTupleMayLiveManyTimesWithinMilliseconds() {
            StringBuilder script = new StringBuilder();
            for (int life = 0; life < 5; life++) {
                int client = 1000 * life;
                int server = 500_000 + 1000 * life;
                script.append("SYN-SENT --> <SEQ=%d><CTL=SYN> --> SYN-RECEIVED | opened%n".formatted(client));
                script.append("ESTABLISHED <-- <SEQ=%d><ACK=%d><CTL=SYN,ACK> <-- SYN-RECEIVED%n"
                        .formatted(server, client + 1));
                script.append("ESTABLISHED --> <SEQ=%d><ACK=%d><CTL=ACK> --> ESTABLISHED | nothing%n"
                        .formatted(client + 1, server + 1));
                script.append("CLOSED --> <SEQ=%d><ACK=%d><CTL=RST,ACK> --> CLOSED | RST_ACCEPTED%n"
                        .formatted(client + 1, server + 1));
            }
            assertThat(play(script.toString()).connection().incarnations()).isEqualTo(5);
        }

        @Test
        void newSynAfterAConnectAttemptThatNobodyAnswered() {
            play("""
                    SYN-SENT          --> <SEQ=99><CTL=SYN>                      --> SYN-RECEIVED
                    +9 SYN-SENT       --> <SEQ=5000><CTL=SYN>                    --> SYN-RECEIVED | closed TUPLE_REUSED, opened
                    ESTABLISHED       <-- <SEQ=299><ACK=5001><CTL=SYN,ACK>       <-- SYN-RECEIVED | nothing
                    """);
        }

        @Test
        void oldEndThatStillLivesAnswersWithABareAck() { // the client's FIN-WAIT-2 timed out long ago
            var figures = play(ESTABLISHED
                    + """
                            FIN-WAIT-1    --> <SEQ=100><ACK=300><CTL=FIN,ACK>        --> CLOSE-WAIT
                            FIN-WAIT-2    <-- <SEQ=300><ACK=101><CTL=ACK>            <-- CLOSE-WAIT
                            +99 FIN-WAIT-2 --> <SEQ=60000><CTL=SYN>                  --> CLOSE-WAIT   | SYN_ON_SYNCHRONISED
                            FIN-WAIT-2    <-- <SEQ=300><ACK=101><CTL=ACK>            <-- CLOSE-WAIT   | CHALLENGE_ACK
                            SYN-SENT      --> <SEQ=101><CTL=RST>                     --> CLOSED       | RST_ACCEPTED, TUPLE_REUSE_COLLISION, closed TUPLE_REUSED, opened
                            SYN-SENT      --> <SEQ=60000><CTL=SYN>                   --> CLOSED       | SYN_RETRANSMITTED
                            ESTABLISHED   <-- <SEQ=90000><ACK=60001><CTL=SYN,ACK>    <-- SYN-RECEIVED
                            """.replace(
                            "SYN-SENT      --> <SEQ=60000><CTL=SYN>", "+1 SYN-SENT      --> <SEQ=60000><CTL=SYN>"));
            assertThat(figures.connection().startedNanos()).isEqualTo(FigureScript.START_NANOS + 99_005_000_000L);
        }

        @Test
        void oldEndInLastAckMeetsASynFromTimeWait() {
            play(ESTABLISHED + """
                            FIN-WAIT-1    --> <SEQ=100><ACK=300><CTL=FIN,ACK>        --> CLOSE-WAIT
                            TIME-WAIT     <-- <SEQ=300><ACK=101><CTL=FIN,ACK>        <-- LAST-ACK
                            +1 SYN-SENT   --> <SEQ=60000><CTL=SYN>                   --> SYN-RECEIVED | closed TUPLE_REUSED, opened
                            SYN-SENT      <-- <SEQ=301><ACK=101><CTL=ACK>            <-- CLOSED       | CHALLENGE_ACK, TUPLE_REUSE_COLLISION
                            SYN-SENT      --> <SEQ=101><CTL=RST>                     --> CLOSED       | RST_OUT_OF_WINDOW
                            +1 SYN-SENT   --> <SEQ=60000><CTL=SYN>                   --> CLOSED       | SYN_RETRANSMITTED
                            ESTABLISHED   <-- <SEQ=90000><ACK=60001><CTL=SYN,ACK>    <-- SYN-RECEIVED | nothing
                            """);
        }

        @Test
        void closeOfTheOldIncarnationWasNotCaptured() {
            var figures = play(ESTABLISHED + """
                            +9 ESTABLISHED --> <SEQ=60000><CTL=SYN>                  --> ESTABLISHED  | SYN_ON_SYNCHRONISED
                            ESTABLISHED   <-- <SEQ=90000><ACK=60001><CTL=SYN,ACK>    <-- SYN-RECEIVED | closed TUPLE_REUSED, opened
                            ESTABLISHED   --> <SEQ=60001><ACK=90001><CTL=ACK>        --> ESTABLISHED  | nothing
                            """);
            assertThat(figures.left().syns()).isEqualTo(1);
            assertThat(figures.connection().handshakeNanos()).isEqualTo(2_000_000);
        }

        @Test
        void repeatedSynOnASynchronizedConnectionIsInEarnest() {
            play(ESTABLISHED + """
                            +9 ESTABLISHED --> <SEQ=60000><CTL=SYN>                  --> ESTABLISHED  | SYN_ON_SYNCHRONISED
                            +1 SYN-SENT    --> <SEQ=60000><CTL=SYN>                  --> CLOSED       | SYN_RETRANSMITTED, closed TUPLE_REUSED
                            """);
        }

        @Test
        void bothEndsOpenAnew() { // the end of the old incarnation was not captured
            play(ESTABLISHED + """
                            +9 ESTABLISHED --> <SEQ=60000><CTL=SYN>                  --> ESTABLISHED  | SYN_ON_SYNCHRONISED
                            SYN-RECEIVED  <-- <SEQ=90000><CTL=SYN>                   <-- SYN-RECEIVED | closed TUPLE_REUSED, opened
                            """);
        }

        @Test
        void refusalOfTheSynShowsThatTheOldIncarnationIsForgotten() {
            play(ESTABLISHED + """
                            +9 ESTABLISHED --> <SEQ=60000><CTL=SYN>                  --> ESTABLISHED  | SYN_ON_SYNCHRONISED
                            CLOSED        <-- <SEQ=0><ACK=60001><CTL=RST,ACK>        <-- CLOSED       | RST_ACCEPTED, closed REFUSED, opened
                            """);
        }

        @Test
        void senderOfTheSynGoesOnFromIt() { // its answer was not captured
            play(ESTABLISHED + """
                            +9 ESTABLISHED --> <SEQ=60000><CTL=SYN>                  --> ESTABLISHED  | SYN_ON_SYNCHRONISED
                            ESTABLISHED   --> <SEQ=60001><ACK=90001><CTL=ACK>        --> ESTABLISHED  | closed TUPLE_REUSED, opened
                            """);
        }

        @Test
        void synWithFinIsNoClientThatOpensHoweverOftenItComes() {
            var figures = play(ESTABLISHED + """
                            +9 ESTABLISHED --> <SEQ=60000><CTL=SYN,FIN>              --> ESTABLISHED  | SYN_FIN, SYN_ON_SYNCHRONISED
                            +1 ESTABLISHED --> <SEQ=60000><CTL=SYN,FIN>              --> ESTABLISHED  | SYN_FIN, SYN_ON_SYNCHRONISED
                            ESTABLISHED    <-- <SEQ=300><ACK=100><CTL=ACK>           <-- ESTABLISHED  | nothing
                            """);
            assertThat(figures.connection().incarnations()).isEqualTo(1);
        }

        @Test
        void roleMayChangeWithTheIncarnation() {
            var figures = play(CLOSED_BY_CLIENT + """
                            +9 SYN-RECEIVED <-- <SEQ=9000><CTL=SYN>                  <-- SYN-SENT
                            """);
            assertThat(figures.connection().client())
                    .isEqualTo(figures.leftSide().peer());
        }

        @Test
        void handshakeOfTheNewIncarnationIsSeenFromItsAnswerOnly() {
            play(CLOSED_BY_CLIENT + """
                            +9 ESTABLISHED  <-- <SEQ=90000><ACK=60001><CTL=SYN,ACK>  <-- SYN-RECEIVED | closed FINISHED, opened
                            """);
        }
    }

    @Nested
    class LateSegments {

        @Test
        void makeNoGhosts() {
            var figures = play(ESTABLISHED + """
                            CLOSED       --> <SEQ=100><ACK=300><CTL=RST,ACK>      --> CLOSED | RST_ACCEPTED
                            CLOSED       <-- <SEQ=300><ACK=100><CTL=ACK><LEN=9>   <-- CLOSED | LATE_SEGMENT
                            CLOSED       <-- <SEQ=309><ACK=100><CTL=FIN,ACK>      <-- CLOSED | LATE_SEGMENT
                            CLOSED       --> <SEQ=100><CTL=RST>                   --> CLOSED | LATE_SEGMENT
                            """);
            assertThat(figures.connection().incarnations()).isEqualTo(1);
            assertThat(figures.right().uniqueOctets()).isEqualTo(9);
        }

        @Test
        void sayNothingAboutTheHandshakeUnderWay() {
            play(CLOSED_BY_CLIENT + """
                            +61 SYN-SENT  --> <SEQ=60000><CTL=SYN>                   --> SYN-RECEIVED
                            SYN-SENT      <-- <SEQ=299><ACK=100><CTL=SYN,ACK>        <-- SYN-RECEIVED | LATE_SEGMENT
                            SYN-SENT      <-- <SEQ=301><ACK=101><CTL=ACK>            <-- CLOSED       | CHALLENGE_ACK, TUPLE_REUSE_COLLISION
                            +1 SYN-SENT   --> <SEQ=60000><CTL=SYN>                   --> CLOSED       | SYN_RETRANSMITTED
                            ESTABLISHED   <-- <SEQ=90000><ACK=60001><CTL=SYN,ACK>    <-- SYN-RECEIVED
                            SYN-SENT      --> <SEQ=60000><CTL=SYN>                   --> SYN-RECEIVED | SYN_RETRANSMITTED
                            """);
        }

        @Test
        void oldSynIsNotANewIncarnation() {
            play(CLOSED_BY_CLIENT + """
                            +1.0 SYN-SENT --> <SEQ=60000><CTL=SYN>                    --> SYN-RECEIVED
                            SYN-SENT      --> <SEQ=99><CTL=SYN>                       --> SYN-RECEIVED | LATE_SEGMENT
                            SYN-SENT      <-- <SEQ=299><ACK=100><CTL=SYN,ACK>         <-- SYN-RECEIVED | LATE_SEGMENT
                            """);
        }

        @Test
        void streamWithOtherNumbersIsANewIncarnationWhoseHandshakeWasMissed() {
            var figures = play(ESTABLISHED + """
                            CLOSED         --> <SEQ=100><ACK=300><CTL=RST,ACK>              --> CLOSED
                            +9 ESTABLISHED --> <SEQ=77000000><ACK=88000000><CTL=ACK><LEN=9> --> ESTABLISHED | opened
                            """);
            assertThat(figures.connection().partial()).isTrue();
        }

        @Test
        void closedConnectionMayBeForgottenAfterAMinute() {
            Connection connection = play(ESTABLISHED
                            + "CLOSED --> <SEQ=100><ACK=300><CTL=RST,ACK> --> CLOSED | RST_ACCEPTED, closed RESET")
                    .connection();
            long last = connection.lastNanos();
            assertThat(connection.armedSinceNanos(Timeout.FORGET)).isEqualTo(last);
            assertThat(connection.forgettable(last + 59_999_999_999L)).isFalse();
            assertThat(connection.forgettable(last + 60_000_000_000L)).isTrue();
        }
    }

    @Nested
    class MidStream {

        @Test
        void dataProvesThatBothEndsAreEstablished() {
            var figures = play("""
                    ESTABLISHED  --> <SEQ=5000><ACK=9000><CTL=ACK><LEN=9>  --> ESTABLISHED | opened
                    ESTABLISHED  <-- <SEQ=9000><ACK=5009><CTL=ACK><LEN=9>  <-- ESTABLISHED | nothing
                    """);
            Connection connection = figures.connection();
            assertThat(connection.partial()).isTrue();
            assertThat(connection.initiator()).isEqualTo(Initiator.INFERRED);
            assertThat(connection.client()).as("higher port").isEqualTo(figures.leftSide());
            assertThat(connection.closeOrderUnknown()).isFalse();
            assertThat(connection.connState()).isEqualTo("OTH");
        }

        @Test
        void serverIsSeenFirst() {
            var figures = play("""
                    ESTABLISHED  <-- <SEQ=9000><ACK=5009><CTL=ACK><LEN=9>  <-- ESTABLISHED | opened
                    """);
            assertThat(figures.connection().client()).isEqualTo(figures.leftSide());
            assertThat(figures.connection().history()).isEqualTo("^d");
        }

        @Test
        void socketTableKnowsTheServer() {
            var figures = play("""
                    ESTABLISHED  --> <SEQ=5000><ACK=9000><CTL=ACK><LEN=9>  --> ESTABLISHED
                    """);
            Connection connection = figures.connection();
            connection.listenerIs(figures.leftSide());
            assertThat(connection.client()).isEqualTo(figures.leftSide().peer());
            assertThat(connection.role(figures.leftSide())).isEqualTo(Role.SERVER);
            assertThat(connection.history()).isEqualTo("D^");
        }

        @Test
        void firstSegmentIsAFin() {
            var figures = play("""
                    FIN-WAIT-1   --> <SEQ=5000><ACK=9000><CTL=FIN,ACK>     --> CLOSE-WAIT
                    FIN-WAIT-2   <-- <SEQ=9000><ACK=5001><CTL=ACK>         <-- CLOSE-WAIT
                    """);
            assertThat(figures.connection().closeOrderUnknown()).isTrue();
        }

        @Test
        void acknowledgmentOfAFinThatWasNotSeenProvesNothingButTheAcknowledgment() {
            play("""
                    ESTABLISHED  --> <SEQ=5000><ACK=9000><CTL=ACK>         --> ESTABLISHED
                    CLOSE-WAIT   <-- <SEQ=9000><ACK=5000><CTL=FIN,ACK>     <-- FIN-WAIT-1
                    CLOSE-WAIT   --> <SEQ=5000><ACK=9001><CTL=ACK>         --> FIN-WAIT-2
                    """);
        }

        @Test
        void onlyAResetIsSeen() {
            var figures = play("""
                    CLOSED       --> <SEQ=5000><CTL=RST>                   --> CLOSED | RST_ACCEPTED, opened, closed RESET
                    CLOSED       --> <SEQ=70000000><CTL=RST>               --> CLOSED | LATE_SEGMENT
                    """);
            assertThat(figures.connection().incarnations()).isEqualTo(1);
        }

        @Test
        void scannersFinIsShownForWhatItPretends() {
            play("""
                    FIN-WAIT-1   --> <SEQ=5000><CTL=FIN>                   --> CLOSED | NO_ACK
                    CLOSED       <-- <SEQ=0><ACK=5001><CTL=RST,ACK>        <-- CLOSED | RST_ACCEPTED, closed RESET
                    """);
        }

        @Test
        void firstSegmentsAreOutOfOrder() {
            var figures = play("""
                    ESTABLISHED  --> <SEQ=5010><ACK=9000><CTL=ACK><LEN=10> --> ESTABLISHED
                    ESTABLISHED  --> <SEQ=5000><ACK=9000><CTL=ACK><LEN=10> --> ESTABLISHED | OUT_OF_ORDER
                    ESTABLISHED  <-- <SEQ=9000><ACK=5020><CTL=ACK>         <-- ESTABLISHED | nothing
                    """);
            assertThat(figures.left().uniqueOctets()).isEqualTo(20);
            assertThat(figures.left().missedOctets()).isZero();
        }
    }
}
