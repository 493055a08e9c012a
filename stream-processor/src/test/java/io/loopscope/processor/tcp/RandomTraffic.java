package io.loopscope.processor.tcp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Segments as a capture might hold them, all from a seed: connections that open, talk and close in one of the usual ways,
 * with repetitions, swaps, losses, probes, zero windows and resets. Not a simulation: nobody reacts to what was lost.
 */
final class RandomTraffic {

    private static final long MILLISECOND = 1_000_000;

    private final Random random;
    private final boolean disturbed;
    private final List<Segment> segments = new ArrayList<>();
    private long now = FigureScript.START_NANOS;
    private final End client = new End(Side.HIGH);
    private final End server = new End(Side.LOW);

    private static final class End {
        final Side side;
        int next;
        /** What it has got from its peer. */
        int expects;

        boolean closed;
        int window = 65535;

        End(Side side) {
            this.side = side;
        }
    }

    private RandomTraffic(long seed, boolean disturbed) {
        this.random = new Random(seed);
        this.disturbed = disturbed;
    }

    /** Traffic of one 4-tuple; {@code disturbed} adds losses, swaps and segments that make no sense. */
    static List<Segment> of(long seed, boolean disturbed) {
        var traffic = new RandomTraffic(seed, disturbed);
        int lives = 1 + traffic.random.nextInt(3);
        for (int life = 0; life < lives; life++) {
            traffic.live();
        }
        return traffic.segments;
    }

    private void live() {
        client.closed = false;
        server.closed = false;
        client.next = random.nextInt();
        server.next = random.nextInt();
        open();
        int steps = random.nextInt(40);
        for (int step = 0; step < steps; step++) {
            step(random.nextBoolean() ? client : server);
        }
        close();
        if (disturbed) {
            disturb();
        }
    }

    private void open() {
        if (segments.isEmpty() && random.nextInt(8) == 0) {
            client.expects = server.next;
            server.expects = client.next;
            return; // mid-stream
        }
        send(client, TcpFlags.SYN, client.next, 0, 0);
        for (int again = random.nextInt(6); again >= 4; again--) {
            wait(1000);
            send(client, TcpFlags.SYN, client.next, 0, 0);
        }
        client.next++;
        server.expects = client.next;
        send(server, TcpFlags.SYN | TcpFlags.ACK, server.next, server.expects, 0);
        server.next++;
        client.expects = server.next;
        ack(client);
    }

    private void step(End end) {
        End peer = end == client ? server : client;
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4 -> data(end, peer);
            case 5, 6, 7 -> ack(end);
            case 8 -> { // retransmission
                if (!end.closed && random.nextBoolean()) {
                    wait(210);
                    send(end, TcpFlags.ACK, end.next - 5, end.expects, 5);
                }
            }
            case 9 -> { // keepalive or window probe, and its answer
                wait(300);
                ack(peer);
                wait(300);
                send(end, TcpFlags.ACK, end.next - 1, end.expects, random.nextInt(2));
                ack(peer);
            }
            case 10 -> {
                end.window = end.window == 0 ? 1000 + random.nextInt(60_000) : random.nextBoolean() ? 0 : end.window;
                ack(end);
            }
            default -> wait(random.nextInt(3000));
        }
    }

    private void data(End end, End peer) {
        if (!end.closed) {
            int length = 1 + random.nextInt(random.nextBoolean() ? 100 : 65_000);
            send(end, TcpFlags.ACK | TcpFlags.PSH, end.next, end.expects, length);
            end.next += length;
            peer.expects = end.next;
        }
    }

    private void ack(End end) {
        send(end, TcpFlags.ACK, end.next, end.expects, 0);
    }

    private void close() {
        End first = random.nextBoolean() ? client : server;
        End second = first == client ? server : client;
        switch (random.nextInt(6)) {
            case 0 -> {}
            case 1 -> send(first, TcpFlags.RST | TcpFlags.ACK, first.next, first.expects, 0);
            case 2 -> { // crossing
                send(first, TcpFlags.FIN | TcpFlags.ACK, first.next++, first.expects, 0);
                send(second, TcpFlags.FIN | TcpFlags.ACK, second.next++, second.expects, 0);
                first.expects++;
                second.expects++;
                ack(first);
                ack(second);
            }
            default -> {
                fin(first, second);
                if (random.nextBoolean()) {
                    ack(second);
                    data(second, first);
                    ack(first);
                }
                fin(second, first);
                ack(first);
            }
        }
        wait(random.nextInt(100_000));
    }

    private void fin(End end, End peer) {
        send(end, TcpFlags.FIN | TcpFlags.ACK, end.next, end.expects, 0);
        for (int again = random.nextInt(6); again >= 4; again--) {
            wait(210);
            send(end, TcpFlags.FIN | TcpFlags.ACK, end.next, end.expects, 0);
        }
        end.next++;
        end.closed = true;
        peer.expects = end.next;
    }

    /** Loses, swaps and invents. */
    private void disturb() {
        for (int i = segments.size() - 1; i > 0; i--) {
            switch (random.nextInt(20)) {
                case 0 -> segments.remove(i);
                case 1 -> Collections.swap(segments, i, i - 1);
                case 2 -> segments.add(i, nonsense(segments.get(i)));
                default -> {}
            }
        }
    }

    private Segment nonsense(Segment near) {
        int far = random.nextBoolean() ? random.nextInt() : random.nextInt(200) - 100;
        return new Segment(
                random.nextBoolean() ? Side.LOW : Side.HIGH,
                near.atNanos() + (random.nextInt(5) == 0 ? -random.nextInt(1_000_000_000) : 0),
                random.nextInt(256),
                near.sequence() + far,
                near.acknowledgment() + (random.nextBoolean() ? 0 : random.nextInt(200) - 100),
                random.nextInt(65536),
                random.nextInt(3) == 0 ? random.nextInt(70_000) : 0,
                0,
                random.nextBoolean() ? Options.NONE : Options.timestamps(random.nextInt(), random.nextInt()),
                null);
    }

    private void wait(int milliseconds) {
        now += milliseconds * MILLISECOND;
    }

    private void send(End end, int flags, int sequence, int acknowledgment, int length) {
        now += 1 + random.nextInt(2_000_000);
        boolean syn = (flags & TcpFlags.SYN) != 0;
        Options options = syn ? new Options(65495, 7, true, false, 0, 0) : Options.NONE;
        int window = (flags & TcpFlags.RST) != 0 ? 0 : syn ? 65535 : end.window;
        segments.add(new Segment(end.side, now, flags, sequence, acknowledgment, window, length, 0, options, null));
    }
}
