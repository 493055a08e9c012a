package io.loopscope.agent.source;

import io.loopscope.agent.parse.LinkType;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A live source that never ends and allocates nothing: data and acknowledgments on a few steady connections, and in between
 * one short connection after another.
 */
public final class EndlessSource implements PacketSource {
    private static final int STEADY = 64;
    private static final int PAYLOAD = 100;
    private static final int STORM_EVERY = 50;
    private static final int IP_HEADER = 20;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;
    private static final int FIN = 0x11;

    private final ByteBuffer data = packet(PAYLOAD);
    private final ByteBuffer bare = packet(0);
    private final int[] sent = new int[STEADY];
    private long count;
    private int stormPort;
    private int stormStep;

    private static ByteBuffer packet(int payload) {
        return ByteBuffer.wrap(
                Headers.packet("127.0.0.1", "127.0.0.1", PacketBytes.tcp().payload(payload)));
    }

    @Override
    public Next next(Packet packet) {
        count++;
        ByteBuffer next;
        if (count % STORM_EVERY == 0) {
            next = storm();
        } else {
            int connection = (int) (count / 2 % STEADY);
            next = count % 2 == 0 ? data(connection) : acknowledgment(connection);
        }
        packet.setData(next, 0, next.capacity(), next.capacity());
        packet.setOrigin(LinkType.RAW, 0, 1_790_000_000_000_000_000L + count * 1_000);
        return Next.PACKET;
    }

    private ByteBuffer data(int connection) {
        ByteBuffer next = write(data, 10_000 + connection, 80, sent[connection], 1, ACK);
        sent[connection] += PAYLOAD;
        return next;
    }

    private ByteBuffer acknowledgment(int connection) {
        return write(bare, 80, 10_000 + connection, 1, sent[connection], ACK);
    }

    private ByteBuffer storm() {
        int port = 20_000 + stormPort;
        stormStep = (stormStep + 1) % 5;
        return switch (stormStep) {
            case 0 -> {
                stormPort = (stormPort + 1) % 40_000;
                yield write(bare, port, 80, 102, 102, ACK);
            }
            case 1 -> write(bare, port, 80, 100, 0, SYN);
            case 2 -> write(bare, 80, port, 100, 101, SYN | ACK);
            case 3 -> write(bare, port, 80, 101, 101, FIN);
            default -> write(bare, 80, port, 101, 102, FIN);
        };
    }

    private static ByteBuffer write(
            ByteBuffer packet, int source, int destination, int sequence, int acknowledgment, int flags) {
        packet.putShort(IP_HEADER, (short) source);
        packet.putShort(IP_HEADER + 2, (short) destination);
        packet.putInt(IP_HEADER + 4, sequence);
        packet.putInt(IP_HEADER + 8, acknowledgment);
        packet.put(IP_HEADER + 13, (byte) flags);
        return packet;
    }

    @Override
    public void wakeUp() {
        // Never asleep.
    }

    @Override
    public SourceStatistics statistics() {
        return new SourceStatistics(count, 0, 0);
    }

    @Override
    public List<String> interfaces() {
        return List.of("endless0");
    }

    @Override
    public boolean live() {
        return true;
    }

    @Override
    public long caughtUpToNs() {
        return 1_790_000_000_000_000_000L + count * 1_000;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
