package io.loopscope.processor.tcp;

import static io.loopscope.processor.tcp.TcpFlags.ACK;
import static io.loopscope.processor.tcp.TcpFlags.FIN;
import static io.loopscope.processor.tcp.TcpFlags.RST;
import static io.loopscope.processor.tcp.TcpFlags.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ZeekHistoryTest {

    private final ZeekHistory history = new ZeekHistory();
    private long now;

    private ZeekHistoryTest sends(boolean originator, int flags, int sequence, int octets) {
        Side side = originator ? Side.HIGH : Side.LOW;
        history.segment(originator, Segment.of(side, ++now, flags, sequence, 0, 100, octets), false);
        return this;
    }

    private ZeekHistoryTest originator(int flags, int sequence) {
        return sends(true, flags, sequence, 0);
    }

    private ZeekHistoryTest responder(int flags, int sequence) {
        return sends(false, flags, sequence, 0);
    }

    private ZeekHistoryTest established() {
        return originator(SYN, 1).responder(SYN | ACK, 1).originator(ACK, 2);
    }

    private void is(String letters, String connState) {
        assertThat(history.letters()).isEqualTo(letters);
        assertThat(history.connState(true)).isEqualTo(connState);
    }

    @Test
    void attemptWithoutReply() {
        originator(SYN, 1).originator(SYN, 1).is("S", "S0");
    }

    @Test
    void establishedAndNotTerminated() {
        established().is("ShA", "S1");
    }

    @Test
    void normalEnd() {
        established()
                .originator(FIN | ACK, 2)
                .responder(FIN | ACK, 2)
                .originator(ACK, 3)
                .is("ShAFf", "SF");
    }

    @Test
    void oneSideClosed() {
        established().originator(FIN | ACK, 2).is("ShAF", "S2");
    }

    @Test
    void otherSideClosed() {
        established().responder(FIN | ACK, 2).is("ShAf", "S3");
    }

    @Test
    void rejected() {
        originator(SYN, 1).responder(RST | ACK, 0).is("Sr", "REJ");
    }

    @Test
    void originatorAborted() {
        established().originator(RST, 2).is("ShAR", "RSTO");
    }

    @Test
    void responderAborted() {
        established().responder(RST, 2).is("ShAr", "RSTR");
    }

    @Test
    void synThenResetWithoutReply() {
        originator(SYN, 1).originator(RST, 2).is("SR", "RSTOS0");
    }

    @Test
    void synAckThenResetWithoutSyn() {
        responder(SYN | ACK, 1).responder(RST, 2).is("hr", "RSTRH");
    }

    @Test
    void synThenFinWithoutReply() {
        originator(SYN, 1).originator(FIN | ACK, 2).is("SF", "SH");
    }

    @Test
    void synAckThenFinWithoutSyn() {
        responder(SYN | ACK, 1).responder(FIN | ACK, 2).is("hf", "SHR");
    }

    @Test
    void midStream() {
        originator(ACK, 5).responder(ACK, 7).is("Aa", "OTH");
    }

    @Test
    void dataIsWrittenOncePerDirection() {
        established()
                .sends(true, ACK, 2, 5)
                .sends(true, ACK, 7, 5)
                .sends(false, ACK, 2, 5)
                .is("ShADd", "S1");
    }

    @Test
    void controlBitIsWrittenAgainWhenItsNumberChanges() {
        established()
                .originator(FIN | ACK, 2)
                .originator(FIN | ACK, 2)
                .originator(FIN | ACK, 9)
                .is("ShAFF", "S2");
    }

    @Test
    void repetitionsAreWrittenByPowersOfTen() {
        established();
        for (int i = 0; i < 100; i++) {
            history.segment(true, Segment.of(Side.HIGH, ++now, ACK, 2, 2, 100, 5), true);
        }
        is("ShADTTT", "S1");
    }

    @Test
    void zeroWindowIsOfNoInterestAfterThePeersFin() {
        established().originator(FIN | ACK, 2);
        history.segment(false, Segment.of(Side.LOW, ++now, ACK, 2, 3, 0, 0), false);
        is("ShAFa", "S2");
    }

    @Test
    void combinationsNoStackSends() {
        originator(SYN | FIN, 1).originator(FIN | RST, 1).is("QI", "OTH");
    }

    @Test
    void firstSegmentOfTheResponderFlipsTheDirection() {
        history.flip();
        responder(SYN | ACK, 1).originator(ACK, 2).is("^hA", "S1");
    }
}
