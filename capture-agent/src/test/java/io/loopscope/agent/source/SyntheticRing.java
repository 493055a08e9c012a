package io.loopscope.agent.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A ring in ordinary memory, filled by a test as the kernel fills one. */
final class SyntheticRing {
    private static final int LINK_HEADER = 82;
    private static final int ALIGNMENT = 16;

    final RingGeometry geometry;
    final ByteBuffer memory;
    private int block;
    private int packet;
    private int packets;
    private int previous;
    private long sequence;

    SyntheticRing(int blockOctets, int blocks) {
        geometry = new RingGeometry(blockOctets, blocks);
        memory = ByteBuffer.allocateDirect(geometry.octets()).order(ByteOrder.nativeOrder());
    }

    /** Begins the next block. */
    void begin() {
        block = (int) (sequence % geometry.blocks()) * geometry.blockOctets();
        if (isReaders()) {
            throw new IllegalStateException("the block has not been given back");
        }
        sequence++;
        packets = 0;
        packet = block + RingBlocks.BLOCK_HEADER;
        memory.putInt(block + RingBlocks.BLOCK_PACKETS, 0)
                .putInt(block + RingBlocks.BLOCK_FIRST_PACKET, RingBlocks.BLOCK_HEADER)
                .putLong(block + RingBlocks.BLOCK_SEQUENCE, sequence);
    }

    /** Puts a packet into it. */
    void add(byte[] captured, long onWire, long timeNs) {
        add(captured, onWire, timeNs, 0, 0, 0);
    }

    /** Puts a packet into it of which a VLAN tag was taken out. */
    void add(byte[] captured, long onWire, long timeNs, int status, int vlanType, int vlanTag) {
        int seconds = (int) (timeNs / 1_000_000_000L);
        int nanos = (int) (timeNs % 1_000_000_000L);
        memory.putInt(packet + RingBlocks.SECONDS, seconds)
                .putInt(packet + RingBlocks.NANOS, nanos)
                .putInt(packet + RingBlocks.CAPTURED, captured.length)
                .putInt(packet + RingBlocks.ON_WIRE, (int) onWire)
                .putInt(packet + RingBlocks.STATUS, RingBlocks.READERS | status)
                .putShort(packet + RingBlocks.LINK_HEADER, (short) LINK_HEADER)
                .putInt(packet + RingBlocks.VLAN_TAG, vlanTag)
                .putShort(packet + RingBlocks.VLAN_TYPE, (short) vlanType)
                .put(packet + LINK_HEADER, captured);
        memory.putInt(block + RingBlocks.BLOCK_LAST_SECONDS, seconds)
                .putInt(block + RingBlocks.BLOCK_LAST_NANOS, nanos)
                .putInt(block + RingBlocks.BLOCK_PACKETS, ++packets);
        int next = (LINK_HEADER + captured.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        memory.putInt(packet + RingBlocks.NEXT, next);
        previous = packet;
        packet += next;
    }

    /** Hands the block over. */
    void end() {
        if (packets > 0) {
            memory.putInt(previous + RingBlocks.NEXT, 0);
        }
        memory.putInt(block + RingBlocks.BLOCK_STATUS, RingBlocks.READERS);
    }

    /** Whether the block that was begun last belongs to the reader. */
    boolean isReaders() {
        return memory.getInt(block + RingBlocks.BLOCK_STATUS) != RingBlocks.KERNELS;
    }
}
