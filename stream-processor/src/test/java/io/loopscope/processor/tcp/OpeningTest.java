package io.loopscope.processor.tcp;

import static io.loopscope.processor.tcp.Figures.play;
import static io.loopscope.processor.tcp.Figures.playWithItself;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OpeningTest {

    @Nested
    class Establishing { // RFC 9293 3.5

        @Test
        void threeWayHandshake() { // Figure 6
            var figures = play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                     --> SYN-RECEIVED | opened, left CLOSED SYN-SENT
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>       <-- SYN-RECEIVED | left SYN-SENT ESTABLISHED
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>           --> ESTABLISHED  | nothing
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=10>   --> ESTABLISHED  | nothing
                    """);
            Connection connection = figures.connection();
            assertThat(connection.initiator()).isEqualTo(Initiator.SYN);
            assertThat(connection.partial()).isFalse();
            assertThat(connection.handshakeNanos()).isEqualTo(2_000_000);
            assertThat(connection.incarnation()).isEqualTo(99);
            assertThat(connection.role(figures.leftSide())).isEqualTo(Role.CLIENT);
            assertThat(connection.role(figures.leftSide().peer())).isEqualTo(Role.SERVER);
            assertThat(figures.right().roundTripNanos()).isEqualTo(1_000_000);
        }

        @Test
        void simultaneousOpen() { // Figure 7
            var figures = play("""
                    SYN-SENT     --> <SEQ=100><CTL=SYN>               ... SYN-RECEIVED
                    SYN-RECEIVED <-- <SEQ=300><CTL=SYN>               <-- SYN-RECEIVED | right SYN-RECEIVED SYN-SENT SYN-RECEIVED
                    SYN-RECEIVED --> <SEQ=100><ACK=301><CTL=SYN,ACK>  ... ESTABLISHED
                    ESTABLISHED  <-- <SEQ=300><ACK=101><CTL=SYN,ACK>  <-- ESTABLISHED
                    ESTABLISHED  --> <SEQ=101><ACK=301><CTL=ACK>      --> ESTABLISHED
                    """);
            Connection connection = figures.connection();
            assertThat(connection.simultaneousOpen()).isTrue();
            assertThat(connection.client()).isEqualTo(figures.leftSide());
            assertThat(connection.role(figures.leftSide().peer())).isEqualTo(Role.CLIENT);
        }

        @Test
        void acknowledgmentOfTheHandshakeCarriesData() {
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                     --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>       <-- SYN-RECEIVED
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=5>    --> ESTABLISHED
                    """);
        }

        @Test
        void acknowledgmentOfTheHandshakeIsMissedButDataFollows() {
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                     --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>       <-- SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=300><ACK=100><CTL=ACK><LEN=78>   <-- ESTABLISHED | right SYN-RECEIVED ESTABLISHED
                    """);
        }

        @Test
        void synAckIsMissed() {
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                     --> SYN-RECEIVED
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>           --> ESTABLISHED
                    ESTABLISHED  <-- <SEQ=300><ACK=100><CTL=ACK><LEN=78>   <-- ESTABLISHED | nothing
                    """);
        }

        @Test
        void onlyTheSynAckIsSeen() {
            var figures = play("""
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>       <-- SYN-RECEIVED | left CLOSED SYN-SENT ESTABLISHED
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>           --> ESTABLISHED  | nothing
                    """);
            assertThat(figures.connection().initiator()).isEqualTo(Initiator.SYNACK);
            assertThat(figures.connection().client()).isEqualTo(figures.leftSide());
            assertThat(figures.connection().incarnation()).isEqualTo(99);
        }

        @Test
        void synAckAndWhatFollowedItAreMissed() {
            play("""
                    SYN-SENT      --> <SEQ=99><CTL=SYN>                            --> SYN-RECEIVED
                    ESTABLISHED   <-- <SEQ=300><ACK=600><CTL=ACK>                  <-- ESTABLISHED
                    """);
        }

        @Test
        void synAckOfASimultaneousOpenIsLost() { // Figure 7
            play("""
                    SYN-SENT       --> <SEQ=99><CTL=SYN>                 ... SYN-RECEIVED
                    SYN-RECEIVED   <-- <SEQ=299><CTL=SYN>                <-- SYN-RECEIVED
                    SYN-RECEIVED   --> <SEQ=99><ACK=300><CTL=SYN,ACK>    ... ESTABLISHED
                    ESTABLISHED    <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- ESTABLISHED
                    +1 SYN-RECEIVED --> <SEQ=99><ACK=300><CTL=SYN,ACK>   --> ESTABLISHED | SYN_ACK_RETRANSMITTED
                    """);
        }

        @Test
        void synAckOfASimultaneousOpenNobodyAnswersNeverCame() {
            play("""
                    SYN-SENT       --> <SEQ=99><CTL=SYN>                 ... SYN-RECEIVED
                    SYN-RECEIVED   <-- <SEQ=299><CTL=SYN>                <-- SYN-RECEIVED
                    ESTABLISHED    <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    +1 SYN-SENT    <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    """);
        }

        @Test
        void synIsCapturedAfterItsAnswer() {
            var figures = play("""
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>       <-- SYN-RECEIVED
                    ESTABLISHED  --> <SEQ=99><CTL=SYN>                     --> SYN-RECEIVED | nothing
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>           --> ESTABLISHED
                    """);
            assertThat(figures.connection().initiator()).isEqualTo(Initiator.SYN);
            assertThat(figures.connection().incarnations()).isEqualTo(1);
        }

        @Test
        void someStacksAcknowledgeTheSynBeforeTheyAnswerIt() {
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                     --> SYN-RECEIVED
                    SYN-SENT     <-- <SEQ=0><ACK=100><CTL=ACK>             <-- SYN-RECEIVED | nothing
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>       <-- SYN-RECEIVED | nothing
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>           --> ESTABLISHED  | nothing
                    """);
        }

        @Test
        void connectionToItself() {
            var figures = playWithItself("""
                    SYN-RECEIVED --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED | left CLOSED SYN-SENT SYN-RECEIVED
                    ESTABLISHED  --> <SEQ=99><ACK=100><CTL=SYN,ACK>   --> ESTABLISHED  | left SYN-RECEIVED ESTABLISHED
                    ESTABLISHED  --> <SEQ=100><ACK=100><CTL=ACK>      --> ESTABLISHED  | nothing
                    ESTABLISHED  --> <SEQ=100><ACK=100><CTL=ACK><LEN=5>  --> ESTABLISHED  | nothing
                    ESTABLISHED  --> <SEQ=105><ACK=105><CTL=ACK>      --> ESTABLISHED  | nothing
                    CLOSING      --> <SEQ=105><ACK=105><CTL=FIN,ACK>  --> CLOSING      | left ESTABLISHED FIN-WAIT-1 CLOSING
                    TIME-WAIT    --> <SEQ=106><ACK=106><CTL=ACK>      --> TIME-WAIT    | nothing
                    +60 CLOSED   ~~~                                      CLOSED       | closed FINISHED
                    """);
            assertThat(figures.left()).isSameAs(figures.right());
            assertThat(figures.connection().simultaneousOpen()).isTrue();
        }
    }

    @Nested
    class FastOpen { // RFC 7413

        @Test
        void dataOnTheSynIsAcknowledgedWithIt() {
            var figures = play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN><LEN=50>             --> SYN-RECEIVED | SYN_WITH_DATA
                    ESTABLISHED  <-- <SEQ=299><ACK=150><CTL=SYN,ACK>       <-- SYN-RECEIVED | nothing
                    ESTABLISHED  --> <SEQ=150><ACK=300><CTL=ACK>           --> ESTABLISHED  | nothing
                    """);
            assertThat(figures.left().uniqueOctets()).isEqualTo(50);
        }

        @Test
        void serverSendsBeforeItsSynIsAcknowledged() {
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN><LEN=50>             --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=150><CTL=SYN,ACK>       <-- SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=300><ACK=150><CTL=ACK><LEN=20>   <-- SYN-RECEIVED | nothing
                    ESTABLISHED  --> <SEQ=150><ACK=320><CTL=ACK>           --> ESTABLISHED  | nothing
                    """);
        }

        @Test
        void serverSendsWhileItRepeatsItsSynAck() {
            play("""
                    SYN-SENT          --> <SEQ=99><CTL=SYN><LEN=50>             --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=299><ACK=150><CTL=SYN,ACK>       <-- SYN-RECEIVED
                    ESTABLISHED       --> <SEQ=150><ACK=300><CTL=ACK>           --> ESTABLISHED
                    +1.02 ESTABLISHED <-- <SEQ=299><ACK=150><CTL=SYN,ACK>       <-- SYN-RECEIVED | SYN_ACK_RETRANSMITTED
                    ESTABLISHED       --> <SEQ=150><ACK=300><CTL=ACK>           --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=300><ACK=150><CTL=ACK><LEN=20>   <-- SYN-RECEIVED | nothing
                    ESTABLISHED       --> <SEQ=150><ACK=320><CTL=ACK><LEN=10>   --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=320><ACK=160><CTL=ACK>           <-- ESTABLISHED  | nothing
                    """);
        }

        @Test
        void serverThatRepeatsTextHasGotTheAcknowledgmentOfItsSyn() {
            play("""
                    SYN-SENT          --> <SEQ=99><CTL=SYN><LEN=50>             --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=299><ACK=150><CTL=SYN,ACK>       <-- SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=300><ACK=150><CTL=ACK><LEN=20>   <-- SYN-RECEIVED
                    ESTABLISHED       --> <SEQ=150><ACK=300><CTL=ACK>           --> ESTABLISHED
                    +1.02 ESTABLISHED <-- <SEQ=299><ACK=150><CTL=SYN,ACK>       <-- SYN-RECEIVED
                    ESTABLISHED       --> <SEQ=150><ACK=300><CTL=ACK>           --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=300><ACK=150><CTL=ACK><LEN=20>   <-- ESTABLISHED
                    """);
        }

        @Test
        void synWithTheDataIsMissed() {
            play("""
                    SYN-SENT      --> <SEQ=99><CTL=SYN>                          --> SYN-RECEIVED
                    ESTABLISHED   <-- <SEQ=299><ACK=200><CTL=SYN,ACK>            <-- SYN-RECEIVED
                    ESTABLISHED   <-- <SEQ=300><ACK=200><CTL=ACK><LEN=5>         <-- SYN-RECEIVED
                    """);
        }

        @Test
        void synIsCapturedOnlyWhenItIsRepeatedAfterDataOfTheServer() {
            var figures = play("""
                    ESTABLISHED   <-- <SEQ=300><ACK=200><CTL=ACK><LEN=5>         <-- ESTABLISHED
                    +1 ESTABLISHED --> <SEQ=99><CTL=SYN>                         --> ESTABLISHED | nothing
                    """);
            assertThat(figures.connection().incarnations()).isEqualTo(1);
        }

        @Test
        void synIsCapturedOnlyWhenItIsRepeatedAfterItsAnswer() { // without the data that the answer acknowledges
            var figures = play("""
                    ESTABLISHED   <-- <SEQ=299><ACK=200><CTL=SYN,ACK>            <-- SYN-RECEIVED
                    +1 ESTABLISHED --> <SEQ=99><CTL=SYN>                         --> SYN-RECEIVED | nothing
                    +1 SYN-SENT   --> <SEQ=99><CTL=SYN>                          --> SYN-RECEIVED | SYN_RETRANSMITTED
                    """);
            assertThat(figures.connection().incarnations()).isEqualTo(1);
        }

        @Test
        void dataOnTheSynIsNotTaken() {
            var figures = play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN><LEN=50>             --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>       <-- SYN-RECEIVED
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><LEN=50>   --> ESTABLISHED | RETRANSMISSION
                    """);
            assertThat(figures.left().uniqueOctets()).isEqualTo(50);
        }
    }

    @Nested
    class Retransmission { // RFC 9293 3.8.1

        @Test
        void repeatedSynShowsThatTheFirstNeverCame() {
            var figures = play("""
                    SYN-SENT         --> <SEQ=99><CTL=SYN>                 --> SYN-RECEIVED
                    +1.0 SYN-SENT    --> <SEQ=99><CTL=SYN>                 --> CLOSED       | SYN_RETRANSMITTED
                    +1.0 SYN-SENT    --> <SEQ=99><CTL=SYN>                 --> CLOSED       | SYN_RETRANSMITTED
                    ESTABLISHED      <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED | nothing
                    ESTABLISHED      --> <SEQ=100><ACK=300><CTL=ACK>       --> ESTABLISHED
                    """);
            assertThat(figures.left().synTransmissions()).isEqualTo(3);
            assertThat(figures.connection().incarnations()).isEqualTo(1);
        }

        @Test
        void synNobodyAnswersIsGivenUp() {
            play("""
                    SYN-SENT         --> <SEQ=99><CTL=SYN>                 --> SYN-RECEIVED
                    +1.0 SYN-SENT    --> <SEQ=99><CTL=SYN>                 --> CLOSED
                    +129.9 SYN-SENT  ~~~                                       CLOSED
                    +0.1 CLOSED      ~~~                                       CLOSED       | closed GAVE_UP
                    """);
        }

        @Test
        void repeatedSynShowsThatTheAnswerNeverCame() {
            play("""
                    SYN-SENT         --> <SEQ=99><CTL=SYN>                 --> SYN-RECEIVED
                    ESTABLISHED      <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    +1.0 SYN-SENT    --> <SEQ=99><CTL=SYN>                 --> SYN-RECEIVED | SYN_RETRANSMITTED
                    """);
        }

        @Test
        void repeatedSynAckWithoutAnAcknowledgmentWasNotReceived() {
            var figures = play("""
                    SYN-SENT         --> <SEQ=99><CTL=SYN>                 --> SYN-RECEIVED
                    ESTABLISHED      <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED
                    +1.0 SYN-SENT    <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED | SYN_ACK_RETRANSMITTED
                    +2.0 SYN-SENT    <-- <SEQ=299><ACK=100><CTL=SYN,ACK>   <-- SYN-RECEIVED | SYN_ACK_RETRANSMITTED
                    ESTABLISHED      --> <SEQ=100><ACK=300><CTL=ACK>       --> ESTABLISHED
                    """);
            assertThat(figures.right().synAckTransmissions()).isEqualTo(3);
        }

        @Test
        void serverThatRepeatsItsSynAckIsBelievedOnlyWhenItSpeaks() { // full accept queue
            play("""
                    SYN-SENT          --> <SEQ=99><CTL=SYN>                  --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=299><ACK=100><CTL=SYN,ACK>    <-- SYN-RECEIVED
                    ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK>        --> ESTABLISHED
                    +1.02 ESTABLISHED <-- <SEQ=299><ACK=100><CTL=SYN,ACK>    <-- SYN-RECEIVED | right ESTABLISHED SYN-RECEIVED, SYN_ACK_RETRANSMITTED
                    ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK>        --> SYN-RECEIVED | nothing
                    ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK><LEN=9> --> SYN-RECEIVED | nothing
                    ESTABLISHED       <-- <SEQ=300><ACK=109><CTL=ACK>        <-- ESTABLISHED  | nothing
                    """);
        }

        @Test
        void bareAcknowledgmentOfNothingButTheSynMayComeFromSynReceived() { // RFC 9293 3.10.7.4, first
            play("""
                    SYN-SENT          --> <SEQ=99><CTL=SYN>                        --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=299><ACK=100><CTL=SYN,ACK>          <-- SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=300><ACK=100><CTL=ACK>              <-- SYN-RECEIVED
                    ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK>              --> ESTABLISHED
                    +1 ESTABLISHED    <-- <SEQ=299><ACK=100><CTL=SYN,ACK>          <-- SYN-RECEIVED
                    ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK><LEN=5>       --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=300><ACK=105><CTL=ACK>              <-- ESTABLISHED
                    ESTABLISHED       <-- <SEQ=299><ACK=100><CTL=SYN,ACK>          <-- ESTABLISHED
                    """);
        }

        @Test
        void finOfAClientThatGaveUpOnAFullAcceptQueueWasNotReceivedEither() {
            play("""
                    SYN-SENT          --> <SEQ=99><CTL=SYN>                  --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=299><ACK=100><CTL=SYN,ACK>    <-- SYN-RECEIVED
                    ESTABLISHED       --> <SEQ=100><ACK=300><CTL=ACK>        --> ESTABLISHED
                    FIN-WAIT-1        --> <SEQ=100><ACK=300><CTL=FIN,ACK>    --> CLOSE-WAIT
                    +1.02 FIN-WAIT-1  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>    <-- SYN-RECEIVED
                    +130 CLOSED       ~~~                                        CLOSED
                    """);
        }

        @Test
        void serverAnswersARepeatedSynFromScratch() { // SYN cookies, or a request that was dropped
            play("""
                    SYN-SENT          --> <SEQ=99><CTL=SYN>                  --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=299><ACK=100><CTL=SYN,ACK>    <-- SYN-RECEIVED
                    +1.0 SYN-SENT     --> <SEQ=99><CTL=SYN>                  --> SYN-RECEIVED
                    ESTABLISHED       <-- <SEQ=799><ACK=100><CTL=SYN,ACK>    <-- SYN-RECEIVED | nothing
                    ESTABLISHED       --> <SEQ=100><ACK=800><CTL=ACK>        --> ESTABLISHED  | nothing
                    ESTABLISHED       <-- <SEQ=800><ACK=100><CTL=ACK><LEN=1> <-- ESTABLISHED  | nothing
                    """);
        }
    }

    @Nested
    class OldDuplicates { // RFC 9293 3.5

        @Test
        void synAckForAnotherSynIsStale() { // Figure 8, mirrored
            play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                   --> SYN-RECEIVED
                    SYN-SENT     <-- <SEQ=299><ACK=51><CTL=SYN,ACK>      <-- SYN-RECEIVED | STALE_SYN_ACK
                    SYN-SENT     --> <SEQ=51><CTL=RST>                   --> SYN-RECEIVED | RST_OUT_OF_WINDOW
                    ESTABLISHED  <-- <SEQ=399><ACK=100><CTL=SYN,ACK>     <-- SYN-RECEIVED | nothing
                    ESTABLISHED  --> <SEQ=100><ACK=400><CTL=ACK>         --> ESTABLISHED
                    """);
        }

        @Test
        void oldDuplicateSynIsReset() { // Figure 8
            play("""
                    SYN-SENT     --> <SEQ=90><CTL=SYN>                   --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=91><CTL=SYN,ACK>      <-- SYN-RECEIVED
                    CLOSED       --> <SEQ=91><CTL=RST>                   --> CLOSED       | RST_ACCEPTED, closed RESET
                    """);
        }

        @Test
        void halfOpenConnectionIsDiscovered() { // Figure 9, with the ISNs far apart as on a real host
            var figures = play("""
                    SYN-SENT     --> <SEQ=99><CTL=SYN>                     --> SYN-RECEIVED
                    ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>       <-- SYN-RECEIVED
                    ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK>           --> ESTABLISHED
                    +9.0 ESTABLISHED --> <SEQ=400000><CTL=SYN>             --> ESTABLISHED  | SYN_ON_SYNCHRONISED
                    ESTABLISHED  <-- <SEQ=300><ACK=100><CTL=ACK>           <-- ESTABLISHED  | CHALLENGE_ACK
                    SYN-SENT     --> <SEQ=100><CTL=RST>                    --> CLOSED       | RST_ACCEPTED, TUPLE_REUSE_COLLISION, closed TUPLE_REUSED, opened
                    +1.0 SYN-SENT    --> <SEQ=400000><CTL=SYN>             --> CLOSED       | SYN_RETRANSMITTED
                    ESTABLISHED  <-- <SEQ=700000><ACK=400001><CTL=SYN,ACK> <-- SYN-RECEIVED | nothing
                    ESTABLISHED  --> <SEQ=400001><ACK=700001><CTL=ACK>     --> ESTABLISHED  | nothing
                    """);
            assertThat(figures.connection().incarnations()).isEqualTo(2);
            assertThat(figures.left().syns()).isEqualTo(2);
        }
    }
}
