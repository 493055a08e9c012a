package io.loopscope.agent.parse;

import static io.loopscope.agent.testing.PacketBytes.TCP;
import static io.loopscope.agent.testing.PacketBytes.ipv4;
import static io.loopscope.agent.testing.PacketBytes.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.testing.PacketBytes.TcpBytes;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TcpHeaderTest {

    @Test
    void everyFieldIsAbsoluteAndUnsigned() {
        SegmentHeader header = ok(tcp().ports(65535, 1)
                .sequence(0xffff_fffeL)
                .acknowledgment(0x8000_0000L)
                .flags(0x1ff)
                .window(65535)
                .urgentPointer(40_000)
                .payload(7));
        assertThat(header.sourcePort()).isEqualTo(65535);
        assertThat(header.destinationPort()).isEqualTo(1);
        assertThat(header.sequence()).isEqualTo(4294967294L);
        assertThat(header.acknowledgment()).isEqualTo(2147483648L);
        assertThat(header.flags()).isEqualTo(TcpFlags.MASK);
        assertThat(header.window()).isEqualTo(65535);
        assertThat(header.urgentPointer()).isEqualTo(40_000);
        assertThat(header.payloadOctets()).isEqualTo(7);
    }

    @Test
    void reservedBitsAreNotKept() {
        assertThat(ok(tcp().flags(0xe02)).flags()).isEqualTo(TcpFlags.SYN);
    }

    @Test
    void dataOffsetsThatCannotBe() {
        assertThat(parse(tcp().dataOffset(4)).result()).isEqualTo(ParseResult.BAD_TCP_HEADER);
        assertThat(parse(tcp().dataOffset(6)).result()).isEqualTo(ParseResult.BAD_TCP_HEADER);
        assertThat(Parsing.of(LinkType.RAW, ipv4(TCP, new byte[19])).result()).isEqualTo(ParseResult.BAD_TCP_HEADER);
    }

    @Test
    void aSnapshotThatEndsInsideTheFixedHeaderIsTruncated() {
        byte[] packet = ipv4(TCP, tcp().payload(10).bytes());
        assertThat(Parsing.cut(LinkType.RAW, packet, 39).result()).isEqualTo(ParseResult.TRUNCATED);
        assertThat(Parsing.cut(LinkType.RAW, packet, 40).result()).isEqualTo(ParseResult.OK);
    }

    @Test
    void controlSegmentsAreThoseThatMoveTheMachine() {
        assertThat(TcpFlags.isControl(TcpFlags.SYN | TcpFlags.ACK)).isTrue();
        assertThat(TcpFlags.isControl(TcpFlags.FIN | TcpFlags.ACK)).isTrue();
        assertThat(TcpFlags.isControl(TcpFlags.RST)).isTrue();
        assertThat(TcpFlags.isControl(TcpFlags.ACK | TcpFlags.PSH | TcpFlags.URG))
                .isFalse();
    }

    @Nested
    class Options {
        @Test
        void ofALinuxSyn() {
            SegmentHeader header = ok(tcp().flags(2).options("0204ffd7 0402 080a 00000001 fffffffe 01 030307"));
            assertThat(header.maximumSegmentSize()).isEqualTo(65495);
            assertThat(header.sackPermitted()).isTrue();
            assertThat(header.hasTimestamps()).isTrue();
            assertThat(header.timestampValue()).isEqualTo(1);
            assertThat(header.timestampEchoReply()).isEqualTo(4294967294L);
            assertThat(header.windowScale()).isEqualTo(7);
            assertThat(header.optionsMalformed()).isFalse();
        }

        @Test
        void absentOnesSaySo() {
            SegmentHeader header = ok(tcp());
            assertThat(header.maximumSegmentSize()).isEqualTo(SegmentHeader.ABSENT);
            assertThat(header.windowScale()).isEqualTo(SegmentHeader.ABSENT);
            assertThat(header.sackPermitted()).isFalse();
            assertThat(header.hasTimestamps()).isFalse();
        }

        @Test
        void theUsualTimestamps() {
            SegmentHeader header = ok(tcp().options("0101080a 0000000a 0000000b"));
            assertThat(header.timestampValue()).isEqualTo(10);
            assertThat(header.timestampEchoReply()).isEqualTo(11);
        }

        @Test
        void sackBlocksAndUnknownOnesArePassed() {
            SegmentHeader header = ok(tcp().options("0101050a 00000001 00000002 fd05010203 1e02 03030e"));
            assertThat(header.windowScale()).isEqualTo(14);
            assertThat(header.optionsMalformed()).isFalse();
        }

        @Test
        void nothingIsReadBehindTheEndOfTheList() {
            assertThat(ok(tcp().options("00 030307")).windowScale()).isEqualTo(SegmentHeader.ABSENT);
        }

        @Test
        void aBrokenListKeepsWhatCameBefore() {
            for (String broken :
                    new String[] {"0204 05b4 0300", "0204 05b4 0301", "0204 05b4 01010103", "020405b4 03ff"}) {
                SegmentHeader header = ok(tcp().options(broken));
                assertThat(header.maximumSegmentSize()).as(broken).isEqualTo(1460);
                assertThat(header.optionsMalformed()).as(broken).isTrue();
            }
        }

        @Test
        void anOptionOfTheWrongLengthIsPassedAndCounted() {
            SegmentHeader header = ok(tcp().options("0203ff 030307 0502 01"));
            assertThat(header.maximumSegmentSize()).isEqualTo(SegmentHeader.ABSENT);
            assertThat(header.windowScale()).isEqualTo(7);
            assertThat(header.optionsMalformed()).isTrue();
        }

        @Test
        void theSnapshotMayCutThem() {
            byte[] packet =
                    ipv4(TCP, tcp().options("020405b4 01030307").payload(50).bytes());
            for (int length = 40; length < 48; length++) {
                Parsing parsing = Parsing.cut(LinkType.RAW, packet, length);
                assertThat(parsing.result()).isEqualTo(ParseResult.OK);
                assertThat(parsing.header().optionsTruncated()).isTrue();
                assertThat(parsing.header().payloadOctets()).isEqualTo(50);
                assertThat(parsing.header().maximumSegmentSize()).isEqualTo(length < 44 ? SegmentHeader.ABSENT : 1460);
            }
            assertThat(Parsing.cut(LinkType.RAW, packet, 48).header().optionsTruncated())
                    .isFalse();
        }

        @Test
        void aReusedHeaderForgetsTheSegmentBefore() {
            SegmentHeader header = new SegmentHeader();
            HeaderParser parser = new HeaderParser();
            for (TcpBytes segment : new TcpBytes[] {tcp().options("020405b4 0402 0303ff"), tcp()}) {
                byte[] packet = ipv4(TCP, segment.bytes());
                parser.parse(java.nio.ByteBuffer.wrap(packet), 0, packet.length, packet.length, LinkType.RAW, header);
            }
            assertThat(header).usingRecursiveComparison().isEqualTo(ok(tcp()));
        }
    }

    @Test
    void aCopyHasEveryField() {
        SegmentHeader original =
                ok(tcp().flags(0x1ff).urgentPointer(9).options("0204ffd7 0402 080a 00000001 fffffffe 01 030307"));
        SegmentHeader copy = new SegmentHeader();
        copy.copyFrom(original);
        assertThat(copy).usingRecursiveComparison().isEqualTo(original);
    }

    private static Parsing parse(TcpBytes segment) {
        return Parsing.of(LinkType.RAW, ipv4(TCP, segment.bytes()));
    }

    private static SegmentHeader ok(TcpBytes segment) {
        Parsing parsing = parse(segment);
        assertThat(parsing.result()).isEqualTo(ParseResult.OK);
        return parsing.header();
    }
}
