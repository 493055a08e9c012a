package io.loopscope.systemtests.source;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.IpAddress;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.schemas.ConnectionKey;
import io.loopscope.systemtests.harness.Waits;
import io.loopscope.systemtests.harness.WireSegment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Reads a source in a thread of its own and keeps what it sees. */
final class Watching implements AutoCloseable {
    private static final int NANOS_PER_MICRO = 1000;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final PacketSource source;
    private final Thread reader = new Thread(this::read, "watching");
    private final List<WireSegment> segments = new ArrayList<>();
    private final AtomicLong caughtUpToNs = new AtomicLong(Long.MIN_VALUE);
    private volatile @Nullable Throwable failure;
    private volatile boolean stopped;

    Watching(PacketSource source) {
        this.source = source;
        reader.setDaemon(true);
        reader.start();
    }

    /** Waits until everything that was captured before this call has been seen. */
    void awaitRest() {
        Instant now = Instant.now();
        long nowNs = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
        Awaitility.await("what was captured is seen")
                .atMost(Waits.PROGRAM)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> failure != null || caughtUpToNs.get() >= nowNs);
    }

    /** Ends the reading; what was seen, in order. */
    List<WireSegment> stop() throws InterruptedException {
        awaitRest();
        stopped = true;
        source.wakeUp();
        reader.join();
        if (failure != null) {
            throw new AssertionError("the source failed", failure);
        }
        return segments;
    }

    private void read() {
        Packet packet = new Packet();
        HeaderParser parser = new HeaderParser();
        SegmentHeader header = new SegmentHeader();
        try {
            while (!stopped) {
                long promised = source.caughtUpToNs();
                if (source.next(packet) == PacketSource.Next.PACKET) {
                    if (packet.timestampNs() <= promised) {
                        throw new IllegalStateException("a packet of " + packet.timestampNs()
                                + " comes after the promise that there are none before " + promised);
                    }
                    ParseResult result = packet.parse(parser, header);
                    if (result == ParseResult.OK) {
                        segments.add(segment(header, packet.timestampNs()));
                    } else if (result.kind() == ParseResult.Kind.MALFORMED) {
                        throw new IllegalStateException("a packet of a real kernel is " + result);
                    }
                } else {
                    caughtUpToNs.set(source.caughtUpToNs());
                }
            }
        } catch (CaptureException | RuntimeException e) {
            failure = e;
        }
    }

    private static WireSegment segment(SegmentHeader header, long timeNs) {
        return new WireSegment(
                timeNs / NANOS_PER_MICRO,
                socket(header.sourceHigh(), header.sourceLow(), header.sourcePort()),
                socket(header.destinationHigh(), header.destinationLow(), header.destinationPort()),
                header.flags(),
                header.sequence(),
                (header.flags() & TcpFlags.ACK) == 0 ? 0 : header.acknowledgment(),
                header.window(),
                header.payloadOctets());
    }

    private static String socket(long high, long low, int port) {
        return ConnectionKey.text(ConnectionKey.socket(IpAddress.octets(high, low), port));
    }

    @Override
    public void close() {
        stopped = true;
        source.close();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
