package io.loopscope.agent.parse;

import static io.loopscope.agent.testing.PacketBytes.ETHERTYPE_IPV4;
import static io.loopscope.agent.testing.PacketBytes.ETHERTYPE_IPV6;
import static io.loopscope.agent.testing.PacketBytes.TCP;
import static io.loopscope.agent.testing.PacketBytes.ethernet;
import static io.loopscope.agent.testing.PacketBytes.extension;
import static io.loopscope.agent.testing.PacketBytes.fragment;
import static io.loopscope.agent.testing.PacketBytes.ipv4;
import static io.loopscope.agent.testing.PacketBytes.ipv6;
import static io.loopscope.agent.testing.PacketBytes.jumbo;
import static io.loopscope.agent.testing.PacketBytes.nullLink;
import static io.loopscope.agent.testing.PacketBytes.sll;
import static io.loopscope.agent.testing.PacketBytes.sll2;
import static io.loopscope.agent.testing.PacketBytes.tcp;
import static io.loopscope.agent.testing.PacketBytes.vlanTag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever octets come, the parser answers and stays inside them. A failing run is repeated by its seed. */
class HeaderParserFuzzTest {
    private static final int MUTANTS_PER_PACKET = 20_000;
    private static final byte GUARD = (byte) 0xa5;

    private static final String SYN_OPTIONS = "020405b4 0402 080a 00000001 00000000 01 030307";
    private static final byte[] SYN = tcp().flags(2).options(SYN_OPTIONS).bytes();
    private static final byte[] DATA =
            tcp().options("0101080a 00000001 00000002").payload(40).bytes();

    private static final List<Map.Entry<Integer, byte[]>> PACKETS = List.of(
            Map.entry(LinkType.ETHERNET, ethernet(ETHERTYPE_IPV4, ipv4(TCP, SYN))),
            Map.entry(LinkType.ETHERNET, ethernet(0x8100, vlanTag(ETHERTYPE_IPV6, ipv6(TCP, DATA)))),
            Map.entry(LinkType.NULL, nullLink(30, ByteOrder.LITTLE_ENDIAN, ipv6(0, extension(TCP, 1, SYN)))),
            Map.entry(LinkType.LINUX_SLL, sll(ETHERTYPE_IPV4, ipv4(TCP, DATA))),
            Map.entry(LinkType.LINUX_SLL2, sll2(ETHERTYPE_IPV6, ipv6(44, fragment(TCP, 1, DATA)))),
            Map.entry(LinkType.RAW, ipv6(0, 0, jumbo(TCP, 70_000, DATA))));

    @Test
    void noMutantMakesItThrowOrReadOutside() {
        List<ParseResult> seen = new ArrayList<>();
        PACKETS.forEach(packet -> {
            Random random = new Random(packet.getKey());
            for (int i = 0; i < MUTANTS_PER_PACKET; i++) {
                seen.add(parseMutant(packet.getKey(), mutate(packet.getValue(), random), random));
            }
        });
        // The mutants reach all depths of the parser, or the test proves nothing.
        assertThat(seen)
                .contains(
                        ParseResult.OK,
                        ParseResult.NOT_IP,
                        ParseResult.NOT_TCP,
                        ParseResult.ENCAPSULATED,
                        ParseResult.FRAGMENT,
                        ParseResult.TRUNCATED,
                        ParseResult.BAD_IP_HEADER,
                        ParseResult.BAD_TCP_HEADER);
    }

    @Test
    void noNoiseMakesItThrow() {
        Random random = new Random(9293);
        for (int i = 0; i < MUTANTS_PER_PACKET; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            parseMutant(random.nextInt(300), noise, random);
        }
    }

    @Test
    void aProgrammersMistakeIsToldAtOnce() {
        HeaderParser parser = new HeaderParser();
        ByteBuffer littleEndian = ByteBuffer.allocate(60).order(ByteOrder.LITTLE_ENDIAN);
        assertThatThrownBy(() -> parser.parse(littleEndian, 0, 60, 60, LinkType.RAW, new SegmentHeader()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> parser.parse(ByteBuffer.allocate(60), 1, 60, 60, LinkType.RAW, new SegmentHeader()))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static byte[] mutate(byte[] packet, Random random) {
        byte[] mutant = java.util.Arrays.copyOf(
                packet, random.nextInt(4) == 0 ? random.nextInt(packet.length + 20) : packet.length);
        for (int flips = random.nextInt(4); flips > 0 && mutant.length > 0; flips--) {
            mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
        }
        return mutant;
    }

    /** The packet lies between guard octets: reading beyond it would change the answer with what lies there. */
    private static ParseResult parseMutant(int linkType, byte[] packet, Random random) {
        int wireLength = random.nextInt(3) == 0 ? random.nextInt() : packet.length + random.nextInt(2) * 1000;
        SegmentHeader guarded = new SegmentHeader();
        SegmentHeader bare = new SegmentHeader();
        ByteBuffer between = ByteBuffer.allocate(packet.length + 64);
        java.util.Arrays.fill(between.array(), GUARD);
        between.put(32, packet);
        HeaderParser parser = new HeaderParser();
        ParseResult first = parser.parse(between, 32, packet.length, wireLength, linkType, guarded);
        ParseResult second = parser.parse(ByteBuffer.wrap(packet), 0, packet.length, wireLength, linkType, bare);
        assertThat(first).isEqualTo(second);
        if (first == ParseResult.OK) {
            assertThat(guarded.payloadOctets()).isNotNegative().isEqualTo(bare.payloadOctets());
        }
        return first;
    }
}
