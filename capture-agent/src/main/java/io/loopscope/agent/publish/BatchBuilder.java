package io.loopscope.agent.publish;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gathers segments into batches and says when one is due: when it is full, when its first segment has waited for the
 * flush interval, or when a SYN, FIN or RST has waited for a shorter one. Time is any clock that only goes forward,
 * given as nanoseconds.
 */
public final class BatchBuilder {
    private final Identity identity;
    private final String interfaceName;
    private final int mostSegments;
    private final long flushNs;
    private final long controlFlushNs;
    private final Map<ConnectionRef, Integer> indexes = new HashMap<>();
    private List<ConnectionRef> connections = new ArrayList<>();
    private List<CapturedSegment> segments = new ArrayList<>();
    private long baseTimeNs;
    private long dueNs;
    private long sequence;

    /**
     * A builder without segments.
     *
     * @param identity whose batches
     * @param interfaceName what is captured
     * @param mostSegments segments of a batch at most
     * @param flush how long a segment may wait
     * @param controlFlush how long a SYN, FIN or RST may wait
     */
    public BatchBuilder(
            Identity identity, String interfaceName, int mostSegments, Duration flush, Duration controlFlush) {
        this.identity = identity;
        this.interfaceName = interfaceName;
        this.mostSegments = mostSegments;
        flushNs = flush.toNanos();
        controlFlushNs = controlFlush.toNanos();
    }

    /**
     * Adds a segment; the batch must not be full.
     *
     * @param header the segment, copied
     * @param timeNs when it was captured
     * @param nowNs the time now
     */
    public void add(SegmentHeader header, long timeNs, long nowNs) {
        if (segments.isEmpty()) {
            baseTimeNs = timeNs;
            dueNs = nowNs + flushNs;
        }
        if (TcpFlags.isControl(header.flags()) && nowNs + controlFlushNs - dueNs < 0) {
            dueNs = nowNs + controlFlushNs;
        }
        segments.add(segment(header, timeNs));
    }

    /** Whether it has no segment. */
    public boolean isEmpty() {
        return segments.isEmpty();
    }

    /** Number of segments in it. */
    public int size() {
        return segments.size();
    }

    /** Whether it takes no more. */
    public boolean isFull() {
        return segments.size() >= mostSegments;
    }

    /**
     * How long the batch may still wait.
     *
     * @param nowNs the time now
     * @return nanoseconds; 0 or less when it is due; {@link Long#MAX_VALUE} when it is empty
     */
    public long remainingNs(long nowNs) {
        return segments.isEmpty() ? Long.MAX_VALUE : dueNs - nowNs;
    }

    /** The number that the next batch will have: all lower ones have been taken. */
    public long nextSequence() {
        return sequence;
    }

    /**
     * Takes the segments as a batch, and begins the next.
     *
     * @param skippedBefore segments left out since the batch before
     */
    public CaptureBatch take(long skippedBefore) {
        CaptureBatch batch = new CaptureBatch();
        batch.setHostId(identity.hostId());
        batch.setBootId(identity.bootId());
        batch.setAgentEpoch(identity.agentEpoch());
        batch.setNetworkNamespace(identity.networkNamespace());
        batch.setInterface$(interfaceName);
        batch.setBatchSequence(sequence);
        batch.setBaseTimeNs(baseTimeNs);
        batch.setSkippedBefore(skippedBefore);
        batch.setConnections(connections);
        batch.setSegments(segments);
        sequence++;
        indexes.clear();
        connections = new ArrayList<>();
        segments = new ArrayList<>();
        return batch;
    }

    private CapturedSegment segment(SegmentHeader header, long timeNs) {
        boolean senderIsLow = CanonicalOrder.compareEnds(header) <= 0;
        SocketAddress source = new SocketAddress(ByteBuffer.wrap(header.sourceAddress()), header.sourcePort());
        SocketAddress destination =
                new SocketAddress(ByteBuffer.wrap(header.destinationAddress()), header.destinationPort());
        ConnectionRef connection = senderIsLow
                ? new ConnectionRef(source, destination, Fidelity.ALL)
                : new ConnectionRef(destination, source, Fidelity.ALL);
        CapturedSegment segment = new CapturedSegment();
        segment.setConnection(indexOf(connection));
        segment.setSender(senderIsLow ? Side.LOW : Side.HIGH);
        segment.setTimeDeltaNs(timeNs - baseTimeNs);
        segment.setFlags(header.flags());
        segment.setSequence(header.sequence());
        segment.setAcknowledgment(header.acknowledgment());
        segment.setWindow(header.window());
        segment.setPayloadOctets(header.payloadOctets());
        setOptions(segment, header);
        return segment;
    }

    private static void setOptions(CapturedSegment segment, SegmentHeader header) {
        if (header.maximumSegmentSize() != SegmentHeader.ABSENT) {
            segment.setMaximumSegmentSize(header.maximumSegmentSize());
        }
        if (header.windowScale() != SegmentHeader.ABSENT) {
            segment.setWindowScale(header.windowScale());
        }
        segment.setSackPermitted(header.sackPermitted());
        if (header.hasTimestamps()) {
            segment.setTimestampValue(header.timestampValue());
            segment.setTimestampEcho(header.timestampEchoReply());
        }
        if ((header.flags() & TcpFlags.URG) != 0) {
            segment.setUrgentPointer(header.urgentPointer());
        }
    }

    private int indexOf(ConnectionRef connection) {
        Integer known = indexes.get(connection);
        if (known != null) {
            return known;
        }
        int index = connections.size();
        connections.add(connection);
        indexes.put(connection, index);
        return index;
    }
}
