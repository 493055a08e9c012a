package io.loopscope.systemtests.harness;

import static io.loopscope.systemtests.harness.HandMade.ACK;
import static io.loopscope.systemtests.harness.HandMade.BOOT;
import static io.loopscope.systemtests.harness.HandMade.FIN;
import static io.loopscope.systemtests.harness.HandMade.NAMESPACE;
import static io.loopscope.systemtests.harness.HandMade.SYN;
import static io.loopscope.systemtests.harness.HandMade.loopback;
import static io.loopscope.systemtests.harness.HandMade.segment;
import static io.loopscope.systemtests.harness.HandMade.socket;

import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The records of a host with two servers, on ports 80 and 443, that others flood with SYNs. */
public final class FloodedHost {
    public static final String NAME = "flooded";
    public static final List<Integer> SERVERS = List.of(80, 443);

    private static final int FIRST_CLIENT_PORT = 20_000;
    private static final long EPOCH_NS = 1_700_000_000_000_000_000L;

    private long nowNs = EPOCH_NS;
    private long batches;
    private int flooded;

    /** Connections of this host's own clients are opened. */
    public CaptureBatch open(int number) {
        List<CapturedSegment> segments = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            segments.add(segment(i, Side.HIGH, SYN, 99, 0));
            segments.add(segment(i, Side.LOW, SYN | ACK, 299, 100));
            segments.add(segment(i, Side.HIGH, ACK, 100, 300));
        }
        return batch(clients(number), segments);
    }

    /** And closed by both ends. */
    public CaptureBatch close(int number) {
        List<CapturedSegment> segments = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            segments.add(segment(i, Side.HIGH, FIN | ACK, 100, 300));
            segments.add(segment(i, Side.LOW, FIN | ACK, 300, 101));
            segments.add(segment(i, Side.HIGH, ACK, 101, 301));
        }
        return batch(clients(number), segments);
    }

    /** SYNs that nobody answers, each from another address and port. */
    public CaptureBatch flood(int number) {
        List<ConnectionRef> connections = new ArrayList<>();
        List<CapturedSegment> segments = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            int one = flooded++;
            byte[] spoofed = {127, (byte) (64 + (one >> 16)), (byte) (one >> 8), (byte) one};
            connections.add(new ConnectionRef(
                    loopback(SERVERS.get(one % SERVERS.size())), socket(spoofed, 1_024 + one % 60_000), Fidelity.ALL));
            segments.add(segment(i, Side.HIGH, SYN, one, 0));
        }
        return batch(connections, segments);
    }

    /** This much later all that was captured has been sent. */
    public Heartbeat promise(long seconds) {
        nowNs += seconds * 1_000_000_000L;
        return HandMade.heartbeat(flooded)
                .setHostId(NAME)
                .setAgentEpoch(EPOCH_NS)
                .setWatermarkNs(nowNs)
                .setIntervalMs(1_000)
                .setNextBatchSequence(batches)
                .build();
    }

    /** Whether it is the client of a connection of the host itself. */
    public static boolean isOwn(SocketAddress client) {
        return client.getPort() >= FIRST_CLIENT_PORT
                && client.getAddress().equals(ByteBuffer.wrap(new byte[] {127, 0, 0, 1}));
    }

    private static List<ConnectionRef> clients(int number) {
        List<ConnectionRef> connections = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            connections.add(new ConnectionRef(loopback(SERVERS.get(0)), loopback(FIRST_CLIENT_PORT + i), Fidelity.ALL));
        }
        return connections;
    }

    private CaptureBatch batch(List<ConnectionRef> connections, List<CapturedSegment> segments) {
        nowNs += 5_000_000;
        return CaptureBatch.newBuilder()
                .setHostId(NAME)
                .setBootId(BOOT)
                .setAgentEpoch(EPOCH_NS)
                .setNetworkNamespace(NAMESPACE)
                .setInterface$("lo")
                .setBatchSequence(batches++)
                .setBaseTimeNs(nowNs)
                .setSkippedBefore(0)
                .setConnections(connections)
                .setSegments(segments)
                .build();
    }
}
