package io.loopscope.systemtests.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The lines are from tcpdump 4.99.3. */
class TcpdumpTest {
    private static final String FIRST =
            "1790000000.123456 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60)";

    @Test
    void aSynHasNoAcknowledgment() {
        String second = "    127.0.0.1.40000 > 127.0.0.1.13306: Flags [S], seq 4294967295, win 65495, options "
                + "[mss 65495,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0";
        assertThat(Tcpdump.parse(FIRST, second))
                .isEqualTo(new WireSegment(
                        1_790_000_000_123_456L, "127.0.0.1:40000", "127.0.0.1:13306", 2, 4294967295L, 0, 65495, 0));
    }

    @Test
    void dataHasARangeAndAPureAckDoesNot() {
        String data = "    127.0.0.1.40000 > 127.0.0.1.13306: Flags [P.], seq 10:15, ack 20, win 512, options "
                + "[nop,nop,TS val 1 ecr 2], length 5";
        String ack = "    127.0.0.1.13306 > 127.0.0.1.40000: Flags [.], seq 20, ack 15, win 512, options "
                + "[nop,nop,TS val 1 ecr 2], length 0";
        assertThat(Tcpdump.parse(FIRST, data))
                .extracting(WireSegment::flags, WireSegment::sequence, WireSegment::acknowledgment)
                .containsExactly(24, 10L, 20L);
        assertThat(Tcpdump.parse(FIRST, data).payloadOctets()).isEqualTo(5);
        assertThat(Tcpdump.parse(FIRST, ack))
                .extracting(WireSegment::flags, WireSegment::sequence, WireSegment::acknowledgment)
                .containsExactly(16, 20L, 15L);
    }

    @Test
    void aPacketOfIpv6IsOnOneLine() {
        String only = "1790000000.123456 IP6 (flowlabel 0x5d0c6, hlim 64, next-header TCP (6) payload length: 37) "
                + "::1.44732 > fd00::2.8080: Flags [P.], seq 10:15, ack 20, win 512, options [nop,nop,TS val 1 ecr 2], "
                + "length 5";
        assertThat(Tcpdump.parse(only, ""))
                .isEqualTo(
                        new WireSegment(1_790_000_000_123_456L, "[::1]:44732", "[fd00::2]:8080", 24, 10, 20, 512, 5));
    }

    @Test
    void aLineItDoesNotKnowIsAnErrorAndNotSkipped() {
        assertThatThrownBy(() -> Tcpdump.parse(FIRST, "    something else")).isInstanceOf(IllegalStateException.class);
    }
}
