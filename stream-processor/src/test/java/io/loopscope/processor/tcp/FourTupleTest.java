package io.loopscope.processor.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class FourTupleTest {

    private static Address address(String literal) {
        try {
            return Address.of(InetAddress.getByName(literal));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void bothDirectionsHaveOneTuple() {
        Address a = address("127.0.0.1");
        FourTuple there = FourTuple.of(7, a, 59994, a, 13306);
        FourTuple back = FourTuple.of(7, a, 13306, a, 59994);
        assertThat(there).isEqualTo(back).hasSameHashCodeAs(back);
        assertThat(there.lowPort()).isEqualTo(13306);
        assertThat(FourTuple.side(a, 59994, a, 13306)).isEqualTo(Side.HIGH);
        assertThat(FourTuple.side(a, 13306, a, 59994)).isEqualTo(Side.LOW);
        assertThat(there.port(Side.HIGH)).isEqualTo(59994);
    }

    @Test
    void addressesCompareBeforePortsAndWithoutSign() {
        FourTuple tuple = FourTuple.of(1, address("200.0.0.1"), 1, address("100.0.0.1"), 2);
        assertThat(tuple.low()).isEqualTo(address("100.0.0.1"));
        assertThat(FourTuple.of(1, address("fe80::1"), 1, address("::1"), 2).low())
                .isEqualTo(address("::1"));
    }

    @Test
    void namespaceTellsEqualTuplesApart() {
        Address a = address("127.0.0.1");
        assertThat(FourTuple.of(1, a, 1, a, 2)).isNotEqualTo(FourTuple.of(2, a, 1, a, 2));
    }

    @Test
    void mappedAddressIsTheIpv4Address() {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xFF, (byte) 0xFF, 127, 0, 0, 1};
        assertThat(Address.of(mapped)).isSameAs(Address.LOOPBACK_4);
        assertThat(Address.of(mapped).octets()).containsExactly(127, 0, 0, 1);
        assertThat(Address.of(mapped)).hasToString("127.0.0.1");
        assertThat(address("::1")).isSameAs(Address.LOOPBACK_6).hasToString("0:0:0:0:0:0:0:1");
        assertThat(address("2001:db8::2").octets()).hasSize(16).endsWith(0, 2).startsWith(0x20, 0x01, 0x0d, 0xb8);
    }

    @Test
    void addressHasFourOrSixteenOctets() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Address.of(new byte[5]))
                .withMessageContaining("not 5");
    }

    @Test
    void tupleThatIsNotCanonicalIsRefused() {
        Address a = address("127.0.0.1");
        assertThatIllegalArgumentException().isThrownBy(() -> new FourTuple(1, a, 2, a, 1));
    }

    @Test
    void socketConnectedToItselfHasEqualEnds() {
        Address a = address("127.0.0.1");
        assertThat(FourTuple.of(1, a, 5, a, 5).selfConnected()).isTrue();
        assertThat(FourTuple.of(1, a, 5, a, 6).selfConnected()).isFalse();
        assertThat(FourTuple.side(a, 5, a, 5)).isEqualTo(Side.LOW);
    }

    /** Checked against what Wireshark computes for the same packets. */
    @Test
    void communityIdsAreTheOnesOfOtherTools() {
        assertThat(FourTuple.of(0, address("128.232.110.120"), 34855, address("66.35.250.204"), 80)
                        .communityId())
                .isEqualTo("1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
        FourTuple ipv6 = FourTuple.of(
                0, address("2607:f8b0:400c:c03::1a"), 25, address("2001:470:e5bf:dead:4957:2174:e82c:4887"), 63943);
        assertThat(ipv6.communityId()).isEqualTo("1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
    }
}
