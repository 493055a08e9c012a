package io.loopscope.processor.tcp;

import static io.loopscope.processor.tcp.Figures.play;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ClosingTest {

    private static final String ESTABLISHED = """
            SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
            ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- SYN-RECEIVED
            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>      --> ESTABLISHED
            """;

    @Nested
    class NormalClose { // RFC 9293 3.6, Figure 12

        @Test
        void clientClosesFirst() {
            var figures = play(ESTABLISHED + """
                            FIN-WAIT-1   --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                            FIN-WAIT-2   <-- <SEQ=300><ACK=101><CTL=ACK>      <-- CLOSE-WAIT
                            TIME-WAIT    <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK
                            TIME-WAIT    --> <SEQ=101><ACK=301><CTL=ACK>      --> CLOSED    | nothing
                            +59.998 TIME-WAIT ~~~                                 CLOSED
                            +0.002 CLOSED     ~~~                                 CLOSED    | closed FINISHED
                            """);
            assertThat(figures.connection().finished()).isTrue();
            assertThat(figures.connection().firstFin()).isEqualTo(figures.leftSide());
            assertThat(figures.connection().history()).isEqualTo("ShAFafA".substring(0, 6));
            assertThat(figures.connection().connState()).isEqualTo("SF");
        }

        @Test
        void serverClosesFirst() {
            var figures = play(ESTABLISHED + """
                            CLOSE-WAIT   <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <-- FIN-WAIT-1
                            CLOSE-WAIT   --> <SEQ=100><ACK=301><CTL=ACK>      --> FIN-WAIT-2
                            LAST-ACK     --> <SEQ=100><ACK=301><CTL=FIN,ACK>  --> TIME-WAIT
                            CLOSED       <-- <SEQ=301><ACK=101><CTL=ACK>      <-- TIME-WAIT
                            """);
            assertThat(figures.connection().firstFin())
                    .isEqualTo(figures.leftSide().peer());
        }

        @Test
        void followerThatClosesAtOnceTakesTwoStepsOnOnePacket() {
            play(ESTABLISHED + """
                            FIN-WAIT-1   --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                            TIME-WAIT    <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK  | left FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT
                            TIME-WAIT    --> <SEQ=101><ACK=301><CTL=ACK>      --> CLOSED
                            """);
        }

        @Test
        void finIsAcknowledgedAndItsReceiverClosesWithTheSamePacketThatProvesTheReceipt() {
            play(ESTABLISHED + """
                            ESTABLISHED  <-- <SEQ=300><ACK=100><CTL=ACK><LEN=50>      <-- ESTABLISHED
                            FIN-WAIT-1   --> <SEQ=110><ACK=350><CTL=FIN,ACK>          --> ESTABLISHED | GAP
                            TIME-WAIT    <-- <SEQ=350><ACK=111><CTL=FIN,ACK>          <-- LAST-ACK  | CAPTURE_LOSS, right ESTABLISHED CLOSE-WAIT LAST-ACK
                            """);
        }

        @Test
        void finCarriesData() {
            var figures = play(ESTABLISHED + """
                            FIN-WAIT-1   --> <SEQ=100><ACK=300><CTL=FIN,ACK><LEN=20>  --> CLOSE-WAIT
                            FIN-WAIT-2   <-- <SEQ=300><ACK=121><CTL=ACK>              <-- CLOSE-WAIT
                            TIME-WAIT    <-- <SEQ=300><ACK=121><CTL=FIN,ACK><LEN=30>  <-- LAST-ACK
                            TIME-WAIT    --> <SEQ=121><ACK=331><CTL=ACK>              --> CLOSED
                            """);
            assertThat(figures.left().uniqueOctets()).isEqualTo(20);
            assertThat(figures.right().uniqueOctets()).isEqualTo(30);
        }

        @Test
        void acknowledgmentOfTheDataBeforeTheFinIsNotTheAcknowledgmentOfTheFin() {
            play(ESTABLISHED + """
                            FIN-WAIT-1   --> <SEQ=100><ACK=300><CTL=FIN,ACK><LEN=20>  --> CLOSE-WAIT
                            FIN-WAIT-1   <-- <SEQ=300><ACK=120><CTL=ACK>              <-- CLOSE-WAIT
                            FIN-WAIT-2   <-- <SEQ=300><ACK=121><CTL=ACK>              <-- CLOSE-WAIT
                            """);
        }

        @Test
        void serverClosesBeforeTheHandshakeIsAcknowledged() {
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- SYN-RECEIVED
                    CLOSE-WAIT   <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <-- FIN-WAIT-1
                    CLOSE-WAIT   --> <SEQ=100><ACK=301><CTL=ACK>      --> FIN-WAIT-2
                    """);
        }
    }

    @Nested
    class SimultaneousClose { // RFC 9293 3.6, Figure 13

        @Test
        void finsCross() {
            play(ESTABLISHED + """
                            FIN-WAIT-1   --> <SEQ=100><ACK=300><CTL=FIN,ACK>  ... CLOSE-WAIT
                            CLOSING      <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <-- CLOSING   | right CLOSE-WAIT FIN-WAIT-1 CLOSING
                            CLOSING      --> <SEQ=101><ACK=301><CTL=ACK>      ... TIME-WAIT
                            TIME-WAIT    <-- <SEQ=301><ACK=101><CTL=ACK>      <-- TIME-WAIT
                            +60 CLOSED   ~~~                                      CLOSED    | closed FINISHED
                            """);
        }

        @Test
        void repeatedFinThatCrossesItsAcknowledgmentTakesNothingBack() { // as BSD answers a FIN in CLOSING
            play(ESTABLISHED + """
                            CLOSE-WAIT        <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <-- FIN-WAIT-1
                            CLOSING           --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSING
                            TIME-WAIT         <-- <SEQ=301><ACK=101><CTL=ACK>      <-- CLOSING
                            +0.0004 TIME-WAIT --> <SEQ=100><ACK=301><CTL=FIN,ACK>  --> TIME-WAIT | FIN_RETRANSMITTED_SPURIOUSLY
                            TIME-WAIT         --> <SEQ=101><ACK=301><CTL=ACK>      --> TIME-WAIT | nothing
                            """);
        }

        @Test
        void soItIsWithinTheRoundTripOfTheHandshake() {
            play("""
                            SYN-SENT          --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
                            +0.05 ESTABLISHED <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- SYN-RECEIVED
                            +0.05 ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK>      --> ESTABLISHED
                            CLOSE-WAIT        <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <-- FIN-WAIT-1
                            CLOSING           --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSING
                            TIME-WAIT         <-- <SEQ=301><ACK=101><CTL=ACK>      <-- CLOSING
                            +0.09 TIME-WAIT   --> <SEQ=100><ACK=301><CTL=FIN,ACK>  --> TIME-WAIT | FIN_RETRANSMITTED_SPURIOUSLY
                            """);
        }

        @Test
        void finThatCrossedAnotherAndWasLostIsRepeated() {
            play(ESTABLISHED + """
                            FIN-WAIT-1      --> <SEQ=100><ACK=300><CTL=FIN,ACK>  ... CLOSE-WAIT
                            CLOSING         <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <-- CLOSING
                            +0.2 CLOSING    --> <SEQ=100><ACK=301><CTL=FIN,ACK>  ... FIN-WAIT-2 | FIN_RETRANSMITTED, right CLOSING FIN-WAIT-1 FIN-WAIT-2
                            TIME-WAIT       <-- <SEQ=301><ACK=101><CTL=ACK>      <-- TIME-WAIT
                            """);
        }
    }

    @Nested
    class Retransmission { // a repetition takes conclusions back

        @Test
        void finThatIsRepeatedWithoutAnAcknowledgmentNeverCame() {
            var figures = play(ESTABLISHED + """
                            FIN-WAIT-1        --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                            +0.21 FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> ESTABLISHED | FIN_RETRANSMITTED, right CLOSE-WAIT ESTABLISHED
                            +0.41 FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> ESTABLISHED | FIN_RETRANSMITTED
                            FIN-WAIT-2        <-- <SEQ=300><ACK=101><CTL=ACK>      <-- CLOSE-WAIT  | nothing
                            """);
            assertThat(figures.left().finRetransmissions()).isEqualTo(2);
            assertThat(figures.left().retransmissions()).isZero();
        }

        @Test
        void finThatIsRepeatedAfterItsAcknowledgmentHasNotGotIt() {
            play(ESTABLISHED + """
                            FIN-WAIT-1        --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                            FIN-WAIT-2        <-- <SEQ=300><ACK=101><CTL=ACK>      <-- CLOSE-WAIT
                            +0.21 FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT  | FIN_RETRANSMITTED_SPURIOUSLY
                            FIN-WAIT-2        <-- <SEQ=300><ACK=101><CTL=ACK>      <-- CLOSE-WAIT  | nothing
                            """);
        }

        @Test
        void lastAcknowledgmentIsLost() {
            play(ESTABLISHED + """
                            FIN-WAIT-1        --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                            TIME-WAIT         <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK
                            TIME-WAIT         --> <SEQ=101><ACK=301><CTL=ACK>      --> CLOSED
                            +0.21 TIME-WAIT   <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK  | FIN_RETRANSMITTED_SPURIOUSLY
                            TIME-WAIT         --> <SEQ=101><ACK=301><CTL=ACK>      --> CLOSED    | nothing
                            +59.9 TIME-WAIT   ~~~                                      CLOSED                      # 2 MSL start again
                            +0.1 CLOSED       ~~~                                      CLOSED    | closed FINISHED
                            """);
        }

        @Test
        void secondFinIsLost() {
            play(ESTABLISHED + """
                            FIN-WAIT-1        --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                            TIME-WAIT         <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK
                            +0.21 FIN-WAIT-2  <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK  | FIN_RETRANSMITTED
                            TIME-WAIT         --> <SEQ=101><ACK=301><CTL=ACK>      --> CLOSED
                            """);
        }

        @Test
        void finNobodyAcknowledgesIsGivenUp() {
            play(ESTABLISHED + """
                            FIN-WAIT-1        --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                            +0.21 FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> ESTABLISHED
                            +130 CLOSED       ~~~                                      ESTABLISHED | left FIN-WAIT-1 CLOSED
                            """);
        }

        @Test
        void finBehindDataThatIsRepeatedDoesNotCountYet() {
            play(ESTABLISHED + """
                            ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK><LEN=20>  --> ESTABLISHED
                            FIN-WAIT-1        --> <SEQ=120><ACK=300><CTL=FIN,ACK>      --> CLOSE-WAIT
                            FIN-WAIT-1        <-- <SEQ=300><ACK=100><CTL=ACK>          <-- CLOSE-WAIT
                            +0.21 FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=ACK><LEN=20>  --> ESTABLISHED | RETRANSMISSION, right CLOSE-WAIT ESTABLISHED
                            FIN-WAIT-2        <-- <SEQ=300><ACK=121><CTL=ACK>          <-- CLOSE-WAIT  | nothing
                            """);
        }

        @Test
        void finCapturedTwiceIsNoRetransmission() {
            var figures = play(ESTABLISHED + """
                            FIN-WAIT-1         --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                            +0.00001 FIN-WAIT-1 --> <SEQ=100><ACK=300><CTL=FIN,ACK> --> CLOSE-WAIT | CAPTURED_TWICE
                            """);
            assertThat(figures.left().finRetransmissions()).isZero();
            assertThat(figures.left().fins()).isEqualTo(2);
        }
    }

    @Nested
    class Gaps {

        @Test
        void finAheadOfMissingDataDoesNotCountUntilTheGapIsFilled() {
            play(ESTABLISHED + """
                            FIN-WAIT-1   --> <SEQ=120><ACK=300><CTL=FIN,ACK>        --> ESTABLISHED | GAP
                            FIN-WAIT-1   <-- <SEQ=300><ACK=100><CTL=ACK>            <-- ESTABLISHED | nothing
                            +0.2 FIN-WAIT-1 --> <SEQ=100><ACK=300><CTL=ACK><LEN=20> --> CLOSE-WAIT  | RETRANSMISSION
                            FIN-WAIT-2   <-- <SEQ=300><ACK=121><CTL=ACK>            <-- CLOSE-WAIT
                            """);
        }

        @Test
        void finAheadOfMissingDataCountsWhenItIsAcknowledged() {
            var figures = play(ESTABLISHED + """
                            FIN-WAIT-1   --> <SEQ=120><ACK=300><CTL=FIN,ACK>        --> ESTABLISHED | GAP
                            FIN-WAIT-2   <-- <SEQ=300><ACK=121><CTL=ACK>            <-- CLOSE-WAIT  | CAPTURE_LOSS
                            """);
            assertThat(figures.left().missedOctets()).isEqualTo(20);
            assertThat(figures.connection().history()).isEqualTo("ShAFaG");
        }

        @Test
        void acknowledgmentIsCapturedBeforeTheFin() {
            play(ESTABLISHED + """
                            ESTABLISHED  <-- <SEQ=300><ACK=101><CTL=ACK>            <-- ESTABLISHED
                            FIN-WAIT-2   --> <SEQ=100><ACK=300><CTL=FIN,ACK>        --> CLOSE-WAIT | left ESTABLISHED FIN-WAIT-1 FIN-WAIT-2
                            """);
        }

        @Test
        void dataAfterTheFinIsNothingAStackSends() {
            play(ESTABLISHED + """
                            FIN-WAIT-1   --> <SEQ=100><ACK=300><CTL=FIN,ACK>         --> CLOSE-WAIT
                            FIN-WAIT-1   --> <SEQ=101><ACK=300><CTL=ACK><LEN=10>     --> CLOSE-WAIT | DATA_AFTER_FIN
                            FIN-WAIT-1   --> <SEQ=111><ACK=300><CTL=FIN,ACK>         --> CLOSE-WAIT | GAP, DATA_AFTER_FIN
                            """);
        }
    }

    @Nested
    class HalfClosed { // RFC 9293 3.6.1

        @Test
        void silenceBeginsAgainWithEachNewSegmentOfData() {
            var figures = play(ESTABLISHED + """
                            FIN-WAIT-1      --> <SEQ=100><ACK=300><CTL=FIN,ACK>        --> CLOSE-WAIT
                            FIN-WAIT-2      <-- <SEQ=300><ACK=101><CTL=ACK>            <-- CLOSE-WAIT
                            +10 FIN-WAIT-2  <-- <SEQ=300><ACK=101><CTL=ACK><LEN=50>    <-- CLOSE-WAIT
                            FIN-WAIT-2      --> <SEQ=101><ACK=350><CTL=ACK>            --> CLOSE-WAIT
                            +10 FIN-WAIT-2  <-- <SEQ=300><ACK=101><CTL=ACK><LEN=50>    <-- CLOSE-WAIT | RETRANSMISSION
                            """);
            long newData = FigureScript.START_NANOS + 10_005_000_000L;
            Side left = figures.leftSide();
            assertThat(figures.connection().silentSinceNanos(left)).isEqualTo(newData);
            assertThat(figures.connection().silentSinceNanos(left.peer())).isEqualTo(newData);
            assertThat(figures.right().sinceNanos()).isEqualTo(newData - 10_001_000_000L);
        }

        @Test
        void orphanIsNotAssumedToBeGoneWithoutEvidence() {
            play(ESTABLISHED + """
                            FIN-WAIT-1      --> <SEQ=100><ACK=300><CTL=FIN,ACK>        --> CLOSE-WAIT
                            FIN-WAIT-2      <-- <SEQ=300><ACK=101><CTL=ACK>            <-- CLOSE-WAIT
                            +90 FIN-WAIT-2  ~~~                                            CLOSE-WAIT
                            FIN-WAIT-2      <-- <SEQ=300><ACK=101><CTL=ACK><LEN=50>    <-- CLOSE-WAIT
                            CLOSED          --> <SEQ=101><CTL=RST>                     --> CLOSED     | RST_ACCEPTED, closed RESET
                            """);
        }
    }
}
