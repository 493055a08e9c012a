package io.loopscope.agent.parse;

import static io.loopscope.agent.testing.PacketBytes.TCP;
import static io.loopscope.agent.testing.PacketBytes.authentication;
import static io.loopscope.agent.testing.PacketBytes.concat;
import static io.loopscope.agent.testing.PacketBytes.ethernet;
import static io.loopscope.agent.testing.PacketBytes.extension;
import static io.loopscope.agent.testing.PacketBytes.fragment;
import static io.loopscope.agent.testing.PacketBytes.hex;
import static io.loopscope.agent.testing.PacketBytes.ipv4;
import static io.loopscope.agent.testing.PacketBytes.ipv6;
import static io.loopscope.agent.testing.PacketBytes.jumbo;
import static io.loopscope.agent.testing.PacketBytes.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.testing.PacketBytes;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpHeaderTest {
    private static final byte[] NO_OPTIONS = new byte[0];
    private static final byte[] SEGMENT = tcp().payload(100).bytes();

    @Nested
    class Ipv4 {
        @Test
        void addressesAreKeptInMappedForm() {
            SegmentHeader header = ok(ipv4(TCP, SEGMENT));
            assertThat(header.sourceHigh()).isZero();
            assertThat(header.sourceLow()).isEqualTo(0xffff_7f00_0001L);
            assertThat(header.sourceAddress()).isEqualTo(hex("7f000001"));
            assertThat(header.destinationAddress()).isEqualTo(hex("7f000002"));
        }

        @Test
        void optionsArePassed() {
            byte[] options = hex("01010101 07040400");
            byte[] packet = ipv4(TCP, 28 + SEGMENT.length, 0, options, SEGMENT);
            assertThat(ok(packet).payloadOctets()).isEqualTo(100);
        }

        @Test
        void ethernetPaddingIsNotPayload() {
            byte[] frame = concat(
                    ethernet(
                            PacketBytes.ETHERTYPE_IPV4,
                            ipv4(TCP, tcp().flags(0x11).bytes())),
                    new byte[6]);
            assertThat(Parsing.of(LinkType.ETHERNET, frame).header().payloadOctets())
                    .isZero();
        }

        @Test
        void payloadIsToldByTheHeaderWhenTheCaptureCutsIt() {
            byte[] large = ipv4(TCP, tcp().payload(64_000).bytes());
            assertThat(Parsing.cut(LinkType.RAW, large, 128).header().payloadOctets())
                    .isEqualTo(64_000);
        }

        @Test
        void payloadIsToldByTheHeaderAlsoWhenTheWriterForgotTheWireLength() {
            byte[] packet = ipv4(TCP, tcp().payload(1448).bytes());
            byte[] cut = java.util.Arrays.copyOf(packet, packet.length - 8);
            assertThat(Parsing.of(LinkType.RAW, cut, cut.length).header().payloadOctets())
                    .isEqualTo(1448);
        }

        @Test
        void bigTcpHasItsLengthOnTheWireOnly() {
            byte[] head = ipv4(TCP, 0, 0, NO_OPTIONS, tcp().bytes());
            Parsing parsing = Parsing.of(LinkType.RAW, head, 40 + 190_000);
            assertThat(parsing.result()).isEqualTo(ParseResult.OK);
            assertThat(parsing.header().payloadOctets()).isEqualTo(190_000);
        }

        @Test
        void theFirstFragmentCountsWhenItHoldsTheHeader() {
            byte[] packet = ipv4(TCP, 20 + SEGMENT.length, 0x2000, NO_OPTIONS, SEGMENT);
            SegmentHeader header = ok(packet);
            assertThat(header.fragmented()).isTrue();
            assertThat(header.payloadOctets()).isEqualTo(100);
        }

        @Test
        void otherFragmentsAreCounted() {
            assertThat(result(ipv4(TCP, 60, 0x2001, NO_OPTIONS, new byte[40]))).isEqualTo(ParseResult.FRAGMENT);
            byte[] halfAHeader = ipv4(TCP, 28, 0x2000, NO_OPTIONS, new byte[8]);
            assertThat(result(halfAHeader)).isEqualTo(ParseResult.FRAGMENT);
            assertThat(result(ipv4(17, 60, 0x2001, NO_OPTIONS, new byte[40]))).isEqualTo(ParseResult.NOT_TCP);
        }

        @Test
        void otherProtocolsAreCounted() {
            assertThat(result(ipv4(17, new byte[8]))).isEqualTo(ParseResult.NOT_TCP);
            for (int tunnel : new int[] {4, 41, 47, 50}) {
                assertThat(result(ipv4(tunnel, new byte[40]))).isEqualTo(ParseResult.ENCAPSULATED);
            }
        }

        @Test
        void anAuthenticationHeaderHidesNothing() {
            assertThat(ok(ipv4(51, authentication(TCP, SEGMENT))).payloadOctets())
                    .isEqualTo(100);
            assertThat(result(ipv4(51, authentication(17, SEGMENT)))).isEqualTo(ParseResult.NOT_TCP);
        }

        @Test
        void lengthsThatCannotBe() {
            byte[] shortHeader = ipv4(TCP, SEGMENT);
            shortHeader[0] = 0x44;
            assertThat(result(shortHeader)).isEqualTo(ParseResult.BAD_IP_HEADER);
            assertThat(result(ipv4(TCP, 19, 0, NO_OPTIONS, SEGMENT))).isEqualTo(ParseResult.BAD_IP_HEADER);
            assertThat(result(new byte[] {0x45})).isEqualTo(ParseResult.BAD_IP_HEADER);
        }
    }

    @Nested
    class Ipv6 {
        @Test
        void addresses() {
            SegmentHeader header = ok(ipv6(TCP, SEGMENT));
            assertThat(header.sourceAddress()).isEqualTo(hex("00000000000000000000000000000001"));
            assertThat(header.destinationHigh()).isEqualTo(0xfe80_0000_0000_0000L);
            assertThat(header.destinationLow()).isEqualTo(2);
        }

        @Test
        void aMappedAddressIsIpv4() {
            byte[] packet = ipv6(TCP, SEGMENT.length, "00000000000000000000ffff7f000001", SEGMENT);
            assertThat(ok(packet).sourceAddress()).isEqualTo(hex("7f000001"));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 43, 60, 135})
        void extensionHeadersArePassed(int header) {
            assertThat(ok(ipv6(header, extension(TCP, 2, SEGMENT))).payloadOctets())
                    .isEqualTo(100);
        }

        @Test
        void extensionHeadersMayBeChained() {
            byte[] chain = extension(43, 0, extension(60, 1, fragment(51, 0, authentication(TCP, SEGMENT))));
            SegmentHeader header = ok(ipv6(0, chain));
            assertThat(header.payloadOctets()).isEqualTo(100);
            assertThat(header.fragmented()).isFalse();
        }

        @Test
        void fragments() {
            assertThat(ok(ipv6(44, fragment(TCP, 1, SEGMENT))).fragmented()).isTrue();
            assertThat(result(ipv6(44, fragment(TCP, 8, SEGMENT)))).isEqualTo(ParseResult.FRAGMENT);
            assertThat(result(ipv6(44, fragment(17, 8, SEGMENT)))).isEqualTo(ParseResult.NOT_TCP);
            assertThat(result(ipv6(44, fragment(TCP, 1, new byte[8])))).isEqualTo(ParseResult.FRAGMENT);
        }

        @Test
        void aJumboPayloadIsToldByItsOption() {
            byte[] packet = ipv6(0, 0, jumbo(TCP, 8 + 20 + 100_000, tcp().bytes()));
            assertThat(Parsing.of(LinkType.IPV6, packet, 500_000).header().payloadOctets())
                    .isEqualTo(100_000);
        }

        @Test
        void bigTcpWithoutTheOptionIsToldByTheWire() {
            byte[] packet = ipv6(TCP, 0, tcp().bytes());
            assertThat(Parsing.of(LinkType.IPV6, packet, 60 + 80_000).header().payloadOctets())
                    .isEqualTo(80_000);
            byte[] nonsense = ipv6(0, 0, jumbo(TCP, 3, tcp().bytes()));
            assertThat(Parsing.of(LinkType.IPV6, nonsense, 68 + 70_000).header().payloadOctets())
                    .isEqualTo(70_000);
        }

        @Test
        void otherProtocolsAreCounted() {
            assertThat(result(ipv6(58, new byte[8]))).isEqualTo(ParseResult.NOT_TCP);
            assertThat(result(ipv6(59, new byte[0]))).isEqualTo(ParseResult.NOT_TCP);
            assertThat(result(ipv6(4, new byte[40]))).isEqualTo(ParseResult.ENCAPSULATED);
        }

        @Test
        void lengthsThatCannotBe() {
            byte[] tooLong = ipv6(0, 16, extension(TCP, 3, SEGMENT));
            assertThat(result(tooLong)).isEqualTo(ParseResult.BAD_IP_HEADER);
            assertThat(Parsing.of(LinkType.IPV6, new byte[39]).result()).isEqualTo(ParseResult.BAD_IP_HEADER);
        }

        @Test
        void aChainThatTheCaptureCutsIsTruncated() {
            byte[] packet = ipv6(0, extension(60, 20, extension(TCP, 0, SEGMENT)));
            assertThat(Parsing.cut(LinkType.IPV6, packet, 128).result()).isEqualTo(ParseResult.TRUNCATED);
        }
    }

    private static SegmentHeader ok(byte[] packet) {
        Parsing parsing = Parsing.of(LinkType.RAW, packet);
        assertThat(parsing.result()).isEqualTo(ParseResult.OK);
        return parsing.header();
    }

    private static ParseResult result(byte[] packet) {
        return Parsing.of(LinkType.RAW, packet).result();
    }
}
