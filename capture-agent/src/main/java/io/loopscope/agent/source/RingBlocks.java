package io.loopscope.agent.source;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks the packets of a TPACKET_V3 ring in the order in which the kernel has put them there, see {@code packet_mmap} in
 * the kernel's documentation and {@code include/uapi/linux/if_packet.h}. A block belongs to the kernel while it is being
 * filled and to the reader from then on, until the reader gives it back; the status word says whose it is.
 *
 * <p>Knows nothing of sockets: the ring is any memory. One thread at a time.
 */
final class RingBlocks {
    private static final VarHandle WORD = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long MASK = 0xffff_ffffL;

    // struct tpacket_block_desc
    static final int BLOCK_STATUS = 8;
    static final int BLOCK_PACKETS = 12;
    static final int BLOCK_FIRST_PACKET = 16;
    static final int BLOCK_SEQUENCE = 24;
    static final int BLOCK_LAST_SECONDS = 40;
    static final int BLOCK_LAST_NANOS = 44;
    static final int BLOCK_HEADER = 48;

    static final int KERNELS = 0;
    static final int READERS = 1;

    // struct tpacket3_hdr
    static final int NEXT = 0;
    static final int SECONDS = 4;
    static final int NANOS = 8;
    static final int CAPTURED = 12;
    static final int ON_WIRE = 16;
    static final int STATUS = 20;
    static final int LINK_HEADER = 24;
    static final int VLAN_TAG = 32;
    static final int VLAN_TYPE = 36;
    /** Headers and a socket address before the packet, and up to 16 octets of alignment. */
    private static final int BEFORE_PACKET = 128;

    static final int VLAN_VALID = 1 << 4;
    static final int VLAN_TYPE_VALID = 1 << 6;
    private static final short DEFAULT_VLAN_TYPE = (short) 0x8100;
    private static final int VLAN_OCTETS = 4;
    private static final int TWO_MAC_ADDRESSES = 12;

    /** What the kernel writes, in the byte order of the machine. */
    private final ByteBuffer words;
    /** The same memory as packets are read, in network byte order. */
    private final ByteBuffer octets;

    private final int blockOctets;
    private final int end;
    private final int snapLength;
    private final int linkType;
    /** Where the block begins that is read, or waited for. */
    private int block;

    private boolean held;
    private int packet;
    private int remaining;
    /** The kernel numbers blocks from 1, each time it begins one. */
    private long sequence = 1;

    private long givenBackUpToNs = Long.MIN_VALUE;

    /**
     * A reader that stands before the first packet of a new ring.
     *
     * @param ring all of it; its byte order means nothing; aligned to 4 octets
     * @param snapLength octets to hand out of a packet at most
     * @param linkType of all packets
     */
    RingBlocks(ByteBuffer ring, RingGeometry geometry, int snapLength, int linkType) {
        words = ring.duplicate().order(ByteOrder.nativeOrder());
        octets = ring.duplicate().order(ByteOrder.BIG_ENDIAN);
        blockOctets = geometry.blockOctets();
        end = geometry.octets();
        this.snapLength = snapLength;
        this.linkType = linkType;
    }

    /** What a block must hold for a packet to fit into it. */
    static int octetsForPacket(int snapLength) {
        return BLOCK_HEADER + BEFORE_PACKET + snapLength;
    }

    /**
     * Moves to the next packet. A block is given back to the kernel when its last packet has been left, so that what the
     * packet points to holds until the next call.
     *
     * @return false when the kernel has handed over no more
     */
    boolean next(Packet into) {
        if (remaining == 0) {
            if (!nextBlock()) {
                return false;
            }
        } else {
            packet += words.getInt(packet + NEXT);
        }
        remaining--;
        fill(into);
        return true;
    }

    private boolean nextBlock() {
        while (true) {
            if (held) {
                giveBack();
            }
            // Acquire: nothing of the block is read before it is known to be the reader's.
            if (((int) WORD.getAcquire(words, block + BLOCK_STATUS) & READERS) == 0) {
                return false;
            }
            held = true;
            sequence = words.getLong(block + BLOCK_SEQUENCE);
            remaining = words.getInt(block + BLOCK_PACKETS);
            packet = block + words.getInt(block + BLOCK_FIRST_PACKET);
            if (remaining > 0) {
                return true;
            }
        }
    }

    private void giveBack() {
        givenBackUpToNs = timeNs(block + BLOCK_LAST_SECONDS, block + BLOCK_LAST_NANOS);
        // Release: everything has been read when the kernel may write again.
        WORD.setRelease(words, block + BLOCK_STATUS, KERNELS);
        held = false;
        sequence++;
        block += blockOctets;
        if (block == end) {
            block = 0;
        }
    }

    private void fill(Packet into) {
        int at = packet + (words.getShort(packet + LINK_HEADER) & 0xffff);
        int captured = words.getInt(packet + CAPTURED);
        // Longer than any length an IP header can have, for segments that were not cut yet.
        long onWire = words.getInt(packet + ON_WIRE) & MASK;
        if ((words.getInt(packet + STATUS) & VLAN_VALID) != 0 && captured >= TWO_MAC_ADDRESSES) {
            putTagBack(at);
            at -= VLAN_OCTETS;
            captured = Math.min(captured + VLAN_OCTETS, snapLength);
            onWire += VLAN_OCTETS;
        }
        into.setData(octets, at, captured, onWire);
        into.setOrigin(linkType, 0, timeNs(packet + SECONDS, packet + NANOS));
    }

    /**
     * The kernel takes the outer VLAN tag out of a packet and notes it beside. Back in its place, the packet is as it was
     * on the wire. The addresses move into what the alignment of the network header leaves free before an Ethernet
     * header: 14 octets.
     */
    private void putTagBack(int at) {
        boolean typed = (words.getInt(packet + STATUS) & VLAN_TYPE_VALID) != 0;
        long addresses = octets.getLong(at);
        int rest = octets.getInt(at + Long.BYTES);
        int to = at - VLAN_OCTETS;
        octets.putLong(to, addresses);
        octets.putInt(to + Long.BYTES, rest);
        octets.putShort(to + TWO_MAC_ADDRESSES, typed ? words.getShort(packet + VLAN_TYPE) : DEFAULT_VLAN_TYPE);
        octets.putShort(to + TWO_MAC_ADDRESSES + Short.BYTES, (short) words.getInt(packet + VLAN_TAG));
    }

    private long timeNs(int seconds, int nanos) {
        return (words.getInt(seconds) & MASK) * NANOS_PER_SECOND + words.getInt(nanos);
    }

    /**
     * The time of the last packet of the last block that was given back; {@link Long#MIN_VALUE} when there is none.
     * Within a block packets may be stamped in another order than they lie, but the kernel ends a block when all that is
     * in it has been stamped, and stamps what comes into the next one later.
     */
    long givenBackUpToNs() {
        return givenBackUpToNs;
    }

    /**
     * Whether packets lie in the block that is waited for, which the kernel has not handed over yet: it counts them there
     * as they come. The number of a block that it has not begun again since its last use is an old one.
     */
    boolean isFilling() {
        return !held
                && (int) WORD.getAcquire(words, block + BLOCK_PACKETS) > 0
                && words.getLong(block + BLOCK_SEQUENCE) == sequence;
    }
}
