package io.loopscope.processor.tcp;

import static io.loopscope.processor.tcp.Figures.play;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ResetsTest {

    private static final String ESTABLISHED = """
            SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
            ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- SYN-RECEIVED
            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>      --> ESTABLISHED
            """;

    private static ResetCause cause(Figures figures) {
        return figures.connection().resetCause();
    }

    @Nested
    class Acceptance { // RFC 9293 3.10.7.3 and 3.10.7.4, RFC 5961 3

        @Test
        void resetBehindASynWhoseDataWasNotTakenIsExact() { // RFC 7413, both open
            play("""
                    SYN-RECEIVED <-- <SEQ=299><CTL=SYN><LEN=50>            <-- SYN-SENT
                    SYN-RECEIVED --> <SEQ=99><CTL=SYN><LEN=50>             --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>       <-- SYN-RECEIVED
                    CLOSED       <-- <SEQ=300><ACK=100><CTL=RST,ACK>       <-- CLOSED       | RST_ACCEPTED, closed RESET
                    """);
        }

        @Test
        void synIsRefused() {
            var figures = play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
                    CLOSED       <-- <SEQ=0><ACK=100><CTL=RST,ACK>    <-- CLOSED | RST_ACCEPTED, closed REFUSED
                    """);
            assertThat(cause(figures)).isEqualTo(ResetCause.REFUSED);
            assertThat(figures.connection().connState()).isEqualTo("REJ");
            assertThat(figures.connection().history()).isEqualTo("Sr");
        }

        @Test
        void resetThatDoesNotAcknowledgeTheSynIsIgnored() {
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
                    SYN-SENT     <-- <SEQ=0><ACK=50><CTL=RST,ACK>     <-- SYN-RECEIVED | RST_OUT_OF_WINDOW
                    SYN-SENT     <-- <SEQ=0><ACK=101><CTL=RST,ACK>    <-- SYN-RECEIVED | RST_OUT_OF_WINDOW
                    SYN-SENT     <-- <SEQ=0><CTL=RST>                 <-- SYN-RECEIVED | RST_OUT_OF_WINDOW
                    """);
        }

        @Test
        void refusedSynThatIsRepeatedWithItsIsnIsTheSameIncarnation() { // as Windows does
            var figures = play("""
                    SYN-SENT       --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
                    CLOSED         <-- <SEQ=0><ACK=100><CTL=RST,ACK>    <-- CLOSED       | RST_ACCEPTED, closed REFUSED
                    +0.5 SYN-SENT  --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED | SYN_RETRANSMITTED
                    CLOSED         <-- <SEQ=0><ACK=100><CTL=RST,ACK>    <-- CLOSED       | RST_ACCEPTED, closed REFUSED
                    """);
            assertThat(figures.connection().incarnations()).isEqualTo(1);
        }

        @Test
        void oneExactResetEndsBothEnds() {
            play(ESTABLISHED + """
                            CLOSED       --> <SEQ=100><ACK=300><CTL=RST,ACK>  --> CLOSED | RST_ACCEPTED, closed RESET
                            CLOSED       --> <SEQ=100><ACK=300><CTL=RST,ACK>  --> CLOSED | LATE_SEGMENT
                            """);
        }

        @Test
        void resetInTheWindowDrawsAChallenge() {
            play(ESTABLISHED + """
                            ESTABLISHED    --> <SEQ=150><CTL=RST>                       --> ESTABLISHED | RST_IN_DOUBT
                            ESTABLISHED    <-- <SEQ=300><ACK=100><CTL=ACK>              <-- ESTABLISHED | CHALLENGE_ACK
                            +2 ESTABLISHED ~~~                                              ESTABLISHED
                            ESTABLISHED    --> <SEQ=100><ACK=300><CTL=ACK><LEN=5>       --> ESTABLISHED | nothing
                            """);
        }

        @Test
        void honestSenderAnswersTheChallengeWithAnExactReset() {
            play(ESTABLISHED + """
                            ESTABLISHED    --> <SEQ=150><CTL=RST>                       --> ESTABLISHED | RST_IN_DOUBT
                            ESTABLISHED    <-- <SEQ=300><ACK=100><CTL=ACK>              <-- ESTABLISHED | CHALLENGE_ACK
                            CLOSED         --> <SEQ=100><CTL=RST>                       --> CLOSED      | RST_ACCEPTED, closed RESET
                            """);
        }

        @Test
        void doubtfulResetCountsWhenNobodyChallengesIt() { // the capture lost what it stands on
            play(ESTABLISHED + """
                            ESTABLISHED      --> <SEQ=150><CTL=RST>                     --> ESTABLISHED | RST_IN_DOUBT
                            +0.9 ESTABLISHED ~~~                                            ESTABLISHED
                            +0.1 CLOSED      ~~~                                            CLOSED      | RST_ACCEPTED, closed RESET
                            """);
        }

        @Test
        void doubtfulResetIsALieWhenItsSenderGoesOn() {
            play(ESTABLISHED + """
                            ESTABLISHED      --> <SEQ=150><CTL=RST>                     --> ESTABLISHED | RST_IN_DOUBT
                            ESTABLISHED      --> <SEQ=100><ACK=300><CTL=ACK><LEN=5>     --> ESTABLISHED | nothing
                            +2 ESTABLISHED   ~~~                                            ESTABLISHED
                            """);
        }

        @Test
        void resetOutsideTheWindowIsIgnored() {
            play(ESTABLISHED + """
                            ESTABLISHED    --> <SEQ=99><CTL=RST>                        --> ESTABLISHED | RST_OUT_OF_WINDOW
                            ESTABLISHED    --> <SEQ=900000><CTL=RST>                    --> ESTABLISHED | RST_OUT_OF_WINDOW
                            +2 ESTABLISHED ~~~                                              ESTABLISHED
                            """);
        }

        @Test
        void resetStandsOnWhatItsReceiverAcknowledgedLast() {
            play(ESTABLISHED + """
                            ESTABLISHED    --> <SEQ=100><ACK=300><CTL=ACK><LEN=50>      --> ESTABLISHED
                            CLOSED         --> <SEQ=100><CTL=RST>                       --> CLOSED | RST_ACCEPTED, closed RESET
                            """);
        }

        @Test
        void resetMayStandOnTheFin() { // data crossed the FIN of an end that is gone
            var figures = play(ESTABLISHED + """
                            FIN-WAIT-1     --> <SEQ=100><ACK=300><CTL=FIN,ACK>          --> CLOSE-WAIT
                            FIN-WAIT-2     <-- <SEQ=300><ACK=101><CTL=ACK>              <-- CLOSE-WAIT
                            FIN-WAIT-2     <-- <SEQ=300><ACK=101><CTL=ACK><LEN=5>       <-- CLOSE-WAIT
                            CLOSED         --> <SEQ=100><CTL=RST>                       --> CLOSED | RST_ACCEPTED, closed RESET
                            """);
            assertThat(cause(figures)).isEqualTo(ResetCause.AFTER_CLOSE);
        }

        @Test
        void requestThatIsNotYetASocketIsDroppedByAnyResetInTheWindow() {
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- SYN-RECEIVED
                    CLOSED       --> <SEQ=101><CTL=RST>               --> CLOSED | RST_ACCEPTED, closed RESET
                    """);
        }

        @Test
        void resetInTimeWaitAssassinatesIt() { // RFC 1337; Linux lets it
            play(ESTABLISHED + """
                            FIN-WAIT-1   --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                            TIME-WAIT    <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- LAST-ACK
                            TIME-WAIT    --> <SEQ=101><ACK=301><CTL=ACK>      --> CLOSED
                            CLOSED       <-- <SEQ=301><CTL=RST>               <-- CLOSED | RST_ACCEPTED, closed FINISHED
                            """);
        }

        @Test
        void resetOfAnEarlierIncarnationDoesNotEndAHandshake() {
            play("""
                            SYN-SENT      --> <SEQ=99><CTL=SYN>                 ... SYN-RECEIVED
                            SYN-RECEIVED  <-- <SEQ=299><CTL=SYN>                <-- SYN-RECEIVED
                            SYN-RECEIVED  --> <SEQ=70000000><CTL=RST>           --> SYN-RECEIVED | RST_OUT_OF_WINDOW
                            """);
        }

        @Test
        void refusalEndsASynThatSeemedToHaveCrossedAnother() {
            play("""
                            SYN-SENT      --> <SEQ=99><CTL=SYN>                 ... SYN-RECEIVED
                            SYN-RECEIVED  <-- <SEQ=299><CTL=SYN>                <-- SYN-RECEIVED
                            CLOSED        <-- <SEQ=0><ACK=100><CTL=RST,ACK>     <-- CLOSED       | RST_ACCEPTED
                            """);
        }

        @Test
        void senderOfASynMayAbandonIt() {
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
                    CLOSED       --> <SEQ=99><CTL=RST>                --> CLOSED | RST_ACCEPTED, closed RESET
                    """);
        }

        @Test
        void synOnASynchronizedConnectionChangesNothing() { // RFC 5961 4
            var figures = play(ESTABLISHED + """
                            ESTABLISHED    --> <SEQ=150><CTL=SYN>                       --> ESTABLISHED | SYN_ON_SYNCHRONISED
                            ESTABLISHED    <-- <SEQ=300><ACK=100><CTL=ACK>              <-- ESTABLISHED | CHALLENGE_ACK
                            ESTABLISHED    --> <SEQ=100><ACK=300><CTL=ACK><LEN=5>       --> ESTABLISHED | nothing
                            FIN-WAIT-1     --> <SEQ=105><ACK=300><CTL=FIN,ACK>          --> CLOSE-WAIT  | nothing
                            """);
            assertThat(figures.connection().incarnations()).isEqualTo(1);
        }

        @Test
        void challengeAckIsNotTheLastAckOfAClose() {
            play(ESTABLISHED + """
                            FIN-WAIT-1     --> <SEQ=100><ACK=300><CTL=FIN,ACK>          --> CLOSE-WAIT
                            FIN-WAIT-2     <-- <SEQ=300><ACK=101><CTL=ACK>              <-- CLOSE-WAIT
                            FIN-WAIT-2     --> <SEQ=150><CTL=RST>                       --> CLOSE-WAIT | RST_IN_DOUBT
                            FIN-WAIT-2     <-- <SEQ=300><ACK=101><CTL=ACK>              <-- CLOSE-WAIT | CHALLENGE_ACK
                            """);
        }
    }

    @Nested
    class Causes {

        @Test
        void ownerAborts() {
            var figures = play(ESTABLISHED + """
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=5>   --> ESTABLISHED
                            ESTABLISHED  <-- <SEQ=300><ACK=105><CTL=ACK>          <-- ESTABLISHED
                            CLOSED       --> <SEQ=105><ACK=300><CTL=RST,ACK>      --> CLOSED
                            """);
            assertThat(cause(figures)).isEqualTo(ResetCause.ABORTED);
            assertThat(figures.connection().resetBy()).isEqualTo(figures.leftSide());
            assertThat(figures.connection().resetWithAck()).isTrue();
            assertThat(figures.connection().connState()).isEqualTo("RSTO");
        }

        @Test
        void serverClosesWithDataUnread() {
            var figures = play(ESTABLISHED + """
                            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=5>   --> ESTABLISHED
                            CLOSED       <-- <SEQ=300><ACK=105><CTL=RST,ACK>      <-- CLOSED
                            """);
            assertThat(cause(figures)).isEqualTo(ResetCause.UNREAD_DATA);
            assertThat(figures.connection().connState()).isEqualTo("RSTR");
        }

        @Test
        void keepaliveGivesUp() {
            var figures = play(ESTABLISHED + """
                            +10 ESTABLISHED  --> <SEQ=99><ACK=300><CTL=ACK>       --> ESTABLISHED | KEEPALIVE_PROBE
                            +1  ESTABLISHED  --> <SEQ=99><ACK=300><CTL=ACK>       --> ESTABLISHED | KEEPALIVE_PROBE
                            +1  CLOSED       --> <SEQ=100><ACK=300><CTL=RST,ACK>  --> CLOSED      | RST_ACCEPTED, closed RESET
                            """);
            assertThat(cause(figures)).isEqualTo(ResetCause.KEEPALIVE_GAVE_UP);
        }

        @Test
        void peerHasLostTheConnection() { // RFC 9293 3.5.1
            var figures = play(ESTABLISHED + """
                            +9  ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=5>  --> ESTABLISHED
                            CLOSED           <-- <SEQ=300><CTL=RST>                  <-- CLOSED
                            """);
            assertThat(cause(figures)).isEqualTo(ResetCause.NO_SOCKET);
            assertThat(figures.connection().resetWithAck()).isFalse();
        }
    }
}
