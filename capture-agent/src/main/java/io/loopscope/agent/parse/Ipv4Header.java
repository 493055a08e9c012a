package io.loopscope.agent.parse;

/** RFC 791 3.1. */
final class Ipv4Header {
    private static final int FIXED = 20;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int FRAGMENT_OFFSET = 0x1fff;

    private Ipv4Header() {}

    static ParseResult parse(Cursor cursor, SegmentHeader header) {
        if (cursor.lacks(FIXED)) {
            return cursor.whyLacks(FIXED, ParseResult.BAD_IP_HEADER);
        }
        int versionAndLength = cursor.octet(0);
        int headerLength = (versionAndLength & 0x0f) << 2;
        // BIG TCP and segmentation offload leave the total length at zero: only the wire length tells.
        int announced = cursor.unsignedShort(2);
        int totalLength = announced == 0 ? cursor.wireRemaining() : announced;
        if (versionAndLength >>> 4 != 4 || headerLength < FIXED || totalLength < headerLength) {
            return ParseResult.BAD_IP_HEADER;
        }
        int protocol = cursor.octet(9);
        int fragmentation = cursor.unsignedShort(6);
        if ((fragmentation & FRAGMENT_OFFSET) != 0) {
            return protocol == IpProtocol.TCP ? ParseResult.FRAGMENT : IpProtocol.notTcp(protocol);
        }
        header.fragmented = (fragmentation & MORE_FRAGMENTS) != 0;
        header.setIpv4(cursor.integer(12), cursor.integer(16));
        cursor.skip(headerLength);
        int remaining = totalLength - headerLength;
        return switch (protocol) {
            case IpProtocol.TCP -> TcpHeader.parse(cursor, remaining, header);
            case IpProtocol.AUTHENTICATION -> authenticated(cursor, remaining, header);
            default -> IpProtocol.notTcp(protocol);
        };
    }

    /** RFC 4302: an authentication header hides nothing. */
    private static ParseResult authenticated(Cursor cursor, int remaining, SegmentHeader header) {
        if (cursor.lacks(2)) {
            return cursor.whyLacks(2, ParseResult.BAD_IP_HEADER);
        }
        int next = cursor.octet(0);
        int length = Ipv6Header.authenticationLength(cursor.octet(1));
        if (length > remaining) {
            return ParseResult.BAD_IP_HEADER;
        }
        cursor.skip(length);
        return next == IpProtocol.TCP ? TcpHeader.parse(cursor, remaining - length, header) : IpProtocol.notTcp(next);
    }
}
