package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import org.junit.jupiter.api.Test;

class SocketsTest {
    private static final Address DISTANT_4 = Address.ofIpv4(0xC0A8_FF80);
    private static final Address DISTANT_6 = Address.of(0x2001_0DB8_0000_0000L, 7);

    @Test
    void storeKeyIsThatOfTheContract() {
        for (FourTuple tuple : new FourTuple[] {
            tuple(Address.LOOPBACK_4, Address.LOOPBACK_4),
            tuple(Address.LOOPBACK_4, DISTANT_4),
            tuple(Address.LOOPBACK_6, DISTANT_6),
            tuple(Address.LOOPBACK_4, DISTANT_6)
        }) {
            assertThat(Sockets.storeKey(new HostKey("wörk-1", -5).toBytes(), tuple))
                    .isEqualTo(Sockets.key("wörk-1", tuple).toBytes());
            assertThat(Sockets.publishedKey("wörk-1", tuple))
                    .isEqualTo(Sockets.key("wörk-1", tuple).toString());
        }
    }

    private static FourTuple tuple(Address a, Address b) {
        return FourTuple.of(-5, a, 65_535, b, 0);
    }
}
