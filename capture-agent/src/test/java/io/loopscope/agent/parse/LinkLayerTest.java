package io.loopscope.agent.parse;

import static io.loopscope.agent.testing.PacketBytes.ETHERTYPE_IPV4;
import static io.loopscope.agent.testing.PacketBytes.ETHERTYPE_IPV6;
import static io.loopscope.agent.testing.PacketBytes.TCP;
import static io.loopscope.agent.testing.PacketBytes.ethernet;
import static io.loopscope.agent.testing.PacketBytes.ipv4;
import static io.loopscope.agent.testing.PacketBytes.ipv6;
import static io.loopscope.agent.testing.PacketBytes.nullLink;
import static io.loopscope.agent.testing.PacketBytes.sll;
import static io.loopscope.agent.testing.PacketBytes.sll2;
import static io.loopscope.agent.testing.PacketBytes.tcp;
import static io.loopscope.agent.testing.PacketBytes.vlanTag;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.testing.PacketBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkLayerTest {
    private static final byte[] SEGMENT = tcp().ports(1, 2).payload(3).bytes();
    private static final byte[] OVER_IPV4 = ipv4(TCP, SEGMENT);
    private static final byte[] OVER_IPV6 = ipv6(TCP, SEGMENT);

    @Test
    void ethernetCarriesBothVersions() {
        assertSegment(Parsing.of(LinkType.ETHERNET, ethernet(ETHERTYPE_IPV4, OVER_IPV4)));
        assertSegment(Parsing.of(LinkType.ETHERNET, ethernet(ETHERTYPE_IPV6, OVER_IPV6)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x8100, 0x88a8, 0x9100})
    void oneVlanTagIsPassed(int tag) {
        assertSegment(Parsing.of(LinkType.ETHERNET, ethernet(tag, vlanTag(ETHERTYPE_IPV4, OVER_IPV4))));
    }

    @Test
    void stackedVlanTagsArePassed() {
        byte[] stacked = vlanTag(0x8100, vlanTag(0x8100, vlanTag(ETHERTYPE_IPV6, OVER_IPV6)));
        assertSegment(Parsing.of(LinkType.ETHERNET, ethernet(0x88a8, stacked)));
    }

    @Test
    void macLoopbackComesInEitherByteOrder() {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            assertSegment(Parsing.of(LinkType.NULL, nullLink(2, order, OVER_IPV4)));
            assertSegment(Parsing.of(LinkType.NULL, nullLink(30, order, OVER_IPV6)));
        }
        assertSegment(Parsing.of(LinkType.LOOP, nullLink(24, ByteOrder.BIG_ENDIAN, OVER_IPV6)));
    }

    @Test
    void anotherAddressFamilyIsNotIp() {
        assertThat(Parsing.of(LinkType.NULL, nullLink(7, ByteOrder.LITTLE_ENDIAN, OVER_IPV4))
                        .result())
                .isEqualTo(ParseResult.NOT_IP);
    }

    @Test
    void linuxCookedCapturesOfBothVersions() {
        assertSegment(Parsing.of(LinkType.LINUX_SLL, sll(ETHERTYPE_IPV4, OVER_IPV4)));
        assertSegment(Parsing.of(LinkType.LINUX_SLL, sll(0x8100, vlanTag(ETHERTYPE_IPV6, OVER_IPV6))));
        assertSegment(Parsing.of(LinkType.LINUX_SLL2, sll2(ETHERTYPE_IPV6, OVER_IPV6)));
    }

    @ParameterizedTest
    @ValueSource(ints = {LinkType.RAW, LinkType.RAW_LIVE, LinkType.RAW_OPENBSD})
    void rawIpIsToldByItsVersion(int linkType) {
        assertSegment(Parsing.of(linkType, OVER_IPV4));
        assertSegment(Parsing.of(linkType, OVER_IPV6));
        assertThat(Parsing.of(linkType, new byte[] {0x50, 0}).result()).isEqualTo(ParseResult.NOT_IP);
    }

    @Test
    void rawIpOfOneVersion() {
        assertSegment(Parsing.of(LinkType.IPV4, OVER_IPV4));
        assertSegment(Parsing.of(LinkType.IPV6, OVER_IPV6));
        assertThat(Parsing.of(LinkType.IPV4, OVER_IPV6).result()).isEqualTo(ParseResult.BAD_IP_HEADER);
    }

    @Test
    void arpAndLlcAreNotIp() {
        assertThat(Parsing.of(LinkType.ETHERNET, ethernet(0x0806, new byte[28])).result())
                .isEqualTo(ParseResult.NOT_IP);
        assertThat(Parsing.of(LinkType.ETHERNET, ethernet(40, new byte[40])).result())
                .isEqualTo(ParseResult.NOT_IP);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x8847, 0x8848, 0x8864, 0x88e7})
    void tunnelsAreCountedAsSuch(int etherType) {
        assertThat(Parsing.of(LinkType.ETHERNET, ethernet(etherType, OVER_IPV4)).result())
                .isEqualTo(ParseResult.ENCAPSULATED);
    }

    @Test
    void anUnknownLinkTypeIsNamed() {
        assertThat(Parsing.of(239, OVER_IPV4).result()).isEqualTo(ParseResult.UNSUPPORTED_LINK_TYPE);
        assertThat(LinkType.supported(239)).isFalse();
        assertThat(LinkType.supported(LinkType.LINUX_SLL2)).isTrue();
    }

    @Test
    void aHeaderThatWasNeverThereIsBadAndOneThatWasCutIsTruncated() {
        assertThat(Parsing.of(LinkType.ETHERNET, new byte[13]).result()).isEqualTo(ParseResult.BAD_LINK_HEADER);
        byte[] whole = ethernet(ETHERTYPE_IPV4, OVER_IPV4);
        assertThat(Parsing.cut(LinkType.ETHERNET, whole, 13).result()).isEqualTo(ParseResult.TRUNCATED);
    }

    @Test
    void aPacketSocketTellsTheNetworkProtocolItself() {
        SegmentHeader header = new SegmentHeader();
        byte[] frame = PacketBytes.concat(new byte[10], OVER_IPV6);
        ParseResult result = new HeaderParser()
                .parseNetwork(ByteBuffer.wrap(frame), 10, OVER_IPV6.length, OVER_IPV6.length, ETHERTYPE_IPV6, header);
        assertSegment(new Parsing(result, header));
    }

    private static void assertSegment(Parsing parsing) {
        assertThat(parsing.result()).isEqualTo(ParseResult.OK);
        assertThat(parsing.header().sourcePort()).isEqualTo(1);
        assertThat(parsing.header().destinationPort()).isEqualTo(2);
        assertThat(parsing.header().payloadOctets()).isEqualTo(3);
    }
}
