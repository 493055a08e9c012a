package io.loopscope.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionKeyTest {
    private static InetSocketAddress socket(String address, int port) {
        return new InetSocketAddress(address, port);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 13306, 127.0.0.1, 59994",
        "127.0.0.1, 80, 127.0.0.2, 79",
        "10.0.0.1, 1, 200.0.0.1, 1",
        "::1, 1, ::1, 65535",
        "127.0.0.1, 65535, ::1, 1"
    })
    void bothDirectionsShareOneKey(String low, int lowPort, String high, int highPort) {
        ConnectionKey there = ConnectionKey.of("h", 7, socket(low, lowPort), socket(high, highPort));
        ConnectionKey back = ConnectionKey.of("h", 7, socket(high, highPort), socket(low, lowPort));
        assertThat(there).isEqualTo(back);
        assertThat(there.toBytes()).isEqualTo(back.toBytes());
        assertThat(there.low()).isEqualTo(socket(low, lowPort));
        assertThat(ConnectionKey.fromBytes(there.toBytes())).isEqualTo(there);
    }

    @Test
    void mappedAddressesAreIpv4() throws UnknownHostException {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 127, 0, 0, 1};
        assertThat(ConnectionKey.socket(mapped, 5)).isEqualTo(socket("127.0.0.1", 5));
    }

    @Test
    void hostAndNamespaceTellEqualTuplesApart() {
        InetSocketAddress a = socket("127.0.0.1", 1);
        InetSocketAddress b = socket("127.0.0.1", 2);
        assertThat(ConnectionKey.of("h", 1, a, b)).isNotEqualTo(ConnectionKey.of("h", 2, a, b));
        assertThat(ConnectionKey.of("g", 1, a, b).toBytes())
                .isNotEqualTo(ConnectionKey.of("h", 1, a, b).toBytes());
    }

    @Test
    void printsAsPeopleWriteIt() {
        assertThat(ConnectionKey.of("db1", 4026531840L, socket("::1", 13306), socket("::1", 59994)))
                .hasToString("db1/4026531840/[::1]:13306-[::1]:59994");
    }

    @ParameterizedTest
    @CsvSource({
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "fe80:0:0:0:1:0:0:1, fe80::1:0:0:1",
        "1.2.3.4, 1.2.3.4"
    })
    void ipv6IsWrittenByRfc5952(String address, String text) throws UnknownHostException {
        assertThat(AddressText.of(InetAddress.getByName(address))).isEqualTo(text);
    }

    @Test
    void bytesThatAreNoKeyAreRefused() {
        byte[] good = ConnectionKey.of("h", 1, socket("127.0.0.1", 1), socket("127.0.0.1", 2))
                .toBytes();
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> ConnectionKey.fromBytes(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> ConnectionKey.fromBytes(Arrays.copyOf(good, good.length + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ConnectionKey("h", 1, socket("127.0.0.1", 2), socket("127.0.0.1", 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ConnectionKey.of("", 1, socket("127.0.0.1", 2), socket("127.0.0.1", 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
