package io.loopscope.agent.parse;

/** RFC 9293 3.1. */
final class TcpHeader {
    private static final int FIXED = 20;

    private TcpHeader() {}

    /** {@code remaining} is what the IP header leaves for TCP header and payload. */
    static ParseResult parse(Cursor cursor, int remaining, SegmentHeader header) {
        if (remaining < FIXED) {
            return header.fragmented ? ParseResult.FRAGMENT : ParseResult.BAD_TCP_HEADER;
        }
        if (cursor.lacks(FIXED)) {
            return cursor.whyLacks(FIXED, ParseResult.BAD_TCP_HEADER);
        }
        int offsetAndFlags = cursor.unsignedShort(12);
        int headerLength = offsetAndFlags >>> 12 << 2;
        if (headerLength < FIXED) {
            return ParseResult.BAD_TCP_HEADER;
        }
        if (headerLength > remaining) {
            return header.fragmented ? ParseResult.FRAGMENT : ParseResult.BAD_TCP_HEADER;
        }
        header.sourcePort = cursor.unsignedShort(0);
        header.destinationPort = cursor.unsignedShort(2);
        header.sequence = cursor.unsignedInt(4);
        header.acknowledgment = cursor.unsignedInt(8);
        header.flags = offsetAndFlags & TcpFlags.MASK;
        header.window = cursor.unsignedShort(14);
        header.urgentPointer = cursor.unsignedShort(18);
        header.payloadOctets = remaining - headerLength;
        header.clearOptions();
        cursor.skip(FIXED);
        TcpOptions.parse(cursor, headerLength - FIXED, header);
        return ParseResult.OK;
    }
}
