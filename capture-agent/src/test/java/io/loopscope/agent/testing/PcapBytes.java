package io.loopscope.agent.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes a classic pcap file octet by octet. */
public final class PcapBytes {
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final ByteOrder order;
    private final int magic;

    public PcapBytes(ByteOrder order, int magic, int linkType) {
        this(order, magic, linkType, 4);
    }

    public PcapBytes(ByteOrder order, int magic, int linkType, int minorVersion) {
        this.order = order;
        this.magic = magic;
        file.writeBytes(buffer(24)
                .putInt(magic)
                .putShort((short) 2)
                .putShort((short) minorVersion)
                .putInt(0)
                .putInt(0)
                .putInt(128)
                .putInt(linkType)
                .array());
    }

    public PcapBytes packet(long timeNs, byte[] captured, int wireLength) {
        boolean nanoseconds = magic == 0xa1b23c4d;
        long fraction = timeNs % 1_000_000_000L;
        return record(timeNs / 1_000_000_000L, nanoseconds ? fraction : fraction / 1000, captured, wireLength);
    }

    public PcapBytes record(long seconds, long fraction, byte[] captured, int wireLength) {
        file.writeBytes(buffer(16)
                .putInt((int) seconds)
                .putInt((int) fraction)
                .putInt(captured.length)
                .putInt(wireLength)
                .array());
        if (magic == 0xa1b2cd34) {
            file.writeBytes(new byte[8]);
        }
        file.writeBytes(captured);
        return this;
    }

    public byte[] bytes() {
        return file.toByteArray();
    }

    private ByteBuffer buffer(int octets) {
        return ByteBuffer.allocate(octets).order(order);
    }
}
