package io.loopscope.systemtests.kernel;

import com.sun.jna.NativeLong;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** A TCP segment that no TCP has sent: it goes through a raw socket. IPv4 only, without options and text. */
record ForgedSegment(InetSocketAddress source, InetSocketAddress destination, int flags, int sequence, int ack) {
    private static final int SOCK_RAW = 3;
    private static final int TCP = 6;
    private static final int PSEUDO_HEADER = 12;
    private static final int HEADER = 20;
    private static final int CHECKSUM = PSEUDO_HEADER + 16;
    private static final int WINDOW = 512;

    void send() {
        int descriptor = Libc.must("raw socket", Libc.socket(SocketAddresses.AF_INET, SOCK_RAW, TCP));
        try {
            byte[] from =
                    SocketAddresses.encode(SocketAddresses.AF_INET, new InetSocketAddress(source.getAddress(), 0));
            Libc.must("bind", Libc.bind(descriptor, from, from.length));
            byte[] to =
                    SocketAddresses.encode(SocketAddresses.AF_INET, new InetSocketAddress(destination.getAddress(), 0));
            byte[] header = header();
            if (Libc.sendto(descriptor, header, new NativeLong(HEADER), 0, to, to.length)
                            .intValue()
                    != HEADER) {
                throw Libc.failed("sendto");
            }
        } finally {
            Libc.close(descriptor);
        }
    }

    /** With its checksum: the kernel leaves out only its own. */
    private byte[] header() {
        ByteBuffer all = ByteBuffer.allocate(PSEUDO_HEADER + HEADER)
                .put(source.getAddress().getAddress())
                .put(destination.getAddress().getAddress())
                .putShort((short) TCP)
                .putShort((short) HEADER)
                .putShort((short) source.getPort())
                .putShort((short) destination.getPort())
                .putInt(sequence)
                .putInt(ack)
                .put((byte) ((HEADER / Integer.BYTES) << 4))
                .put((byte) flags)
                .putShort((short) WINDOW);
        int sum = 0;
        for (int i = 0; i < all.capacity(); i += Short.BYTES) {
            sum += Short.toUnsignedInt(all.getShort(i));
        }
        int folded = (sum & 0xFFFF) + (sum >>> 16);
        all.putShort(CHECKSUM, (short) ~((folded & 0xFFFF) + (folded >>> 16)));
        byte[] header = new byte[HEADER];
        all.get(PSEUDO_HEADER, header);
        return header;
    }
}
