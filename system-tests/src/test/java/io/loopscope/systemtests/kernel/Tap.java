package io.loopscope.systemtests.kernel;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.LiveSource;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.standalone.analyze.Segments;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Captures {@code lo} in a thread of its own, so that the kernel's buffer never fills while a test is busy. */
final class Tap implements AutoCloseable {
    private static final LiveCapture LO =
            new LiveCapture("", LiveCapture.TCP_FILTER, 128, 64 * 1024 * 1024, Duration.ofMillis(10));
    private static final long NO_NAMESPACE = 0;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PacketSource source;
    private final Thread reader = new Thread(this::read, "tap");
    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private final HeaderParser parser = new HeaderParser();
    private final SegmentHeader header = new SegmentHeader();
    private volatile boolean closed;

    /** What the tap has seen, in order. */
    sealed interface Seen {}

    /** A segment. */
    record Captured(FourTuple tuple, Segment segment) implements Seen {}

    /** Nothing more until then. */
    record Rest(long untilNanos) implements Seen {}

    /** Nothing more at all. */
    record Failed(Throwable why) implements Seen {}

    private Tap(PacketSource source) {
        this.source = source;
    }

    /** Sees every packet from now on. */
    static Tap open() throws CaptureException {
        Tap tap = new Tap(LiveSource.open(LO));
        tap.reader.setDaemon(true);
        tap.reader.start();
        return tap;
    }

    /** Waits for what comes next. */
    Seen next() {
        try {
            Seen next = seen.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new AssertionError("the tap is silent");
            }
            if (next instanceof Failed failed) {
                throw new AssertionError("the tap has failed", failed.why);
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        Packet packet = new Packet();
        try {
            while (!closed) {
                if (source.next(packet) == PacketSource.Next.PACKET) {
                    parse(packet);
                } else if (source.statistics().kernelDropped() > 0) {
                    throw new IllegalStateException("packets were lost: " + source.statistics());
                } else {
                    seen.add(new Rest(source.caughtUpToNs()));
                }
            }
        } catch (CaptureException | RuntimeException e) {
            seen.add(new Failed(e));
        }
    }

    private void parse(Packet packet) {
        ParseResult result = packet.parse(parser, header);
        if (result.kind() == ParseResult.Kind.MALFORMED) {
            throw new IllegalStateException("a packet of a real kernel is " + result);
        }
        if (result == ParseResult.OK) {
            Address from = new Address(header.sourceHigh(), header.sourceLow());
            Address to = new Address(header.destinationHigh(), header.destinationLow());
            Side sender = FourTuple.side(from, header.sourcePort(), to, header.destinationPort());
            seen.add(new Captured(
                    FourTuple.of(NO_NAMESPACE, from, header.sourcePort(), to, header.destinationPort()),
                    Segments.segment(sender, header, packet.timestampNs())));
        }
    }

    @Override
    public void close() {
        closed = true;
        source.close();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
