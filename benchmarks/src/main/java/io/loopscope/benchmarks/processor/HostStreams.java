package io.loopscope.benchmarks.processor;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.PcapFileSource;
import io.loopscope.agent.track.Fidelity;
import io.loopscope.schemas.v1.CaptureBatch;
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
    private final HostAgent[] agents;
    private long segments;
    private long nowNanos;
    private long nextHeartbeatNanos;

    private HostStreams(int hosts, Fidelity fidelity) {
        agents = new HostAgent[hosts];
        for (int i = 0; i < hosts; i++) {
            int host = i;
            agents[i] = new HostAgent(
                    fidelity, batch -> sent.add(new Sent(host, nowNanos, batch, batch.getBatchSequence() + 1)));
        }
    }

    static HostStreams read(Path capture, int hosts, Fidelity fidelity) throws CaptureException {
        var streams = new HostStreams(hosts, fidelity);
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
        segments++;
        agents[host(header)].take(header, timeNanos, nowNanos);
    }

    /** The same for both directions of a connection. */
    private int host(SegmentHeader header) {
        long one = 31 * header.sourceLow() + header.sourcePort();
        long other = 31 * header.destinationLow() + header.destinationPort();
        long mixed = (one + other + one * other) * 0x9E3779B97F4A7C15L;
        return (int) Math.floorMod(mixed >>> 32, (long) agents.length);
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
        for (HostAgent agent : agents) {
            agent.at(nowNanos);
        }
    }

    /** A heartbeat promises that all before it has been sent. */
    private void heartbeats() {
        for (int i = 0; i < agents.length; i++) {
            agents[i].flush(nowNanos);
            sent.add(new Sent(i, nowNanos, null, agents[i].sequence()));
        }
    }

    private void end() {
        nowNanos += SECOND;
        heartbeats();
    }
}
