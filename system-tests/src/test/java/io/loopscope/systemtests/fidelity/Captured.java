package io.loopscope.systemtests.fidelity;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.PcapFileSource;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.simulation.SimulatedCapture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A segment as the parser gives it.
 *
 * @param header not to be changed
 * @param timeNs when it was captured
 */
record Captured(SegmentHeader header, long timeNs) {
    private static final long SECOND = 1_000_000_000L;
    private static final int SERVER_PORT = 13_306;

    /** The segments of a file, as far as it can be read. */
    static List<Captured> of(Path file) throws CaptureException {
        List<Captured> segments = new ArrayList<>();
        HeaderParser parser = new HeaderParser();
        SegmentHeader header = new SegmentHeader();
        Packet packet = new Packet();
        try (PcapFileSource source = PcapFileSource.open(file)) {
            while (next(source, packet)) {
                ParseResult result = packet.parse(parser, header);
                if (result == ParseResult.OK) {
                    SegmentHeader copy = new SegmentHeader();
                    copy.copyFrom(header);
                    segments.add(new Captured(copy, packet.timestampNs()));
                }
            }
        }
        return segments;
    }

    private static boolean next(PcapFileSource source, Packet packet) {
        try {
            return source.next(packet) == PacketSource.Next.PACKET;
        } catch (CaptureException e) { // Damaged: what came before counts.
            return false;
        }
    }

    /** Several simulated connections of a host at once. */
    static List<Captured> simulated(SimulatedCapture capture, long seed, int connections) {
        List<Captured> all = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            int port = 40_000 + i;
            long delay = i * SECOND / 7;
            for (Segment segment : capture.segments(seed * connections + i)) {
                all.add(new Captured(header(segment, port), segment.atNanos() + delay));
            }
        }
        all.sort(Comparator.comparingLong(Captured::timeNs));
        return all;
    }

    private static SegmentHeader header(Segment segment, int port) {
        boolean low = segment.sender() == Side.LOW;
        return Headers.of(
                "127.0.0.1",
                "127.0.0.1",
                PacketBytes.tcp()
                        .ports(low ? SERVER_PORT : port, low ? port : SERVER_PORT)
                        .flags(segment.flags())
                        .sequence(segment.sequence())
                        .acknowledgment(segment.acknowledgment())
                        .window(segment.window())
                        .urgentPointer(segment.urgentPointer())
                        .payload((int) segment.payloadOctets())
                        .options(options(segment.options())));
    }

    private static String options(Options options) {
        StringBuilder digits = new StringBuilder();
        if (options.maximumSegmentSize() != Options.ABSENT) {
            digits.append("0204%04x".formatted(options.maximumSegmentSize()));
        }
        if (options.windowScale() != Options.ABSENT) {
            digits.append("010303%02x".formatted(options.windowScale()));
        }
        if (options.sackPermitted()) {
            digits.append("01010402");
        }
        if (options.timestamps()) {
            digits.append("0101080a%08x%08x".formatted(options.timestampValue(), options.timestampEcho()));
        }
        return digits.toString();
    }
}
