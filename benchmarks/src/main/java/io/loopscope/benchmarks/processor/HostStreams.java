package io.loopscope.benchmarks.processor;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.PcapFileSource;
import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The traffic of a recorded capture as that of several hosts: each connection belongs to one of them, so that each host
 * has the real order and pace of what is its own, and a rate that a host may have.
 */
final class HostStreams {
    private static final long SECOND = 1_000_000_000L;

    /** A record that a host's agent sends at a time. {@code batch} is null for a heartbeat. */
    record Sent(int host, long atNanos, @Nullable CaptureBatch batch, long nextBatch) {}

    private final List<Sent> sent = new ArrayList<>();
    private final ItemBatch[] batches;
    private final Runs[] runs;
    private final boolean coalesced;
    private long segments;
    private long nowNanos;
    private long nextHeartbeatNanos;

    private HostStreams(int hosts, boolean coalesced, long longestRunNanos) {
        this.coalesced = coalesced;
        batches = new ItemBatch[hosts];
        runs = new Runs[hosts];
        for (int i = 0; i < hosts; i++) {
            int host = i;
            batches[i] =
                    new ItemBatch(batch -> sent.add(new Sent(host, nowNanos, batch, batch.getBatchSequence() + 1)));
            runs[i] = new Runs(batches[i], longestRunNanos);
        }
    }

    static HostStreams read(Path capture, int hosts, boolean coalesced, long longestRunNanos) throws CaptureException {
        var streams = new HostStreams(hosts, coalesced, longestRunNanos);
        try (PcapFileSource source = PcapFileSource.open(capture)) {
            Packet packet = new Packet();
            SegmentHeader header = new SegmentHeader();
            HeaderParser parser = new HeaderParser();
            while (source.next(packet) == PacketSource.Next.PACKET) {
                ParseResult result = packet.parse(parser, header);
                if (result == ParseResult.OK) {
                    streams.add(header, packet.timestampNs());
                }
            }
        }
        streams.end();
        return streams;
    }

    /** In the order of time. */
    List<Sent> sent() {
        return sent;
    }

    /** Captured segments in them; in coalesced streams more than items. */
    long segments() {
        return segments;
    }

    private void add(SegmentHeader header, long timeNanos) {
        passTo(Math.max(nowNanos, timeNanos));
        InetSocketAddress source = ConnectionKey.socket(header.sourceAddress(), header.sourcePort());
        InetSocketAddress destination = ConnectionKey.socket(header.destinationAddress(), header.destinationPort());
        boolean senderIsLow = ConnectionKey.CANONICAL_ORDER.compare(source, destination) <= 0;
        SocketAddress from = new SocketAddress(ByteBuffer.wrap(header.sourceAddress()), header.sourcePort());
        SocketAddress to = new SocketAddress(ByteBuffer.wrap(header.destinationAddress()), header.destinationPort());
        Fidelity fidelity = coalesced ? Fidelity.COALESCED : Fidelity.ALL;
        ConnectionRef connection =
                senderIsLow ? new ConnectionRef(from, to, fidelity) : new ConnectionRef(to, from, fidelity);
        int host = Math.floorMod((connection.hashCode() * 0x9E3779B9) >>> 8, batches.length);
        segments++;
        CapturedSegment segment = segment(header, senderIsLow, timeNanos);
        if (coalesced) {
            runs[host].add(connection, segment, nowNanos);
        } else {
            batches[host].add(connection, segment, nowNanos);
        }
    }

    private void passTo(long timeNanos) {
        if (nextHeartbeatNanos == 0) {
            nextHeartbeatNanos = timeNanos + SECOND;
        }
        while (nextHeartbeatNanos <= timeNanos) {
            nowNanos = nextHeartbeatNanos;
            heartbeats();
            nextHeartbeatNanos += SECOND;
        }
        nowNanos = timeNanos;
        for (int i = 0; i < batches.length; i++) {
            runs[i].at(nowNanos);
            batches[i].at(nowNanos);
        }
    }

    /** A heartbeat promises that all before it has been sent. */
    private void heartbeats() {
        for (int i = 0; i < batches.length; i++) {
            runs[i].finishAll(nowNanos);
            batches[i].flush();
            sent.add(new Sent(i, nowNanos, null, batches[i].sequence()));
        }
    }

    private void end() {
        nowNanos += SECOND;
        heartbeats();
    }

    private static CapturedSegment segment(SegmentHeader header, boolean senderIsLow, long timeNanos) {
        CapturedSegment segment = new CapturedSegment();
        segment.setSender(senderIsLow ? Side.LOW : Side.HIGH);
        segment.setTimeDeltaNs(timeNanos);
        segment.setFlags(header.flags());
        segment.setSequence(header.sequence());
        segment.setAcknowledgment(header.acknowledgment());
        segment.setWindow(header.window());
        segment.setPayloadOctets(header.payloadOctets());
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
        return segment;
    }
}
