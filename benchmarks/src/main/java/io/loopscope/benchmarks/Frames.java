package io.loopscope.benchmarks;

import io.loopscope.agent.parse.TcpFlags;
import java.nio.ByteBuffer;

/** Ethernet frames as the loopback interface shows them: TCP with timestamps, without payload, checksums not filled in. */
final class Frames {
    private static final int ETHERNET = 14;
    private static final int TCP = 32;
    private static final byte PROTOCOL_TCP = 6;
    private static final short SERVER_PORT = 3306;
    private static final int LOOPBACK_4 = 0x7F00_0001;

    private Frames() {}

    static int length(int version) {
        return ETHERNET + (version == 4 ? 20 : 40) + TCP;
    }

    /** @param n makes ports and numbers differ */
    static void put(ByteBuffer frames, int version, int n) {
        frames.putInt(0).putLong(0); // the two addresses of lo
        if (version == 4) {
            frames.putShort((short) 0x0800).put((byte) 0x45).put((byte) 0).putShort((short) (20 + TCP));
            frames.putInt(0x4000).put((byte) 64).put(PROTOCOL_TCP).putShort((short) 0);
            frames.putInt(LOOPBACK_4).putInt(LOOPBACK_4);
        } else {
            frames.putShort((short) 0x86DD).putInt(0x6000_0000).putShort((short) TCP);
            frames.put(PROTOCOL_TCP).put((byte) 64);
            frames.putLong(0).putLong(1).putLong(0).putLong(1);
        }
        tcp(frames, n);
    }

    /** Makes another segment of the IPv4 frame at the buffer's beginning; the client's port is made of the connection. */
    static void change(
            ByteBuffer frame,
            int connection,
            boolean fromClient,
            int flags,
            int sequence,
            int acknowledgment,
            int payload) {
        short client = (short) (1_024 + connection % 60_000);
        frame.putShort(ETHERNET + 2, (short) (20 + TCP + payload));
        int tcp = ETHERNET + 20;
        frame.putShort(tcp, fromClient ? client : SERVER_PORT).putShort(tcp + 2, fromClient ? SERVER_PORT : client);
        frame.putInt(tcp + 4, sequence).putInt(tcp + 8, acknowledgment).put(tcp + 13, (byte) flags);
    }

    private static void tcp(ByteBuffer frames, int n) {
        frames.putShort((short) (32_768 + n)).putShort(SERVER_PORT);
        frames.putInt(n * 1_000).putInt(n * 100);
        frames.put((byte) ((TCP / 4) << 4)).put((byte) TcpFlags.ACK).putShort((short) 512);
        frames.putInt(0); // checksum, urgent pointer
        frames.put((byte) 1).put((byte) 1); // two no-operations, so that the numbers are aligned
        frames.put((byte) 8).put((byte) 10).putInt(n).putInt(n);
    }
}
