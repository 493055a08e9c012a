package io.loopscope.processor.tcp;

import static io.loopscope.processor.tcp.Figures.play;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TextTest {

    private static final String ESTABLISHED = """
            SYN-SENT     --> <SEQ=99><CTL=SYN><WSOPT=7>                --> SYN-RECEIVED
            ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK><WSOPT=7>  <-- SYN-RECEIVED
            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><WND=512>      --> ESTABLISHED
            """;

    @Nested
    class DataCommunication { // RFC 9293 3.8

        @Test
        void dataFlowsBothWays() {
            var figures = play(ESTABLISHED + """
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=PSH,ACK><LEN=10><WND=512>  --> ESTABLISHED | nothing
                            ESTABLISHED  <-- <SEQ=300><ACK=110><CTL=PSH,ACK><LEN=70><WND=512>  <-- ESTABLISHED | nothing
                            ESTABLISHED  --> <SEQ=110><ACK=370><CTL=ACK><WND=512>              --> ESTABLISHED | nothing
                            """);
            assertThat(figures.left().octets()).isEqualTo(10);
            assertThat(figures.right().octets()).isEqualTo(70);
            assertThat(figures.left().segments()).isEqualTo(4);
            assertThat(figures.left().window()).isEqualTo(512 << 7);
            assertThat(figures.right().roundTripNanos()).isEqualTo(1_000_000);
            assertThat(figures.connection().history()).isEqualTo("ShADd");
        }

        @Test
        void segmentsOf64KilobytesAreOneSegment() { // generic segmentation offload
            var figures = play(ESTABLISHED + """
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=65483><WND=512>   --> ESTABLISHED | nothing
                            ESTABLISHED  --> <SEQ=65583><ACK=300><CTL=ACK><LEN=65483><WND=512> --> ESTABLISHED | nothing
                            """);
            assertThat(figures.left().uniqueOctets()).isEqualTo(2 * 65483);
        }

        @Test
        void transferLongerThanSequenceSpaceIsCountedOnce() { // RFC 9293 3.4: numbers come up again after 2^32 octets
            var figures = play("""
                    ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>                --> ESTABLISHED
                    ESTABLISHED       <-- <SEQ=300><ACK=110><CTL=ACK>                        <-- ESTABLISHED
                    ESTABLISHED       --> <SEQ=120><ACK=300><CTL=ACK><LEN=999999980>         --> ESTABLISHED | GAP
                    ESTABLISHED       <-- <SEQ=300><ACK=1000000100><CTL=ACK>                 <-- ESTABLISHED | CAPTURE_LOSS
                    ESTABLISHED       --> <SEQ=1000000100><ACK=300><CTL=ACK><LEN=1000000000> --> ESTABLISHED | nothing
                    ESTABLISHED       <-- <SEQ=300><ACK=2000000100><CTL=ACK>                 <-- ESTABLISHED | nothing
                    ESTABLISHED       --> <SEQ=2000000100><ACK=300><CTL=ACK><LEN=1000000000> --> ESTABLISHED | nothing
                    +0.21 ESTABLISHED --> <SEQ=2999999100><ACK=300><CTL=ACK><LEN=1000>       --> ESTABLISHED | RETRANSMISSION
                    ESTABLISHED       <-- <SEQ=300><ACK=3000000100><CTL=ACK>                 <-- ESTABLISHED | nothing
                    ESTABLISHED       --> <SEQ=3000000100><ACK=300><CTL=ACK><LEN=1000000000> --> ESTABLISHED | nothing
                    ESTABLISHED       <-- <SEQ=300><ACK=4000000100><CTL=ACK>                 <-- ESTABLISHED | nothing
                    ESTABLISHED       --> <SEQ=4000000100><ACK=300><CTL=ACK><LEN=1000000000> --> ESTABLISHED | nothing
                    ESTABLISHED       <-- <SEQ=300><ACK=705032804><CTL=ACK>                  <-- ESTABLISHED | nothing
                    """);
            assertThat(figures.left().uniqueOctets()).isEqualTo(4_999_999_990L);
            assertThat(figures.left().gaps()).isEqualTo(1);
            assertThat(figures.left().missedOctets()).isEqualTo(10);
        }

        @Test
        void dataAgainIsARetransmission() {
            var figures = play(ESTABLISHED + """
                            ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED
                            +0.21 ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | RETRANSMISSION
                            +0.41 ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | RETRANSMISSION
                            """);
            assertThat(figures.left().retransmissions()).isEqualTo(2);
            assertThat(figures.left().unansweredRetransmissions()).isEqualTo(2);
            assertThat(figures.left().uniqueOctets()).isEqualTo(10);
            assertThat(figures.connection().history()).isEqualTo("ShADT");
        }

        @Test
        void anyAnswerEndsTheCountOfUnansweredRetransmissions() {
            var figures = play(ESTABLISHED + """
                            ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED
                            +0.21 ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | RETRANSMISSION
                            ESTABLISHED       <-- <SEQ=300><ACK=100><CTL=ACK>          <-- ESTABLISHED
                            """);
            assertThat(figures.left().unansweredRetransmissions()).isZero();
            assertThat(figures.left().retransmissions()).isEqualTo(1);
        }

        @Test
        void segmentThatWasOvertakenIsNoRetransmission() {
            var figures = play(ESTABLISHED + """
                            ESTABLISHED  --> <SEQ=110><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | GAP
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | OUT_OF_ORDER
                            ESTABLISHED  <-- <SEQ=300><ACK=120><CTL=ACK>          <-- ESTABLISHED | nothing
                            """);
            assertThat(figures.left().outOfOrder()).isEqualTo(1);
            assertThat(figures.left().retransmissions()).isZero();
            assertThat(figures.left().uniqueOctets()).isEqualTo(20);
            assertThat(figures.left().missedOctets()).isZero();
        }

        @Test
        void segmentMayBeOvertakenForAsLongAsTheHandshakeTookARoundTrip() {
            var figures = play("""
                            SYN-SENT           --> <SEQ=99><CTL=SYN>                   --> SYN-RECEIVED
                            +0.1 ESTABLISHED   <-- <SEQ=299><ACK=100><CTL=SYN,ACK>     <-- SYN-RECEIVED
                            +0.1 ESTABLISHED   --> <SEQ=100><ACK=300><CTL=ACK>         --> ESTABLISHED
                            ESTABLISHED        --> <SEQ=110><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED | GAP
                            +0.15 ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=10> --> ESTABLISHED | OUT_OF_ORDER
                            """);
            assertThat(figures.left().retransmissions()).isZero();
        }

        @Test
        void gapThatIsFilledLateIsARetransmission() {
            var figures = play(ESTABLISHED + """
                            ESTABLISHED       --> <SEQ=110><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | GAP
                            +0.21 ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | RETRANSMISSION
                            """);
            assertThat(figures.left().retransmissions()).isEqualTo(1);
        }

        @Test
        void acknowledgedButNeverCapturedIsCaptureLoss() {
            var figures = play(ESTABLISHED + """
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | nothing
                            ESTABLISHED  <-- <SEQ=300><ACK=130><CTL=ACK>          <-- ESTABLISHED | nothing
                            ESTABLISHED  --> <SEQ=130><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | CAPTURE_LOSS, GAP
                            """);
            assertThat(figures.left().missedOctets()).isEqualTo(20);
            assertThat(figures.left().gaps()).isEqualTo(1);
            assertThat(figures.connection().history()).isEqualTo("ShADaG");
        }

        @Test
        void acknowledgmentThatIsCapturedBeforeItsDataIsNoLoss() {
            var figures = play(ESTABLISHED + """
                            ESTABLISHED  <-- <SEQ=300><ACK=110><CTL=ACK>          <-- ESTABLISHED | nothing
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | nothing
                            """);
            assertThat(figures.left().missedOctets()).isZero();
        }

        @Test
        void captureLossBeyondTheWindowIsBelievedWhenTheAcknowledgmentConfirmsIt() {
            var figures = play(ESTABLISHED + """
                            +9 ESTABLISHED  --> <SEQ=99000000><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | OUT_OF_WINDOW
                            ESTABLISHED     <-- <SEQ=300><ACK=99000010><CTL=ACK>          <-- ESTABLISHED | CAPTURE_LOSS, GAP
                            ESTABLISHED     --> <SEQ=99000010><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | nothing
                            FIN-WAIT-1      --> <SEQ=99000020><ACK=300><CTL=FIN,ACK>      --> CLOSE-WAIT  | nothing
                            """.replace("CAPTURE_LOSS, GAP", "GAP, CAPTURE_LOSS"));
            assertThat(figures.left().missedOctets()).isEqualTo(98999900);
        }

        @Test
        void finAfterALongLossOfCapture() {
            play(ESTABLISHED + """
                            +9 ESTABLISHED  --> <SEQ=99000000><ACK=300><CTL=FIN,ACK><LEN=10> --> ESTABLISHED | OUT_OF_WINDOW
                            FIN-WAIT-2      <-- <SEQ=300><ACK=99000011><CTL=ACK>             <-- CLOSE-WAIT
                            """);
        }

        @Test
        void finThatFollowsOnWhatItsSenderSentIsBelievedWhateverItAcknowledges() {
            play(ESTABLISHED + """
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><WND=1000>      --> ESTABLISHED
                            +9 FIN-WAIT-1 --> <SEQ=100><ACK=90000><CTL=FIN,ACK>         --> CLOSE-WAIT
                            """);
        }

        @Test
        void finThatIsStrangeInBothNumbersIsBelievedWhenAnAnswerConfirmsIt() {
            play(ESTABLISHED + """
                            +9 ESTABLISHED <-- <SEQ=400><ACK=90000><CTL=FIN,ACK>        <-- ESTABLISHED | ACK_OF_UNSENT
                            CLOSE-WAIT   --> <SEQ=90000><ACK=401><CTL=ACK>              --> FIN-WAIT-2
                            """);
        }

        @Test
        void finThatAcknowledgesAStrangeNumberIsBelievedWhenItsSenderGoesOn() {
            play(ESTABLISHED + """
                            +9 ESTABLISHED --> <SEQ=5000><ACK=90000><CTL=FIN,ACK>       --> ESTABLISHED | ACK_OF_UNSENT
                            FIN-WAIT-1     --> <SEQ=5001><ACK=90010><CTL=ACK>           --> ESTABLISHED
                            """);
        }

        @Test
        void streamWhoseBeginningWasMissedIsBelievedWhenBothEndsSpeakOfIt() {
            play(ESTABLISHED + """
                            +9 ESTABLISHED --> <SEQ=70000000><ACK=90000000><CTL=ACK><LEN=5> --> ESTABLISHED | ACK_OF_UNSENT
                            ESTABLISHED    <-- <SEQ=90000000><ACK=70000005><CTL=ACK>        <-- ESTABLISHED
                            FIN-WAIT-1     --> <SEQ=70000005><ACK=90000000><CTL=FIN,ACK>    --> CLOSE-WAIT
                            """);
        }

        @Test
        void dataFarOutsideTheWindowIsNotBelieved() {
            var figures = play(ESTABLISHED + """
                            ESTABLISHED  --> <SEQ=99000000><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | OUT_OF_WINDOW
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>       --> ESTABLISHED | nothing
                            ESTABLISHED  <-- <SEQ=300><ACK=110><CTL=ACK>               <-- ESTABLISHED | nothing
                            """);
            assertThat(figures.left().uniqueOctets()).isEqualTo(10);
        }

        @Test
        void acknowledgmentOfWhatCannotHaveBeenSentIsDropped() { // RFC 5961 5
            play(ESTABLISHED + """
                            ESTABLISHED  <-- <SEQ=300><ACK=99000000><CTL=ACK>     <-- ESTABLISHED | ACK_OF_UNSENT
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>  --> ESTABLISHED | nothing
                            ESTABLISHED  <-- <SEQ=300><ACK=110><CTL=ACK>          <-- ESTABLISHED | nothing
                            """);
        }

        @Test
        void oldTimestampIsRejected() { // PAWS, RFC 7323 5
            var figures = play(ESTABLISHED + """
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=10><TSVAL=5000><TSECR=1>  --> ESTABLISHED | nothing
                            ESTABLISHED  <-- <SEQ=300><ACK=110><CTL=ACK><TSVAL=1><TSECR=5000>          <-- ESTABLISHED | nothing
                            ESTABLISHED  --> <SEQ=110><ACK=300><CTL=FIN,ACK><TSVAL=4000><TSECR=1>      --> ESTABLISHED | PAWS_REJECTED
                            ESTABLISHED  --> <SEQ=110><ACK=300><CTL=ACK><LEN=10><TSVAL=5001><TSECR=1>  --> ESTABLISHED | nothing
                            """);
            assertThat(figures.left().uniqueOctets()).isEqualTo(20);
        }

        @Test
        void timestampsMayWrap() {
            play(ESTABLISHED + """
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=10><TSVAL=4294967295><TSECR=1>  --> ESTABLISHED | nothing
                            ESTABLISHED  <-- <SEQ=300><ACK=110><CTL=ACK><TSVAL=1><TSECR=4294967295>          <-- ESTABLISHED | nothing
                            ESTABLISHED  --> <SEQ=110><ACK=300><CTL=ACK><LEN=10><TSVAL=3><TSECR=1>           --> ESTABLISHED | nothing
                            """);
        }

        @Test
        void oddFlagsAreCountedAndChangeNothing() {
            play(ESTABLISHED + """
                            ESTABLISHED  --> <SEQ=100><CTL=>                  --> ESTABLISHED | NO_FLAGS
                            ESTABLISHED  --> <SEQ=100><CTL=PSH><LEN=5>        --> ESTABLISHED | NO_ACK
                            ESTABLISHED  --> <SEQ=100><CTL=FIN>               --> ESTABLISHED | NO_ACK
                            """);
        }
    }

    @Nested
    class KeepAlives { // RFC 9293 3.8.4

        @Test
        void probesAreAnswered() {
            var figures = play(ESTABLISHED + """
                            +10 ESTABLISHED  --> <SEQ=99><ACK=300><CTL=ACK>          --> ESTABLISHED | KEEPALIVE_PROBE
                            ESTABLISHED      <-- <SEQ=300><ACK=100><CTL=ACK>         <-- ESTABLISHED | KEEPALIVE_ANSWERED
                            +10 ESTABLISHED  --> <SEQ=99><ACK=300><CTL=ACK><LEN=1>   --> ESTABLISHED | KEEPALIVE_PROBE
                            +1 ESTABLISHED   --> <SEQ=99><ACK=300><CTL=ACK><LEN=1>   --> ESTABLISHED | KEEPALIVE_PROBE
                            """);
            assertThat(figures.left().unansweredKeepalives()).isEqualTo(2);
            assertThat(figures.left().retransmissions()).isZero();
        }

        @Test
        void oneOctetThatWasNotAcknowledgedIsARetransmission() {
            play(ESTABLISHED + """
                            ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK><LEN=1>  --> ESTABLISHED | nothing
                            +0.21 ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=1>  --> ESTABLISHED | RETRANSMISSION
                            """);
        }

        @Test
        void midStreamKeepaliveIsNoLoss() {
            var figures = play("""
                    ESTABLISHED      --> <SEQ=99><ACK=300><CTL=ACK>          --> ESTABLISHED | opened
                    ESTABLISHED      <-- <SEQ=300><ACK=100><CTL=ACK>         <-- ESTABLISHED | nothing
                    +10 ESTABLISHED  --> <SEQ=99><ACK=300><CTL=ACK>          --> ESTABLISHED | KEEPALIVE_PROBE
                    ESTABLISHED      <-- <SEQ=300><ACK=100><CTL=ACK>         <-- ESTABLISHED | KEEPALIVE_ANSWERED
                    """);
            assertThat(figures.left().missedOctets()).isZero();
        }

        @Test
        void acknowledgmentThatAFinOvertookIsNoProbe() {
            play(ESTABLISHED + """
                            FIN-WAIT-1      --> <SEQ=100><ACK=300><CTL=FIN,ACK>      --> CLOSE-WAIT
                            FIN-WAIT-2      <-- <SEQ=300><ACK=101><CTL=ACK>          <-- CLOSE-WAIT
                            FIN-WAIT-2      --> <SEQ=100><ACK=300><CTL=ACK>          --> CLOSE-WAIT | nothing
                            +10 FIN-WAIT-2  --> <SEQ=100><ACK=300><CTL=ACK>          --> CLOSE-WAIT | KEEPALIVE_PROBE
                            """);
        }
    }

    @Nested
    class ZeroWindows { // RFC 9293 3.8.6.1

        private static final String WINDOW_OF_10 = """
                SYN-SENT     --> <SEQ=99><CTL=SYN>                        --> SYN-RECEIVED
                ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK><WND=10>  <-- SYN-RECEIVED
                ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>              --> ESTABLISHED
                """;

        @Test
        void probesIntoAZeroWindowAreNoKeepalives() {
            var figures = play(WINDOW_OF_10 + """
                            ESTABLISHED      --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>         --> ESTABLISHED
                            ESTABLISHED      <-- <SEQ=300><ACK=110><CTL=ACK><WND=0>          <-- ESTABLISHED | ZERO_WINDOW_BEGAN
                            +0.2 ESTABLISHED --> <SEQ=109><ACK=300><CTL=ACK>                 --> ESTABLISHED | WINDOW_PROBE
                            ESTABLISHED      <-- <SEQ=300><ACK=110><CTL=ACK><WND=0>          <-- ESTABLISHED | nothing
                            +0.4 ESTABLISHED --> <SEQ=109><ACK=300><CTL=ACK>                 --> ESTABLISHED | WINDOW_PROBE
                            """);
            assertThat(figures.right().windowProbes()).isEqualTo(2);
            assertThat(figures.right().zeroWindows()).isEqualTo(2);
            assertThat(figures.right().zeroWindowSinceNanos()).isEqualTo(FigureScript.START_NANOS + 5_000_000);
            assertThat(figures.left().unansweredKeepalives()).isZero();
            assertThat(figures.connection().history()).isEqualTo("ShADaw");
        }

        @Test
        void windowOpensAgain() {
            var figures = play(WINDOW_OF_10 + """
                            ESTABLISHED      --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>         --> ESTABLISHED
                            ESTABLISHED      <-- <SEQ=300><ACK=110><CTL=ACK><WND=0>          <-- ESTABLISHED | ZERO_WINDOW_BEGAN
                            ESTABLISHED      <-- <SEQ=300><ACK=110><CTL=ACK><WND=100>        <-- ESTABLISHED | ZERO_WINDOW_ENDED
                            ESTABLISHED      --> <SEQ=110><ACK=300><CTL=ACK><LEN=10>         --> ESTABLISHED | nothing
                            """);
            assertThat(figures.right().zeroWindowSinceNanos()).isEqualTo(Connection.NEVER);
            assertThat(figures.right().windowProbes()).isZero();
        }

        @Test
        void probeMayCarryTheNextOctet() {
            play(WINDOW_OF_10 + """
                            ESTABLISHED      --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>         --> ESTABLISHED
                            ESTABLISHED      <-- <SEQ=300><ACK=110><CTL=ACK><WND=0>          <-- ESTABLISHED | ZERO_WINDOW_BEGAN
                            +0.2 ESTABLISHED --> <SEQ=110><ACK=300><CTL=ACK><LEN=1>          --> ESTABLISHED | WINDOW_PROBE
                            ESTABLISHED      <-- <SEQ=300><ACK=110><CTL=ACK><WND=0>          <-- ESTABLISHED | nothing
                            +0.4 ESTABLISHED --> <SEQ=110><ACK=300><CTL=ACK><LEN=1>          --> ESTABLISHED | WINDOW_PROBE
                            ESTABLISHED      <-- <SEQ=300><ACK=110><CTL=ACK><WND=100>        <-- ESTABLISHED | ZERO_WINDOW_ENDED
                            ESTABLISHED      --> <SEQ=110><ACK=300><CTL=ACK><LEN=50>         --> ESTABLISHED | nothing
                            """);
        }

        @Test
        void zeroWindowOfAPeerThatNeedsNoneIsOfNoInterest() {
            play(WINDOW_OF_10 + """
                            FIN-WAIT-1       --> <SEQ=100><ACK=300><CTL=FIN,ACK><LEN=9>      --> CLOSE-WAIT
                            FIN-WAIT-2       <-- <SEQ=300><ACK=110><CTL=ACK><WND=0>          <-- CLOSE-WAIT | nothing
                            """);
        }

        @Test
        void rightEdgeMovesLeft() {
            play(ESTABLISHED + """
                            ESTABLISHED      <-- <SEQ=300><ACK=100><CTL=ACK><WND=512>        <-- ESTABLISHED | nothing
                            ESTABLISHED      <-- <SEQ=300><ACK=100><CTL=ACK><WND=511>        <-- ESTABLISHED | WINDOW_SHRUNK
                            ESTABLISHED      --> <SEQ=100><ACK=300><CTL=ACK><LEN=100>        --> ESTABLISHED | nothing
                            ESTABLISHED      <-- <SEQ=300><ACK=200><CTL=ACK><WND=511>        <-- ESTABLISHED | nothing
                            """);
        }

        @Test
        void windowOfASynIsNotScaled() {
            var figures = play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN><WSOPT=7><WND=1000>                 --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK><WSOPT=200><WND=1000> <-- SYN-RECEIVED
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><WND=10>                  --> ESTABLISHED
                    """);
            assertThat(figures.left().windowScale()).isEqualTo(7);
            assertThat(figures.right().windowScale()).as("more than 14 is 14").isEqualTo(14);
            assertThat(figures.left().window()).isEqualTo(1280);
        }

        @Test
        void scalingNeedsBothEnds() {
            var figures = play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN><WSOPT=7>                           --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>                      <-- SYN-RECEIVED
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><WND=10>                  --> ESTABLISHED
                    """);
            assertThat(figures.left().window()).isEqualTo(10);
        }
    }
}
