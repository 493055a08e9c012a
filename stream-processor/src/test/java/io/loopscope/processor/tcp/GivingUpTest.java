package io.loopscope.processor.tcp;

import static io.loopscope.processor.tcp.Figures.play;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What silence says of an end that would have to retransmit, and of its peer. */
class GivingUpTest {

    private static final String ESTABLISHED = """
            SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
            ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- SYN-RECEIVED
            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>      --> ESTABLISHED
            """;

    @Nested
    class Handshake {

        @Test
        void synAckNobodyAcknowledgesNeverCame() {
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- SYN-RECEIVED
                    +129 ESTABLISHED ~~~                                  SYN-RECEIVED
                    +1.1 CLOSED  ~~~                                      CLOSED | closed GAVE_UP
                    """);
        }

        @Test
        void serverThatStopsRepeatingItsSynAckBeforeItHasToGotAnAcknowledgment() {
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                         --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>           <-- SYN-RECEIVED
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>               --> ESTABLISHED
                    +1.02 ESTABLISHED <-- <SEQ=299><ACK=100><CTL=SYN,ACK>      <-- SYN-RECEIVED
                    +129 ESTABLISHED  ~~~                                          SYN-RECEIVED
                    +1.1 ESTABLISHED  ~~~                                          ESTABLISHED
                    """);
        }

        @Test
        void serverThatRepeatedItsSynAckAsOftenAsItMayIsGone() {
            play("""
                    SYN-SENT         --> <SEQ=99><CTL=SYN>                 --> SYN-RECEIVED
                    ESTABLISHED      <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    ESTABLISHED      --> <SEQ=100><ACK=300><CTL=ACK>       --> ESTABLISHED
                    +1  ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    +2  ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    +4  ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    +8  ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    +16 ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    +131 ESTABLISHED ~~~                                       CLOSED
                    """);
        }

        @Test
        void serverThatSpeaksAfterItWasGivenUpLives() {
            play("""
                    SYN-SENT          --> <SEQ=99><CTL=SYN>                          --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=299><ACK=100><CTL=SYN,ACK>            <-- SYN-RECEIVED
                    ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK>                --> ESTABLISHED
                    +1   ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>            <-- SYN-RECEIVED
                    +2   ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>            <-- SYN-RECEIVED
                    +4   ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>            <-- SYN-RECEIVED
                    +8   ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>            <-- SYN-RECEIVED
                    +16  ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>            <-- SYN-RECEIVED
                    ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK>                --> SYN-RECEIVED
                    +131 ESTABLISHED  ~~~                                                CLOSED
                    ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>        --> CLOSED
                    ESTABLISHED       <-- <SEQ=300><ACK=110><CTL=ACK>                <-- ESTABLISHED
                    """);
        }

        @Test
        void neitherSynAckNorFinCameWhenNobodyAcknowledgesThem() { // RFC 7413: FIN before the handshake is done
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN><LEN=50>            --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=150><CTL=SYN,ACK>      <-- SYN-RECEIVED
                    CLOSE-WAIT   <-- <SEQ=300><ACK=150><CTL=FIN,ACK>      <-- FIN-WAIT-1
                    +131 CLOSED  ~~~                                          CLOSED | closed GAVE_UP
                    """);
        }

        @Test
        void synsOfASimultaneousOpenCountAsRepetitions() {
            play("""
                    SYN-SENT         --> <SEQ=99><CTL=SYN>                 --> SYN-RECEIVED
                    SYN-RECEIVED     <-- <SEQ=299><CTL=SYN>                <-- SYN-RECEIVED
                    +1  SYN-SENT     --> <SEQ=99><CTL=SYN>                 --> SYN-RECEIVED
                    SYN-SENT         <-- <SEQ=299><CTL=SYN>                <-- SYN-SENT
                    ESTABLISHED      <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    ESTABLISHED      --> <SEQ=99><ACK=300><CTL=SYN,ACK>    --> ESTABLISHED
                    +1  ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    ESTABLISHED      --> <SEQ=100><ACK=300><CTL=ACK>       --> SYN-RECEIVED
                    +4  ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    +8  ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    +16 ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    +131 ESTABLISHED ~~~                                       CLOSED
                    """);
        }

        @Test
        void lateSegmentOfAnotherIncarnationDoesNotPutItOff() {
            play(ESTABLISHED + """
                    CLOSED       --> <SEQ=100><ACK=300><CTL=RST,ACK>  --> CLOSED
                    SYN-SENT     --> <SEQ=60000><CTL=SYN>             --> SYN-RECEIVED
                    +50 SYN-SENT <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- SYN-RECEIVED | LATE_SEGMENT
                    +81 CLOSED   ~~~                                      CLOSED
                    """);
        }
    }

    @Nested
    class Close {

        @Test
        void finNobodyAcknowledgesNeverCame() {
            play(ESTABLISHED + """
                    FIN-WAIT-1   --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                    +129 FIN-WAIT-1 ~~~                                   CLOSE-WAIT
                    +1.1 CLOSED  ~~~                                      ESTABLISHED
                    """);
        }

        @Test
        void oneEndsGivingUpGivesTheOtherNoMoreTime() {
            play(ESTABLISHED + """
                    FIN-WAIT-1       --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                    CLOSING          <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <-- CLOSING
                    +0.2 CLOSING     --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> FIN-WAIT-1
                    +0.1 FIN-WAIT-1  <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <-- FIN-WAIT-1
                    +129.95 CLOSED   ~~~                                      FIN-WAIT-1
                    +0.1 CLOSED      ~~~                                      CLOSED | closed GAVE_UP
                    """);
        }

        @Test
        void finThatIsRepeatedAfterAllShowsThatTheCaptureMissedSome() {
            play(ESTABLISHED + """
                    FIN-WAIT-1       --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                    +131 CLOSED      ~~~                                      ESTABLISHED
                    FIN-WAIT-1       --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> ESTABLISHED
                    FIN-WAIT-2       <-- <SEQ=300><ACK=101><CTL=ACK>      <-- CLOSE-WAIT
                    """);
        }

        @Test
        void endThatSpeaksAfterBothWereGivenUpLives() {
            var figures = play(ESTABLISHED + """
                    FIN-WAIT-1       --> <SEQ=100><ACK=300><CTL=FIN,ACK>         --> CLOSE-WAIT
                    CLOSING          <-- <SEQ=300><ACK=100><CTL=FIN,ACK>         <-- CLOSING
                    +131 CLOSED      ~~~                                             CLOSED      | closed GAVE_UP
                    ESTABLISHED      --> <SEQ=101><ACK=300><CTL=ACK>             --> ESTABLISHED | opened
                    """);
            assertThat(figures.connection().incarnations()).isEqualTo(2);
        }
    }
}
