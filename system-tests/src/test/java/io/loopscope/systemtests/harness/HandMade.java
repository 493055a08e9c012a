package io.loopscope.systemtests.harness;

import io.loopscope.schemas.testing.Statistics;
import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** Parts of records of an agent that there is not. */
public final class HandMade {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int ACK = 16;
    static final String BOOT = "boot-1";
    static final long NAMESPACE = 4_026_531_840L;

    private HandMade() {}

    /** A heartbeat of these hosts, all but whose and how far. */
    static Heartbeat.Builder heartbeat(long seen) {
        return Heartbeat.newBuilder()
                .setBootId(BOOT)
                .setAgentVersion("0.1.0")
                .setNetworkNamespace(NAMESPACE)
                .setInterfaces(List.of("lo"))
                .setStatistics(statistics(seen, 0));
    }

    /**
     * Of an agent that has published all that it got.
     *
     * @param kernelDropped what it did not get
     */
    public static CaptureStatistics statistics(long published, long kernelDropped) {
        return Statistics.zeros()
                .setSeen(published + kernelDropped)
                .setKernelDropped(kernelDropped)
                .setPublished(published)
                .build();
    }

    /** A segment without data at the time of its batch. */
    static CapturedSegment segment(int connection, Side sender, int flags, long sequence, long acknowledgment) {
        return CapturedSegment.newBuilder()
                .setConnection(connection)
                .setSender(sender)
                .setTimeDeltaNs(0)
                .setFlags(flags)
                .setSequence(sequence)
                .setAcknowledgment(acknowledgment)
                .setWindow(65_535)
                .setPayloadOctets(0)
                .build();
    }

    static SocketAddress loopback(int port) {
        return socket(new byte[] {127, 0, 0, 1}, port);
    }

    static SocketAddress socket(byte[] address, int port) {
        return new SocketAddress(ByteBuffer.wrap(address), port);
    }
}
