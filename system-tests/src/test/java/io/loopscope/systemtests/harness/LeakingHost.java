package io.loopscope.systemtests.harness;

import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * The records of a host whose servers leave a connection half closed, one each: many of one server would be told together.
 */
public final class LeakingHost {
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final int FIRST_SERVER_PORT = 13_306;
    private static final int FIRST_CLIENT_PORT = 20_000;
    private static final String BOOT = "boot-1";
    private static final long NAMESPACE = 4_026_531_840L;

    private final String name;
    private final long epochNs;
    private long batches;

    /** Its agent has begun at this time, and has sent nothing yet. */
    public LeakingHost(String name, long epochNs) {
        this.name = name;
        this.epochNs = epochNs;
    }

    public String name() {
        return name;
    }

    /** Another connection: its client has closed its side at this time, and the server has acknowledged that. */
    public CaptureBatch leak(long timeNs) {
        int server = FIRST_SERVER_PORT + (int) batches;
        int client = FIRST_CLIENT_PORT + (int) batches;
        return CaptureBatch.newBuilder()
                .setHostId(name)
                .setBootId(BOOT)
                .setAgentEpoch(epochNs)
                .setNetworkNamespace(NAMESPACE)
                .setInterface$("lo")
                .setBatchSequence(batches++)
                .setBaseTimeNs(timeNs)
                .setSkippedBefore(0)
                .setConnections(List.of(new ConnectionRef(socket(server), socket(client), Fidelity.ALL)))
                .setSegments(List.of(
                        segment(Side.HIGH, SYN, 99, 0),
                        segment(Side.LOW, SYN | ACK, 299, 100),
                        segment(Side.HIGH, ACK, 100, 300),
                        segment(Side.HIGH, FIN | ACK, 100, 300),
                        segment(Side.LOW, ACK, 300, 101)))
                .build();
    }

    /** Everything up to this time has been sent. */
    public Heartbeat promise(long timeNs, long intervalMs) {
        long seen = batches;
        return Heartbeat.newBuilder()
                .setHostId(name)
                .setBootId(BOOT)
                .setAgentEpoch(epochNs)
                .setAgentVersion("0.1.0")
                .setNetworkNamespace(NAMESPACE)
                .setInterfaces(List.of("lo"))
                .setWatermarkNs(timeNs)
                .setIntervalMs(intervalMs)
                .setNextBatchSequence(batches)
                .setStatistics(CaptureStatistics.newBuilder()
                        .setSeen(seen)
                        .setKernelDropped(0)
                        .setInterfaceDropped(0)
                        .setShed(0)
                        .setExcludedOwn(0)
                        .setExcludedBySetting(0)
                        .setMalformed(0)
                        .setNotTcp(0)
                        .setPublished(seen)
                        .setPublishFailed(0)
                        .setByReason(Map.of())
                        .build())
                .build();
    }

    private static SocketAddress socket(int port) {
        return new SocketAddress(ByteBuffer.wrap(new byte[] {127, 0, 0, 1}), port);
    }

    private static CapturedSegment segment(Side sender, int flags, long sequence, long acknowledgment) {
        return CapturedSegment.newBuilder()
                .setConnection(0)
                .setSender(sender)
                .setTimeDeltaNs(0)
                .setFlags(flags)
                .setSequence(sequence)
                .setAcknowledgment(acknowledgment)
                .setWindow(65_535)
                .setPayloadOctets(0)
                .build();
    }
}
