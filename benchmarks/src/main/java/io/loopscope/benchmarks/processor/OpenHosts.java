package io.loopscope.benchmarks.processor;

import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Many hosts, each with many connections that are opened, say something once and stay open. */
final class OpenHosts {
    static final int HOSTS = 2_000;
    /** Heartbeats after which nothing has been heard of a connection for long enough to count as idle. */
    private static final int UNTIL_IDLE = 62;

    private static final long START = 1_700_000_000_000_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final int CONNECTIONS_A_BATCH = 100;
    private static final int SERVER_PORT = 3_306;
    private static final int FIRST_CLIENT_PORT = 10_000;

    private final CaptureTopic topic;
    private final int connections;
    private int batchesEach;
    private int heartbeats;

    OpenHosts(CaptureTopic topic, int connections) {
        this.topic = topic;
        this.connections = connections;
    }

    long connections() {
        return connections / HOSTS * (long) HOSTS;
    }

    long heartbeatsSent() {
        return (long) heartbeats * HOSTS;
    }

    /**
     * One host after the other: its connections are opened, and then its heartbeats come until they are idle. Were all
     * opened in the same minute, none could be kept small before the last.
     */
    void open() {
        for (int host = 0; host < HOSTS; host++) {
            batchesEach = 0;
            for (int first = 0; first < connections / HOSTS; first += CONNECTIONS_A_BATCH) {
                topic.send(batch(host, first, Math.min(CONNECTIONS_A_BATCH, connections / HOSTS - first)));
                batchesEach++;
            }
            for (int second = 1; second <= UNTIL_IDLE; second++) {
                heartbeat(host, START + second * SECOND);
            }
        }
        topic.flush();
        heartbeats = UNTIL_IDLE;
    }

    /** That many of each host, a second apart. */
    void heartbeats(int rounds) {
        for (int i = 0; i < rounds; i++) {
            heartbeats++;
            heartbeatAt(START + heartbeats * SECOND);
        }
    }

    void aDayLater() {
        heartbeats++;
        heartbeatAt(START + 90_000 * SECOND);
    }

    private void heartbeatAt(long nanos) {
        for (int host = 0; host < HOSTS; host++) {
            heartbeat(host, nanos);
        }
        topic.flush();
    }

    private void heartbeat(int host, long nanos) {
        topic.heartbeat(CaptureTopic.host(host), nanos, batchesEach, 0);
    }

    private CaptureBatch batch(int host, int first, int count) {
        List<ConnectionRef> opened = new ArrayList<>();
        List<CapturedSegment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            opened.add(new ConnectionRef(loopback(SERVER_PORT), loopback(FIRST_CLIENT_PORT + first + i), Fidelity.ALL));
            int client = 1_000_003 * (first + i);
            int server = 7_000_009 * (first + i + host);
            add(segments, i, Side.HIGH, TcpFlags.SYN, client, 0, 0);
            add(segments, i, Side.LOW, TcpFlags.SYN | TcpFlags.ACK, server, client + 1, 0);
            add(segments, i, Side.HIGH, TcpFlags.ACK, client + 1, server + 1, 0);
            add(segments, i, Side.HIGH, TcpFlags.PSH | TcpFlags.ACK, client + 1, server + 1, 100);
            add(segments, i, Side.LOW, TcpFlags.ACK, server + 1, client + 101, 0);
        }
        return new CaptureBatch(
                CaptureTopic.host(host),
                CaptureTopic.BOOT,
                CaptureTopic.EPOCH,
                0L,
                "lo",
                (long) batchesEach,
                START,
                0L,
                opened,
                segments);
    }

    private static void add(
            List<CapturedSegment> segments,
            int connection,
            Side sender,
            int flags,
            int sequence,
            int acknowledgment,
            int octets) {
        CapturedSegment segment = new CapturedSegment();
        segment.setConnection(connection);
        segment.setSender(sender);
        segment.setTimeDeltaNs(segments.size() * 1_000L);
        segment.setFlags(flags);
        segment.setSequence(Integer.toUnsignedLong(sequence));
        segment.setAcknowledgment(Integer.toUnsignedLong(acknowledgment));
        segment.setWindow(512);
        segment.setPayloadOctets(octets);
        if ((flags & TcpFlags.SYN) != 0) {
            segment.setMaximumSegmentSize(65_495);
            segment.setWindowScale(7);
            segment.setSackPermitted(true);
        }
        segment.setTimestampValue((long) segments.size());
        segment.setTimestampEcho(0L);
        segments.add(segment);
    }

    private static SocketAddress loopback(int port) {
        return new SocketAddress(ByteBuffer.wrap(new byte[] {127, 0, 0, 1}), port);
    }
}
