package io.loopscope.processor.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

class TcpStateTest {

    /** Every arrow of the machine. A signal that is not listed leaves the state alone. */
    private static final String TRANSITIONS = """
            SND_SYN                 CLOSED > SYN-SENT, SYN-RECEIVED > SYN-SENT
            SND_SYN_ACK             CLOSED > SYN-RECEIVED, SYN-SENT > SYN-RECEIVED
            RCV_SYN                 CLOSED > SYN-RECEIVED, SYN-SENT > SYN-RECEIVED
            RCV_SYN_ACK             SYN-SENT > ESTABLISHED, SYN-RECEIVED > ESTABLISHED
            RCV_ACK_OF_SYN          SYN-RECEIVED > ESTABLISHED
            PROVEN_ESTABLISHED      CLOSED > ESTABLISHED, SYN-SENT > ESTABLISHED, SYN-RECEIVED > ESTABLISHED
            SND_FIN                 SYN-RECEIVED > FIN-WAIT-1, ESTABLISHED > FIN-WAIT-1, CLOSE-WAIT > LAST-ACK
            SND_FIN_CROSSED         CLOSE-WAIT > FIN-WAIT-1
            RCV_FIN                 SYN-RECEIVED > CLOSE-WAIT, ESTABLISHED > CLOSE-WAIT, FIN-WAIT-1 > CLOSING, FIN-WAIT-2 > TIME-WAIT
            RCV_ACK_OF_FIN          FIN-WAIT-1 > FIN-WAIT-2, CLOSING > TIME-WAIT, LAST-ACK > CLOSED
            SND_RST                 SYN-SENT > CLOSED, SYN-RECEIVED > CLOSED, ESTABLISHED > CLOSED, FIN-WAIT-1 > CLOSED, FIN-WAIT-2 > CLOSED, CLOSING > CLOSED, TIME-WAIT > CLOSED, CLOSE-WAIT > CLOSED, LAST-ACK > CLOSED
            RCV_RST                 SYN-SENT > CLOSED, SYN-RECEIVED > CLOSED, ESTABLISHED > CLOSED, FIN-WAIT-1 > CLOSED, FIN-WAIT-2 > CLOSED, CLOSING > CLOSED, TIME-WAIT > CLOSED, CLOSE-WAIT > CLOSED, LAST-ACK > CLOSED
            TIME_WAIT_EXPIRED       TIME-WAIT > CLOSED
            GAVE_UP                 SYN-SENT > CLOSED, SYN-RECEIVED > CLOSED, FIN-WAIT-1 > CLOSED, CLOSING > CLOSED, LAST-ACK > CLOSED
            SYN_UNDELIVERED         SYN-RECEIVED > CLOSED
            SYN_ACK_UNDELIVERED     ESTABLISHED > SYN-SENT
            ACK_OF_SYN_UNDELIVERED  ESTABLISHED > SYN-RECEIVED, CLOSE-WAIT > SYN-RECEIVED
            FIN_UNDELIVERED         CLOSING > FIN-WAIT-1, TIME-WAIT > FIN-WAIT-2, CLOSE-WAIT > ESTABLISHED
            ACK_OF_FIN_UNDELIVERED  CLOSED > LAST-ACK, FIN-WAIT-2 > FIN-WAIT-1, TIME-WAIT > CLOSING
            """;

    @Test
    void everyArrowIsInTheTableAndNoOther() {
        var table = new StringJoiner("\n", "", "\n");
        for (Signal signal : Signal.values()) {
            var arrows = new StringJoiner(", ");
            for (TcpState state : TcpState.values()) {
                if (state.on(signal) != state) {
                    arrows.add(state + " > " + state.on(signal));
                }
            }
            table.add("%-23s %s".formatted(signal, arrows));
        }
        assertThat(table.toString()).isEqualTo(TRANSITIONS);
    }

    @Test
    void namesAreTheRfcs() {
        assertThat(TcpState.FIN_WAIT_1).hasToString("FIN-WAIT-1");
        assertThat(TcpState.TIME_WAIT).hasToString("TIME-WAIT");
    }
}
