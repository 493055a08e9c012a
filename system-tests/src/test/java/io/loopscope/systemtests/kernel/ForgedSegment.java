package io.loopscope.systemtests.kernel;

import com.sun.jna.NativeLong;
import io.loopscope.processor.tcp.Options;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A TCP segment that no TCP has sent: it goes through a raw socket. IPv4 only.
 *
 * @param options only timestamps are sent
 * @param octets how many zeros of text; even
 */
record ForgedSegment(
        InetSocketAddress source,
        InetSocketAddress destination,
        int flags,
        int sequence,
        int acknowledgment,
        Options options,
        int octets) {
    private static final int SOCK_RAW = 3;
    private static final int TCP = 6;
    private static final int PSEUDO_HEADER = 12;
    private static final int HEADER = 20;
    private static final int TIMESTAMPS = 12;
    /** Two no-operations, then kind 8 and length 10 (RFC 7323 3.2). */
    private static final int TIMESTAMPS_BEGIN = 0x0101_080A;

    private static final int CHECKSUM = PSEUDO_HEADER + 16;
    private static final int WINDOW = 512;

    void send() {
        int descriptor = Libc.must("raw socket", Libc.socket(SocketAddresses.AF_INET, SOCK_RAW, TCP));
        try {
            byte[] from = address(source);
            Libc.must("bind", Libc.bind(descriptor, from, from.length));
            byte[] to = address(destination);
            byte[] segment = encode();
            NativeLong length = new NativeLong(segment.length);
            if (Libc.sendto(descriptor, segment, length, 0, to, to.length).longValue() < 0) {
                throw Libc.failed("sendto");
            }
        } finally {
            Libc.close(descriptor);
        }
    }

    private static byte[] address(InetSocketAddress end) {
        return SocketAddresses.encode(SocketAddresses.AF_INET, new InetSocketAddress(end.getAddress(), 0));
    }

    /** With its checksum: the kernel leaves out only its own. */
    private byte[] encode() {
        int headerOctets = options.timestamps() ? HEADER + TIMESTAMPS : HEADER;
        byte[] all = new byte[PSEUDO_HEADER + headerOctets + octets];
        ByteBuffer buffer = ByteBuffer.wrap(all)
                .put(source.getAddress().getAddress())
                .put(destination.getAddress().getAddress())
                .putShort((short) TCP)
                .putShort((short) (headerOctets + octets))
                .putShort((short) source.getPort())
                .putShort((short) destination.getPort())
                .putInt(sequence)
                .putInt(acknowledgment)
                .put((byte) ((headerOctets / Integer.BYTES) << 4))
                .put((byte) flags)
                .putShort((short) WINDOW)
                .putInt(0); // Checksum and urgent pointer.
        if (options.timestamps()) {
            buffer.putInt(TIMESTAMPS_BEGIN).putInt(options.timestampValue()).putInt(options.timestampEcho());
        }
        buffer.putShort(CHECKSUM, checksum(buffer));
        byte[] segment = new byte[headerOctets + octets];
        buffer.get(PSEUDO_HEADER, segment);
        return segment;
    }

    private static short checksum(ByteBuffer words) {
        int sum = 0;
        for (int i = 0; i < words.capacity(); i += Short.BYTES) {
            sum += Short.toUnsignedInt(words.getShort(i));
        }
        int folded = (sum & 0xFFFF) + (sum >>> 16);
        return (short) ~((folded & 0xFFFF) + (folded >>> 16));
    }
}
