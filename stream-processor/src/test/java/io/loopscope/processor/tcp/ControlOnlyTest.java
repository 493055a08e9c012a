package io.loopscope.processor.tcp;

import static io.loopscope.processor.tcp.Figures.playControl;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is presumed where data and bare acknowledgments are not captured. */
class ControlOnlyTest {

    private static final String ESTABLISHED = """
            SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
            ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- ESTABLISHED
            """;

    @Test
    void fourWayClose() { // RFC 9293 3.6, Figure 12
        var figures = playControl(ESTABLISHED + """
                +5 FIN-WAIT-2   --> <SEQ=1100><ACK=5300><CTL=FIN,ACK>  --> CLOSE-WAIT | nothing
                +9 TIME-WAIT    <-- <SEQ=7300><ACK=1101><CTL=FIN,ACK>  <-- CLOSED     | nothing
                +59.999 TIME-WAIT ~~~                                      CLOSED
                +0.001 CLOSED     ~~~                                      CLOSED     | closed FINISHED
                """);
        assertThat(figures.left().uniqueOctets()).as("told by the numbers").isEqualTo(1_000);
        assertThat(figures.right().uniqueOctets()).isEqualTo(7_000);
        assertThat(figures.left().gaps() + figures.right().gaps()).isZero();
    }

    @Test
    void followerClosesAtOnce() {
        playControl(ESTABLISHED + """
                FIN-WAIT-2   --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                TIME-WAIT    <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- CLOSED  | right CLOSE-WAIT LAST-ACK CLOSED
                """);
    }

    @Test
    void simultaneousClose() { // Figure 13
        playControl(ESTABLISHED + """
                FIN-WAIT-2   --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                TIME-WAIT    <-- <SEQ=300><ACK=100><CTL=FIN,ACK>  <-- TIME-WAIT | nothing
                """);
    }

    @Test
    void repeatedFinTakesThePresumptionBack() {
        var figures = playControl(ESTABLISHED + """
                       FIN-WAIT-2  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> CLOSE-WAIT
                +0.21  FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> ESTABLISHED | FIN_RETRANSMITTED
                +0.41  FIN-WAIT-1  --> <SEQ=100><ACK=300><CTL=FIN,ACK>  --> ESTABLISHED | FIN_RETRANSMITTED
                +0.2   TIME-WAIT   <-- <SEQ=300><ACK=101><CTL=FIN,ACK>  <-- CLOSED
                """);
        assertThat(figures.left().finRetransmissions()).isEqualTo(2);
    }

    @Test
    void repeatedSynAckTakesThePresumptionBack() {
        playControl(ESTABLISHED + """
                +1.02 ESTABLISHED <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- SYN-RECEIVED | SYN_ACK_RETRANSMITTED
                """);
    }

    @Test
    void refused() {
        playControl("""
                SYN-SENT     --> <SEQ=99><CTL=SYN>                    --> SYN-RECEIVED
                CLOSED       <-- <SEQ=0><ACK=100><CTL=RST,ACK><WND=0> <-- CLOSED | RST_ACCEPTED, closed REFUSED
                """);
    }

    @Test
    void resetAfterDataIsExact() {
        playControl(ESTABLISHED + """
                +5 CLOSED    --> <SEQ=90100><ACK=70300><CTL=RST,ACK><WND=0> --> CLOSED | RST_ACCEPTED, closed RESET
                """);
    }

    @Test
    void zeroWindowsMoveTheNumbersOn() {
        var figures = playControl(ESTABLISHED + """
                +1 ESTABLISHED  <-- <SEQ=300><ACK=65635><CTL=ACK><WND=0>    <-- ESTABLISHED | ZERO_WINDOW_BEGAN
                +1 ESTABLISHED  <-- <SEQ=400><ACK=195000><CTL=ACK><WND=0>   <-- ESTABLISHED | nothing
                +1 FIN-WAIT-2   --> <SEQ=200000><ACK=500><CTL=FIN,ACK>      --> CLOSE-WAIT  | nothing
                """);
        assertThat(figures.left().uniqueOctets()).isEqualTo(199_900);
        assertThat(figures.right().uniqueOctets()).isEqualTo(200);
    }

    @Test
    void nextIncarnationOfTheTuple() {
        playControl(ESTABLISHED + """
                +5 FIN-WAIT-2   --> <SEQ=1100><ACK=5300><CTL=FIN,ACK>  --> CLOSE-WAIT
                +9 TIME-WAIT    <-- <SEQ=7300><ACK=1101><CTL=FIN,ACK>  <-- CLOSED
                +1 SYN-SENT     --> <SEQ=90000099><CTL=SYN>            --> SYN-RECEIVED | opened
                   ESTABLISHED  <-- <SEQ=70000299><ACK=90000100><CTL=SYN,ACK> <-- ESTABLISHED
                """);
    }

    @Test
    void captureThatBeginsWithTheFirstFin() {
        playControl("""
                FIN-WAIT-2   --> <SEQ=1100><ACK=5300><CTL=FIN,ACK>  --> CLOSE-WAIT
                TIME-WAIT    <-- <SEQ=7300><ACK=1101><CTL=FIN,ACK>  <-- CLOSED
                """);
    }

    @Test
    void fidelityThatRisesMissesNothingOfBefore() {
        var connection = new Connection(
                FourTuple.of(1, Address.LOOPBACK_4, 40_000, Address.LOOPBACK_4, 80), TcpSettings.DEFAULT);
        connection.captureControlOnly(true);
        FigureScript.parse("""
                SYN-SENT     --> <SEQ=99><CTL=SYN>                --> SYN-RECEIVED
                ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK>  <-- ESTABLISHED
                """)
                .forEach(line -> connection.apply(
                        line.segment(line.fromLeft() ? Side.HIGH : Side.LOW, 0), ConnectionListener.NONE));
        connection.captureControlOnly(false);
        FigureScript.parse("""
                +9 ESTABLISHED  --> <SEQ=5100><ACK=9300><CTL=ACK><LEN=5>  --> ESTABLISHED
                """).forEach(line -> connection.apply(line.segment(Side.HIGH, 0), ConnectionListener.NONE));
        assertThat(connection.endpoint(Side.LOW).gaps()).isZero();
        assertThat(connection.endpoint(Side.HIGH).gaps()).isZero();
    }
}
