package io.loopscope.processor.tcp;

import java.io.IOException;

/** The stored form of a single {@link Segment} that is kept for later, which a run never is. */
final class SegmentCodec {

    private SegmentCodec() {}

    static void write(Segment segment, StateOutput output) throws IOException {
        Options options = segment.options();
        output.constant(segment.sender());
        output.time(segment.atNanos());
        output.octet(segment.flags());
        output.fixed(segment.sequence());
        output.fixed(segment.acknowledgment());
        output.number(segment.window());
        output.number(segment.payloadOctets());
        output.number(segment.urgentPointer());
        output.signed(options.maximumSegmentSize());
        output.signed(options.windowScale());
        output.truths(options.sackPermitted(), options.timestamps());
        output.fixed(options.timestampValue());
        output.fixed(options.timestampEcho());
    }

    static Segment read(StateInput input) throws IOException {
        Side sender = input.constant(Side.values());
        long atNanos = input.time();
        int flags = input.octet();
        int sequence = input.fixedInt();
        int acknowledgment = input.fixedInt();
        int window = input.count();
        long payloadOctets = input.number();
        int urgentPointer = input.count();
        int maximumSegmentSize = (int) input.signed();
        int windowScale = (int) input.signed();
        int truths = input.count();
        var options = new Options(
                maximumSegmentSize,
                windowScale,
                (truths & 1) != 0,
                (truths & 2) != 0,
                input.fixedInt(),
                input.fixedInt());
        return new Segment(
                sender, atNanos, flags, sequence, acknowledgment, window, payloadOctets, urgentPointer, options, null);
    }
}
