package io.loopscope.systemtests.nodes;

import static io.loopscope.agent.testing.PacketBytes.TCP;
import static io.loopscope.agent.testing.PacketBytes.ipv4;

import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.testing.PacketBytes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** The packets of one connection between two ends on 127.0.0.1, as its story is told step by step. */
final class Conversation {
    private static final long SEQUENCES = 1L << 32;
    private static final int IP_AND_TCP = 40;
    private static final int LAST_OCTET_OF_DESTINATION = 19;
    private static final int OPEN_WINDOW = 512;

    private final Random random;
    private final List<Packet> packets;
    private final End client;
    private final End server;
    private long nowNs;

    /** One end: where it is in its stream. */
    private static final class End {
        private final int port;
        private long next;
        private int window = OPEN_WINDOW;

        End(int port, long initial) {
            this.port = port;
            next = initial;
        }
    }

    /**
     * A connection that has not begun.
     *
     * @param packets takes what is sent
     * @param startNs when it begins
     */
    Conversation(Random random, List<Packet> packets, int clientPort, int serverPort, long startNs) {
        this.random = random;
        this.packets = packets;
        client = new End(clientPort, sequence());
        server = new End(serverPort, sequence());
        nowNs = startNs;
    }

    private long sequence() {
        // One in four is about to wrap around.
        return random.nextInt(4) == 0 ? SEQUENCES - 1 - random.nextInt(2_000) : random.nextLong(SEQUENCES);
    }

    /** Time passes. */
    Conversation after(Duration silence) {
        nowNs += silence.toNanos();
        return this;
    }

    /** Time passes, at most so much. */
    Conversation within(Duration most) {
        nowNs += random.nextLong(most.toNanos());
        return this;
    }

    Conversation open() {
        return client(TcpFlags.SYN).server(TcpFlags.SYN | TcpFlags.ACK).client(TcpFlags.ACK);
    }

    /** The client asks, the server answers. */
    Conversation exchange() {
        client(TcpFlags.PSH | TcpFlags.ACK, 1 + random.nextInt(400));
        server(TcpFlags.PSH | TcpFlags.ACK, 1 + random.nextInt(9_000));
        return client(TcpFlags.ACK);
    }

    Conversation client(int flags) {
        return client(flags, 0);
    }

    Conversation client(int flags, int payload) {
        return send(client, server, flags, payload);
    }

    Conversation server(int flags) {
        return server(flags, 0);
    }

    Conversation server(int flags, int payload) {
        return send(server, client, flags, payload);
    }

    /** From now on the server advertises this. */
    Conversation serverWindow(int window) {
        server.window = window;
        return this;
    }

    /** The client sends an octet's number that it has sent before: a keepalive, or the probe of a zero window. */
    Conversation clientProbes() {
        client.next = Math.floorMod(client.next - 1, SEQUENCES);
        client(TcpFlags.ACK);
        client.next = Math.floorMod(client.next + 1, SEQUENCES);
        return this;
    }

    /** The last packet once more. */
    Conversation again(Duration later) {
        nowNs += later.toNanos();
        Packet last = packets.get(packets.size() - 1);
        packets.add(new Packet(nowNs, last.octets(), last.wireLength()));
        return this;
    }

    /** Both ends have forgotten the connection: what comes next has new initial sequence numbers. */
    Conversation anew() {
        client.next = sequence();
        server.next = sequence();
        return this;
    }

    /** Only the client has. */
    Conversation clientAnew() {
        client.next = Math.floorMod(client.next + 1_000_000, SEQUENCES);
        return this;
    }

    private Conversation send(End from, End to, int flags, int payload) {
        nowNs += 5_000 + random.nextInt(60_000);
        boolean acknowledges = (flags & TcpFlags.ACK) != 0;
        byte[] segment = PacketBytes.tcp()
                .ports(from.port, to.port)
                .flags(flags)
                .sequence(from.next)
                .acknowledgment(acknowledges ? to.next : 0)
                .window(from.window)
                .bytes();
        byte[] packet = ipv4(TCP, IP_AND_TCP + payload, 0, new byte[0], segment);
        packet[LAST_OCTET_OF_DESTINATION] = 1; // 127.0.0.1, as the source
        packets.add(new Packet(nowNs, ByteBuffer.wrap(packet), IP_AND_TCP + payload));
        int phantom = (flags & TcpFlags.SYN) == 0 ? 0 : 1;
        phantom += (flags & TcpFlags.FIN) == 0 ? 0 : 1;
        from.next = (from.next + payload + phantom) % SEQUENCES;
        return this;
    }
}
