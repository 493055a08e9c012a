package io.loopscope.agent.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/** Builds packets octet by octet, from the inside out. Checksums stay zero, as on loopback. */
public final class PacketBytes {
    public static final int ETHERTYPE_IPV4 = 0x0800;
    public static final int ETHERTYPE_IPV6 = 0x86dd;
    public static final int TCP = 6;

    private PacketBytes() {}

    public static byte[] ethernet(int etherType, byte[] payload) {
        return concat(new byte[12], u16(etherType), payload);
    }

    /** A tag (802.1Q and the like) that stands where a network header would. */
    public static byte[] vlanTag(int etherType, byte[] payload) {
        return concat(u16(42), u16(etherType), payload);
    }

    public static byte[] nullLink(int family, ByteOrder order, byte[] payload) {
        return concat(ByteBuffer.allocate(4).order(order).putInt(family).array(), payload);
    }

    public static byte[] sll(int etherType, byte[] payload) {
        return concat(new byte[14], u16(etherType), payload);
    }

    public static byte[] sll2(int etherType, byte[] payload) {
        return concat(u16(etherType), new byte[18], payload);
    }

    /** IPv4 without options, not fragmented, from 127.0.0.1 to 127.0.0.2. */
    public static byte[] ipv4(int protocol, byte[] payload) {
        return ipv4(protocol, 20 + payload.length, 0, new byte[0], payload);
    }

    /** IPv4 with everything free: total length, flags and fragment offset, options (a multiple of four octets). */
    public static byte[] ipv4(int protocol, int totalLength, int fragmentation, byte[] options, byte[] payload) {
        return concat(
                ByteBuffer.allocate(20)
                        .put((byte) (0x45 + options.length / 4))
                        .put((byte) 0)
                        .putShort((short) totalLength)
                        .putShort((short) 1)
                        .putShort((short) fragmentation)
                        .put((byte) 64)
                        .put((byte) protocol)
                        .putShort((short) 0)
                        .putInt(0x7f000001)
                        .putInt(0x7f000002)
                        .array(),
                options,
                payload);
    }

    /** IPv6 from ::1 to fe80::2. */
    public static byte[] ipv6(int nextHeader, byte[] payload) {
        return ipv6(nextHeader, payload.length, payload);
    }

    public static byte[] ipv6(int nextHeader, int payloadLength, byte[] payload) {
        return ipv6(nextHeader, payloadLength, "00000000000000000000000000000001", payload);
    }

    public static byte[] ipv6(int nextHeader, int payloadLength, String sourceHex, byte[] payload) {
        return concat(
                ByteBuffer.allocate(8)
                        .putInt(0x60000000)
                        .putShort((short) payloadLength)
                        .put((byte) nextHeader)
                        .put((byte) 64)
                        .array(),
                HexFormat.of().parseHex(sourceHex),
                HexFormat.of().parseHex("fe800000000000000000000000000002"),
                payload);
    }

    /** An IPv6 extension header of {@code 8 * (units + 1)} octets, filled with Pad1. */
    public static byte[] extension(int nextHeader, int units, byte[] payload) {
        byte[] header = new byte[8 * (units + 1)];
        header[0] = (byte) nextHeader;
        header[1] = (byte) units;
        return concat(header, payload);
    }

    /** A hop-by-hop header with the jumbo payload option of RFC 2675. */
    public static byte[] jumbo(int nextHeader, long length, byte[] payload) {
        return concat(new byte[] {(byte) nextHeader, 0, (byte) 0xc2, 4}, u32(length), payload);
    }

    /** An IPv6 fragment header. */
    public static byte[] fragment(int nextHeader, int offsetAndMore, byte[] payload) {
        return concat(new byte[] {(byte) nextHeader, 0}, u16(offsetAndMore), u32(7), payload);
    }

    /** An authentication header with an integrity value of 12 octets. */
    public static byte[] authentication(int nextHeader, byte[] payload) {
        return concat(new byte[] {(byte) nextHeader, 4}, new byte[22], payload);
    }

    public static TcpBytes tcp() {
        return new TcpBytes();
    }

    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    public static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] u16(int value) {
        return ByteBuffer.allocate(2).putShort((short) value).array();
    }

    static byte[] u32(long value) {
        return ByteBuffer.allocate(4).putInt((int) value).array();
    }

    /** A TCP segment: an ACK from port 40000 to 13306 unless told otherwise. */
    public static final class TcpBytes {
        private int sourcePort = 40000;
        private int destinationPort = 13306;
        private long sequence = 1;
        private long acknowledgment = 1;
        private int flags = 0x10;
        private int window = 512;
        private int urgentPointer;
        private byte[] options = new byte[0];
        private int dataOffset = -1;
        private byte[] payload = new byte[0];

        public TcpBytes ports(int source, int destination) {
            sourcePort = source;
            destinationPort = destination;
            return this;
        }

        public TcpBytes sequence(long number) {
            sequence = number;
            return this;
        }

        public TcpBytes acknowledgment(long number) {
            acknowledgment = number;
            return this;
        }

        public TcpBytes flags(int bits) {
            flags = bits;
            return this;
        }

        public TcpBytes window(int octets) {
            window = octets;
            return this;
        }

        public TcpBytes urgentPointer(int octets) {
            urgentPointer = octets;
            return this;
        }

        /** Options as hex digits, padded with zeros to a multiple of four octets. */
        public TcpBytes options(String digits) {
            byte[] given = hex(digits);
            options = Arrays.copyOf(given, given.length + 3 & ~3);
            return this;
        }

        /** A data offset that does not fit the options, in words. */
        public TcpBytes dataOffset(int words) {
            dataOffset = words;
            return this;
        }

        public TcpBytes payload(int octets) {
            payload = new byte[octets];
            Arrays.fill(payload, (byte) 'x');
            return this;
        }

        public byte[] bytes() {
            int words = dataOffset >= 0 ? dataOffset : 5 + options.length / 4;
            return concat(
                    u16(sourcePort),
                    u16(destinationPort),
                    u32(sequence),
                    u32(acknowledgment),
                    u16(words << 12 | flags),
                    u16(window),
                    u16(0),
                    u16(urgentPointer),
                    options,
                    payload);
        }
    }
}
