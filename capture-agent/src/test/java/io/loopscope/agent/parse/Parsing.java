package io.loopscope.agent.parse;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** One packet through the parser. */
record Parsing(ParseResult result, SegmentHeader header) {
    static Parsing of(int linkType, byte[] packet) {
        return of(linkType, packet, packet.length);
    }

    static Parsing of(int linkType, byte[] captured, int wireLength) {
        SegmentHeader header = new SegmentHeader();
        ParseResult result =
                new HeaderParser().parse(ByteBuffer.wrap(captured), 0, captured.length, wireLength, linkType, header);
        return new Parsing(result, header);
    }

    /** As a capture with a snapshot length has it. */
    static Parsing cut(int linkType, byte[] packet, int snapLength) {
        return of(linkType, Arrays.copyOf(packet, snapLength), packet.length);
    }
}
