package io.loopscope.standalone.analyze;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;

/** Header fields as the parser gives them to segments as the TCP core takes them. */
public final class Segments {
    private Segments() {}

    public static Segment segment(Side sender, SegmentHeader header, long timeNanos) {
        return new Segment(
                sender,
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
