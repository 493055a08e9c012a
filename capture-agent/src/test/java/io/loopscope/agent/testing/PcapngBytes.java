package io.loopscope.agent.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes a pcapng file block by block. */
public final class PcapngBytes {
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    public PcapngBytes section(ByteOrder byteOrder) {
        order = byteOrder;
        return block(
                0x0a0d0d0a,
                buffer(16)
                        .putInt(0x1a2b3c4d)
                        .putShort((short) 1)
                        .putShort((short) 0)
                        .putLong(-1)
                        .array());
    }

    public PcapngBytes describe(int linkType, byte[]... options) {
        return describe(linkType, 0, options);
    }

    public PcapngBytes describe(int linkType, int snapLength, byte[]... options) {
        byte[] fixed = buffer(8)
                .putShort((short) linkType)
                .putShort((short) 0)
                .putInt(snapLength)
                .array();
        return block(1, PacketBytes.concat(fixed, PacketBytes.concat(options)));
    }

    public PcapngBytes enhanced(int interfaceId, long ticks, byte[] captured, int wireLength) {
        byte[] fixed = buffer(20)
                .putInt(interfaceId)
                .putInt((int) (ticks >>> 32))
                .putInt((int) ticks)
                .putInt(captured.length)
                .putInt(wireLength)
                .array();
        return block(6, PacketBytes.concat(fixed, captured));
    }

    public PcapngBytes obsolete(int interfaceId, long ticks, byte[] captured, int wireLength) {
        byte[] fixed = buffer(20)
                .putShort((short) interfaceId)
                .putShort((short) 0)
                .putInt((int) (ticks >>> 32))
                .putInt((int) ticks)
                .putInt(captured.length)
                .putInt(wireLength)
                .array();
        return block(2, PacketBytes.concat(fixed, captured));
    }

    public PcapngBytes simple(byte[] captured, int wireLength) {
        return block(3, PacketBytes.concat(buffer(4).putInt(wireLength).array(), captured));
    }

    public PcapngBytes statistics(int interfaceId, long interfaceDropped, long kernelDropped) {
        byte[] fixed = buffer(12).putInt(interfaceId).putLong(0).array();
        return block(
                5,
                PacketBytes.concat(
                        fixed,
                        option(5, buffer(8).putLong(interfaceDropped).array()),
                        option(7, buffer(8).putLong(kernelDropped).array())));
    }

    public byte[] name(String name) {
        return option(2, name.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] resolution(int value) {
        return option(9, new byte[] {(byte) value});
    }

    public byte[] offset(long seconds) {
        return option(14, buffer(8).putLong(seconds).array());
    }

    public byte[] option(int code, byte[] value) {
        return padded(
                buffer(4).putShort((short) code).putShort((short) value.length).array(), value);
    }

    public PcapngBytes block(int type, byte[] body) {
        byte[] whole = padded(body);
        int length = whole.length + 12;
        file.writeBytes(buffer(8).putInt(type).putInt(length).array());
        file.writeBytes(whole);
        file.writeBytes(buffer(4).putInt(length).array());
        return this;
    }

    public PcapngBytes raw(byte[] octets) {
        file.writeBytes(octets);
        return this;
    }

    public byte[] bytes() {
        return file.toByteArray();
    }

    public ByteBuffer buffer(int octets) {
        return ByteBuffer.allocate(octets).order(order);
    }

    private static byte[] padded(byte[]... parts) {
        byte[] all = PacketBytes.concat(parts);
        return java.util.Arrays.copyOf(all, all.length + 3 & ~3);
    }
}
