package io.loopscope.systemtests.nodes;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.publish.Identity;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Segments on their way into a batch; due as an agent's is, by the packets' clock, so that the same ones come together each time. */
final class SegmentBatch {
    private static final long FLUSH_NS = Duration.ofMillis(100).toNanos();
    private static final long CONTROL_FLUSH_NS = Duration.ofMillis(20).toNanos();

    private final Identity identity;
    private final List<ConnectionRef> connections = new ArrayList<>();
    private final List<CapturedSegment> segments = new ArrayList<>();
    private long baseNs;
    private long dueNs;
    private long sequence;

    SegmentBatch(Identity identity) {
        this.identity = identity;
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    boolean isDue(long nowNs) {
        return !isEmpty() && dueNs <= nowNs;
    }

    long nextSequence() {
        return sequence;
    }

    void add(SegmentHeader header, long timeNs) {
        if (isEmpty()) {
            baseNs = timeNs;
            dueNs = timeNs + FLUSH_NS;
        }
        if (TcpFlags.isControl(header.flags())) {
            dueNs = Math.min(dueNs, timeNs + CONTROL_FLUSH_NS);
        }
        // Both ends are on 127.0.0.1: the lower port is the lower end.
        boolean fromLow = header.sourcePort() <= header.destinationPort();
        SocketAddress source = new SocketAddress(ByteBuffer.wrap(header.sourceAddress()), header.sourcePort());
        SocketAddress destination =
                new SocketAddress(ByteBuffer.wrap(header.destinationAddress()), header.destinationPort());
        segments.add(CapturedSegment.newBuilder()
                .setConnection(index(ConnectionRef.newBuilder()
                        .setLow(fromLow ? source : destination)
                        .setHigh(fromLow ? destination : source)
                        .setFidelity(Fidelity.ALL)
                        .build()))
                .setSender(fromLow ? Side.LOW : Side.HIGH)
                .setTimeDeltaNs(timeNs - baseNs)
                .setFlags(header.flags())
                .setSequence(header.sequence())
                .setAcknowledgment(header.acknowledgment())
                .setWindow(header.window())
                .setPayloadOctets(header.payloadOctets())
                .build());
    }

    private int index(ConnectionRef connection) {
        if (!connections.contains(connection)) {
            connections.add(connection);
        }
        return connections.indexOf(connection);
    }

    CaptureBatch take() {
        CaptureBatch batch = CaptureBatch.newBuilder()
                .setHostId(identity.hostId())
                .setBootId(identity.bootId())
                .setAgentEpoch(identity.agentEpoch())
                .setNetworkNamespace(identity.networkNamespace())
                .setInterface$("lo")
                .setBatchSequence(sequence++)
                .setBaseTimeNs(baseNs)
                .setSkippedBefore(0)
                .setConnections(List.copyOf(connections))
                .setSegments(List.copyOf(segments))
                .build();
        connections.clear();
        segments.clear();
        return batch;
    }
}
