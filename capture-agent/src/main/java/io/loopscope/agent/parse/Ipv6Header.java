package io.loopscope.agent.parse;

/** RFC 8200 3 and 4, with the jumbo payload of RFC 2675. */
final class Ipv6Header {
    private static final int FIXED = 40;
    private static final int OPTION_PAD1 = 0;
    private static final int OPTION_JUMBO_PAYLOAD = 0xc2;
    private static final int SMALLEST_JUMBO = 0x1_0000;
    private static final int NOT_JUMBO = -1;

    private Ipv6Header() {}

    static ParseResult parse(Cursor cursor, SegmentHeader header) {
        if (cursor.lacks(FIXED)) {
            return cursor.whyLacks(FIXED, ParseResult.BAD_IP_HEADER);
        }
        if (cursor.octet(0) >>> 4 != 6) {
            return ParseResult.BAD_IP_HEADER;
        }
        int announced = cursor.unsignedShort(4);
        header.sourceHigh = cursor.longInteger(8);
        header.sourceLow = cursor.longInteger(16);
        header.destinationHigh = cursor.longInteger(24);
        header.destinationLow = cursor.longInteger(32);
        header.fragmented = false;
        int next = cursor.octet(6);
        cursor.skip(FIXED);
        // Zero means a jumbo payload. The option that says how long may be missing (BIG TCP): the wire tells.
        int remaining = announced == 0 ? Math.max(0, cursor.wireRemaining()) : announced;
        return extensionHeaders(cursor, next, remaining, announced == 0, header);
    }

    /** Each header takes at least eight octets of a finite packet, so this ends. */
    private static ParseResult extensionHeaders(
            Cursor cursor, int first, int payload, boolean jumboAllowed, SegmentHeader header) {
        int next = first;
        int remaining = payload;
        while (isExtension(next)) {
            if (cursor.lacks(8)) {
                return cursor.whyLacks(8, ParseResult.BAD_IP_HEADER);
            }
            int length = length(next, cursor.octet(1));
            if (next == IpProtocol.HOP_BY_HOP && jumboAllowed) {
                int jumbo = jumboPayload(cursor, length);
                remaining = jumbo == NOT_JUMBO ? remaining : jumbo;
            }
            if (next == IpProtocol.FRAGMENT) {
                int fragmentation = cursor.unsignedShort(2);
                if ((fragmentation & 0xfff8) != 0) {
                    return laterFragment(cursor.octet(0));
                }
                header.fragmented = (fragmentation & 1) != 0;
            }
            if (length > remaining) {
                return ParseResult.BAD_IP_HEADER;
            }
            next = cursor.octet(0);
            remaining -= length;
            cursor.skip(length);
        }
        return next == IpProtocol.TCP ? TcpHeader.parse(cursor, remaining, header) : IpProtocol.notTcp(next);
    }

    /** Behind a fragment header may stand further headers, which only the first fragment holds. */
    private static ParseResult laterFragment(int next) {
        return next == IpProtocol.TCP || isExtension(next) ? ParseResult.FRAGMENT : IpProtocol.notTcp(next);
    }

    private static boolean isExtension(int next) {
        return switch (next) {
            case IpProtocol.HOP_BY_HOP,
                    IpProtocol.ROUTING,
                    IpProtocol.FRAGMENT,
                    IpProtocol.AUTHENTICATION,
                    IpProtocol.DESTINATION_OPTIONS,
                    IpProtocol.MOBILITY,
                    IpProtocol.HOST_IDENTITY,
                    IpProtocol.SHIM6 -> true;
            default -> false;
        };
    }

    private static int length(int header, int lengthField) {
        return switch (header) {
            case IpProtocol.FRAGMENT -> 8;
            case IpProtocol.AUTHENTICATION -> authenticationLength(lengthField);
            default -> (lengthField + 1) << 3;
        };
    }

    /** RFC 4302 2.2: in 32-bit words, minus two. */
    static int authenticationLength(int lengthField) {
        return (lengthField + 2) << 2;
    }

    /** RFC 2675 2: the length of everything after the fixed header, or {@link #NOT_JUMBO}. */
    private static int jumboPayload(Cursor cursor, int headerLength) {
        int at = 2;
        while (at + 1 < headerLength && !cursor.lacks(at + 2)) {
            int option = cursor.octet(at);
            if (option == OPTION_PAD1) {
                at++;
                continue;
            }
            int length = cursor.octet(at + 1);
            if (option == OPTION_JUMBO_PAYLOAD) {
                boolean whole = length == 4 && at + 6 <= headerLength && !cursor.lacks(at + 6);
                // Above 2 GiB is not a packet; the wire length is the better witness.
                int jumbo = whole ? cursor.integer(at + 2) : NOT_JUMBO;
                return jumbo >= SMALLEST_JUMBO ? jumbo : NOT_JUMBO;
            }
            at += 2 + length;
        }
        return NOT_JUMBO;
    }
}
