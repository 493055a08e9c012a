package io.loopscope.systemtests.harness;

import static io.loopscope.systemtests.harness.HandMade.ACK;
import static io.loopscope.systemtests.harness.HandMade.BOOT;
import static io.loopscope.systemtests.harness.HandMade.FIN;
import static io.loopscope.systemtests.harness.HandMade.NAMESPACE;
import static io.loopscope.systemtests.harness.HandMade.SYN;
import static io.loopscope.systemtests.harness.HandMade.loopback;
import static io.loopscope.systemtests.harness.HandMade.segment;

import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.Side;
import java.util.List;

/**
 * The records of a host whose servers leave a connection half closed, one each: many of one server would be told together.
 */
public final class LeakingHost {
    private static final int FIRST_SERVER_PORT = 13_306;
    private static final int FIRST_CLIENT_PORT = 20_000;

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
                .setConnections(List.of(new ConnectionRef(loopback(server), loopback(client), Fidelity.ALL)))
                .setSegments(List.of(
                        segment(0, Side.HIGH, SYN, 99, 0),
                        segment(0, Side.LOW, SYN | ACK, 299, 100),
                        segment(0, Side.HIGH, ACK, 100, 300),
                        segment(0, Side.HIGH, FIN | ACK, 100, 300),
                        segment(0, Side.LOW, ACK, 300, 101)))
                .build();
    }

    /** Everything up to this time has been sent. */
    public Heartbeat promise(long timeNs, long intervalMs) {
        return HandMade.heartbeat(batches)
                .setHostId(name)
                .setAgentEpoch(epochNs)
                .setWatermarkNs(timeNs)
                .setIntervalMs(intervalMs)
                .setNextBatchSequence(batches)
                .build();
    }
}
