package io.loopscope.agent.testing;

import static io.loopscope.agent.testing.PacketBytes.ETHERTYPE_IPV4;
import static io.loopscope.agent.testing.PacketBytes.TCP;
import static io.loopscope.agent.testing.PacketBytes.ethernet;
import static io.loopscope.agent.testing.PacketBytes.ipv4;
import static io.loopscope.agent.testing.PacketBytes.tcp;

import io.loopscope.agent.testing.PacketBytes.TcpBytes;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * One short TCP connection as packets: the client connects, asks with {@link #REQUEST} octets, is answered with
 * {@link #RESPONSE} octets and closes, then the server closes.
 */
public final class Exchange {
    public static final int REQUEST = 10;
    public static final int RESPONSE = 50_000;
    public static final int CLIENT_PORT = 40_000;
    public static final int SERVER_PORT = 13_306;
    public static final int SNAP_LENGTH = 128;
    public static final long START_NS = 1_790_000_000_123_456_000L;
    public static final long STEP_NS = 20_000;

    private static final List<IntFunction<TcpBytes>> SEGMENTS = List.of(
            client(0x02, 99, 0, 0),
            server(0x12, 299, 100, 0),
            client(0x10, 100, 300, 0),
            client(0x18, 100, 300, REQUEST),
            server(0x18, 300, 110, RESPONSE),
            client(0x11, 110, 300 + RESPONSE, 0),
            server(0x11, 300 + RESPONSE, 111, 0),
            client(0x10, 111, 301 + RESPONSE, 0));

    private Exchange() {}

    /** Number of packets. */
    public static int size() {
        return SEGMENTS.size();
    }

    /** Ethernet frames, whole. */
    public static List<byte[]> frames() {
        return IntStream.range(0, SEGMENTS.size())
                .mapToObj(i -> ethernet(
                        ETHERTYPE_IPV4, ipv4(TCP, SEGMENTS.get(i).apply(i).bytes())))
                .toList();
    }

    /** What a snapshot length of 128 leaves of a frame. */
    public static byte[] snap(byte[] frame) {
        return Arrays.copyOf(frame, Math.min(frame.length, SNAP_LENGTH));
    }

    /** Time of the packet with this index. */
    public static long timeNs(int index) {
        return START_NS + index * STEP_NS;
    }

    private static IntFunction<TcpBytes> client(int flags, long sequence, long acknowledgment, int payload) {
        return i -> tcp().ports(CLIENT_PORT, SERVER_PORT)
                .flags(flags)
                .sequence(sequence)
                .acknowledgment(acknowledgment)
                .payload(payload);
    }

    private static IntFunction<TcpBytes> server(int flags, long sequence, long acknowledgment, int payload) {
        return i -> tcp().ports(SERVER_PORT, CLIENT_PORT)
                .flags(flags)
                .sequence(sequence)
                .acknowledgment(acknowledgment)
                .payload(payload);
    }
}
