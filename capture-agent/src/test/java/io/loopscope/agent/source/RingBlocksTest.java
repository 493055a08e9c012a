package io.loopscope.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.LinkType;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.testing.Exchange;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class RingBlocksTest {
    private static final int SNAP_LENGTH = 128;
    private static final int VLAN = 5;
    private static final List<byte[]> FRAMES = Exchange.frames();

    private final SyntheticRing ring = new SyntheticRing(4096, 4);
    private final RingBlocks blocks = new RingBlocks(ring.memory, ring.geometry, SNAP_LENGTH, LinkType.ETHERNET);
    private final Packet packet = new Packet();

    @Test
    void anEmptyRingHasNothing() {
        assertThat(blocks.next(packet)).isFalse();
        ring.begin();
        ring.add(FRAMES.get(0), 66, Exchange.START_NS);
        assertThat(blocks.next(packet))
                .as("a packet of a block that is being filled")
                .isFalse();
    }

    @Test
    void packetsComeAsTheyLieWithAllTheirNumbers() {
        ring.begin();
        for (int i = 0; i < FRAMES.size(); i++) {
            ring.add(Exchange.snap(FRAMES.get(i)), FRAMES.get(i).length, Exchange.timeNs(i) + i);
        }
        ring.end();
        for (int i = 0; i < FRAMES.size(); i++) {
            assertThat(blocks.next(packet)).isTrue();
            assertThat(octets()).isEqualTo(Exchange.snap(FRAMES.get(i)));
            assertThat(packet.wireLength()).isEqualTo(FRAMES.get(i).length);
            assertThat(packet.timestampNs()).isEqualTo(Exchange.timeNs(i) + i);
            assertThat(packet.linkType()).isEqualTo(LinkType.ETHERNET);
            assertThat(packet.interfaceIndex()).isZero();
        }
        assertThat(blocks.next(packet)).isFalse();
    }

    @Test
    void aBlockIsGivenBackWhenItsLastPacketHasBeenLeftAndNotBefore() {
        block(0);
        ring.begin();
        ring.add(FRAMES.get(1), 66, Exchange.timeNs(1));
        ring.add(FRAMES.get(2), 66, Exchange.timeNs(2));
        ring.end();
        next(3);
        assertThat(blocks.givenBackUpToNs()).isEqualTo(Exchange.timeNs(0));
        assertThat(ring.isReaders()).as("while its last packet is looked at").isTrue();
        assertThat(octets()).isEqualTo(FRAMES.get(2));
        assertThat(blocks.next(packet)).isFalse();
        assertThat(ring.isReaders()).isFalse();
        assertThat(blocks.givenBackUpToNs()).isEqualTo(Exchange.timeNs(2));
        assertThat(octets()).as("a packet is left alone when none follows").isEqualTo(FRAMES.get(2));
    }

    @Test
    void theRingIsWalkedAroundManyTimes() {
        assertThat(blocks.givenBackUpToNs()).isEqualTo(Long.MIN_VALUE);
        for (int i = 0; i < 100; i++) {
            // The reader is behind by up to three blocks.
            block(2 * i);
            block(2 * i + 1);
            next(2);
            assertThat(packet.timestampNs()).isEqualTo(Exchange.timeNs(2 * i + 1));
        }
        assertThat(blocks.next(packet)).isFalse();
    }

    @Test
    void aBlockWithoutPacketsIsPassed() {
        ring.begin();
        ring.end();
        block(7);
        assertThat(blocks.next(packet)).isTrue();
        assertThat(packet.timestampNs()).isEqualTo(Exchange.timeNs(7));
    }

    @Test
    void theWireLengthGoesBeyondWhatAnIpHeaderCanTell() {
        ring.begin();
        ring.add(Exchange.snap(FRAMES.get(4)), 180_014, Exchange.START_NS);
        ring.add(Exchange.snap(FRAMES.get(4)), 0xffff_ffffL, Exchange.START_NS);
        ring.end();
        next(1);
        assertThat(packet.wireLength()).isEqualTo(180_014);
        next(1);
        assertThat(packet.wireLength()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aVlanTagIsPutBackWhereItWas() {
        byte[] frame = FRAMES.get(0);
        ring.begin();
        ring.add(frame, frame.length, Exchange.START_NS, RingBlocks.VLAN_VALID, 0, VLAN);
        ring.add(
                frame,
                frame.length,
                Exchange.START_NS,
                RingBlocks.VLAN_VALID | RingBlocks.VLAN_TYPE_VALID,
                0x88a8,
                VLAN);
        ring.add(frame, frame.length, Exchange.START_NS);
        ring.end();
        for (int type : new int[] {0x8100, 0x88a8}) {
            next(1);
            assertThat(octets()).isEqualTo(tagged(frame, type));
            assertThat(packet.wireLength()).isEqualTo(frame.length + 4);
            assertThat(parsed().destinationPort()).isEqualTo(Exchange.SERVER_PORT);
        }
        next(1);
        assertThat(octets()).isEqualTo(frame);
    }

    @Test
    void aVlanTagDoesNotMakeAPacketLongerThanTheSnapshotLength() {
        byte[] frame = FRAMES.get(4);
        ring.begin();
        ring.add(Exchange.snap(frame), frame.length, Exchange.START_NS, RingBlocks.VLAN_VALID, 0, VLAN);
        ring.end();
        next(1);
        assertThat(packet.capturedLength()).isEqualTo(SNAP_LENGTH);
        assertThat(parsed().payloadOctets()).isEqualTo(Exchange.RESPONSE);
    }

    @Test
    void aBlockThatIsBeingFilledIsKnownByItsNumber() {
        assertThat(blocks.isFilling()).isFalse();
        ring.begin();
        assertThat(blocks.isFilling()).as("begun, and empty").isFalse();
        ring.add(FRAMES.get(0), 66, Exchange.START_NS);
        assertThat(blocks.isFilling()).isTrue();
        ring.end();
        for (int i = 1; i < 4; i++) {
            block(i);
        }
        next(4);
        assertThat(blocks.next(packet)).isFalse();
        assertThat(blocks.isFilling())
                .as("the kernel's number of packets is that of the last round")
                .isFalse();
        ring.begin();
        ring.add(FRAMES.get(0), 66, Exchange.START_NS);
        assertThat(blocks.isFilling()).isTrue();
    }

    /** A whole block with one packet. */
    private void block(int index) {
        byte[] frame = FRAMES.get(index % FRAMES.size());
        ring.begin();
        ring.add(Exchange.snap(frame), frame.length, Exchange.timeNs(index));
        ring.end();
    }

    private void next(int packets) {
        for (int i = 0; i < packets; i++) {
            assertThat(blocks.next(packet)).isTrue();
        }
    }

    private byte[] octets() {
        byte[] octets = new byte[packet.capturedLength()];
        packet.data().get(packet.offset(), octets);
        return octets;
    }

    private SegmentHeader parsed() {
        SegmentHeader header = new SegmentHeader();
        ParseResult result = packet.parse(new HeaderParser(), header);
        assertThat(result).isEqualTo(ParseResult.OK);
        return header;
    }

    private static byte[] tagged(byte[] frame, int type) {
        return ByteBuffer.allocate(frame.length + 4)
                .put(frame, 0, 12)
                .putShort((short) type)
                .putShort((short) VLAN)
                .put(frame, 12, frame.length - 12)
                .array();
    }
}
