package io.loopscope.agent.source;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import java.nio.ByteBuffer;

/**
 * One captured packet: a flyweight that {@link PacketSource#next} fills again for every packet. Octets and numbers
 * hold until the next call on the source.
 */
public final class Packet {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer data = NOTHING;
    private int offset;
    private int capturedLength;
    private int wireLength;
    private int linkType;
    private int interfaceIndex;
    private long timestampNs;

    void setData(ByteBuffer buffer, int at, int captured, long onWire) {
        data = buffer;
        offset = at;
        capturedLength = captured;
        wireLength = (int) Math.min(onWire, Integer.MAX_VALUE);
    }

    void setOrigin(int link, int interfaceNumber, long timeNs) {
        linkType = link;
        interfaceIndex = interfaceNumber;
        timestampNs = timeNs;
    }

    /**
     * Parses it.
     *
     * @param header filled when the answer is {@link ParseResult#OK}, in an undefined state otherwise
     * @return what became of the packet
     */
    public ParseResult parse(HeaderParser parser, SegmentHeader header) {
        return parser.parse(data, offset, capturedLength, wireLength, linkType, header);
    }

    /** Holds the captured octets; big-endian; its position and limit mean nothing. */
    public ByteBuffer data() {
        return data;
    }

    /** Where in {@link #data()} the link-layer header begins. */
    public int offset() {
        return offset;
    }

    /** Captured octets, 0 or more. */
    public int capturedLength() {
        return capturedLength;
    }

    /** Octets on the wire; a writer's mistake may make it smaller than {@link #capturedLength()}. */
    public int wireLength() {
        return wireLength;
    }

    /** What the packet begins with, see {@link io.loopscope.agent.parse.LinkType}; any number. */
    public int linkType() {
        return linkType;
    }

    /** Which of the source's interfaces, counted from 0 in {@link PacketSource#interfaces()}. */
    public int interfaceIndex() {
        return interfaceIndex;
    }

    /** When the kernel saw it: nanoseconds since 1970-01-01T00:00:00Z by the clock of the host that captured. */
    public long timestampNs() {
        return timestampNs;
    }
}
