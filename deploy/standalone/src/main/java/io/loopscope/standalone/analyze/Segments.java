package io.loopscope.standalone.analyze;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;

/** Header fields as the parser gives them to segments as the TCP core takes them. */
final class Segments {
    private static final long NO_NAMESPACE = 0;

    private Segments() {}

    static FourTuple tuple(SegmentHeader header) {
        return FourTuple.of(
                NO_NAMESPACE,
                new Address(header.sourceHigh(), header.sourceLow()),
                header.sourcePort(),
                new Address(header.destinationHigh(), header.destinationLow()),
                header.destinationPort());
    }

    static Segment segment(FourTuple tuple, SegmentHeader header, long timeNanos) {
        return new Segment(
                sender(tuple, header),
                timeNanos,
                header.flags(),
                (int) header.sequence(),
                (int) header.acknowledgment(),
                header.window(),
                header.payloadOctets(),
                header.urgentPointer(),
                options(header),
                null);
    }

    private static Side sender(FourTuple tuple, SegmentHeader header) {
        boolean low = header.sourcePort() == tuple.lowPort()
                && header.sourceLow() == tuple.low().low()
                && header.sourceHigh() == tuple.low().high();
        return low ? Side.LOW : Side.HIGH;
    }

    private static Options options(SegmentHeader header) {
        boolean onSyn = header.maximumSegmentSize() != SegmentHeader.ABSENT
                || header.windowScale() != SegmentHeader.ABSENT
                || header.sackPermitted();
        if (!onSyn && !header.hasTimestamps()) {
            return Options.NONE;
        }
        return new Options(
                header.maximumSegmentSize(),
                header.windowScale(),
                header.sackPermitted(),
                header.hasTimestamps(),
                (int) header.timestampValue(),
                (int) header.timestampEchoReply());
    }
}
