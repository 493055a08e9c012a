package io.loopscope.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.agent.sockets.Sockets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlockTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.2, false",
        "127.0.0.0/8, 127.255.255.255, true",
        "127.0.0.0/8, 128.0.0.0, false",
        "10.1.2.3/16, 10.1.255.0, true",
        "10.1.2.3/16, 10.2.2.3, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::/0, ::1, true",
        "::/0, 10.0.0.1, true",
        "::1, ::1, true",
        "::1, ::2, false",
        "fd00::/8, fdff:1::1, true",
        "fd00::/8, fe80::1, false",
        "2001:db8:0:1::/64, 2001:db8:0:1:ffff::1, true",
        "2001:db8:0:1::/64, 2001:db8:0:2::, false",
        "2001:db8::8/127, 2001:db8::9, true",
        "2001:db8::8/127, 2001:db8::a, false",
        "::ffff:10.0.0.0/104, 10.9.9.9, true",
        "::ffff:10.0.0.1, 10.0.0.1, true"
    })
    void holdsTheAddressesThatShareItsPrefix(String block, String address, boolean expected) {
        var endpoint = Sockets.at(address, 0);
        assertThat(new AddressSet(List.of(AddressBlock.parse(block))).contains(endpoint.high(), endpoint.low()))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "1.2.3",
                "1.2.3.256",
                "1.2.3.4/33",
                "::1/129",
                "::1/",
                "/8",
                "",
                "1:2",
                "fe80::1%lo",
                "abc"
            })
    void anythingElseIsRefusedAndNotLookedUp(String text) {
        assertThatThrownBy(() -> AddressBlock.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatThePrefixLeavesOutDoesNotCount() {
        assertThat(AddressBlock.parse("10.1.2.3/8")).isEqualTo(AddressBlock.parse("10.0.0.0/8"));
    }
}
