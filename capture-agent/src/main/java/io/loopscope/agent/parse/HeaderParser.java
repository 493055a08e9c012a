package io.loopscope.agent.parse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Walks a packet from its link layer to the end of its TCP header. Checksums are never looked at: on loopback
 * and with offloading the kernel leaves them unfilled.
 *
 * <p>Not thread-safe: one parser per capture thread.
 */
public final class HeaderParser {
    private static final int ETHERNET_HEADER = 14;
    private static final int VLAN_TAG = 4;
    private static final int NULL_HEADER = 4;
    private static final int SLL_HEADER = 16;
    private static final int SLL2_HEADER = 20;
    private static final int AF_INET = 2;

    private final Cursor cursor = new Cursor();

    /**
     * Parses one packet.
     *
     * @param packet holds the captured octets; big-endian
     * @param offset where the link-layer header begins
     * @param capturedLength octets that were captured
     * @param wireLength octets the packet had on the wire; taken as {@code capturedLength} where it is smaller
     * @param linkType what the packet begins with, see {@link LinkType}; any number is allowed
     * @param header filled when the result is {@link ParseResult#OK}, in an undefined state otherwise
     * @return what became of the packet
     * @throws IllegalArgumentException if the buffer is little-endian
     * @throws IndexOutOfBoundsException if the captured octets are not all in the buffer
     */
    public ParseResult parse(
            ByteBuffer packet, int offset, int capturedLength, int wireLength, int linkType, SegmentHeader header) {
        place(packet, offset, capturedLength, wireLength);
        try {
            return link(linkType, header);
        } finally {
            cursor.release();
        }
    }

    /**
     * Parses one packet of which the link layer is known already, as a packet socket tells it.
     *
     * @param packet holds the captured octets; big-endian
     * @param offset where the network header (or a VLAN tag before it) begins
     * @param capturedLength octets that were captured, from {@code offset} on
     * @param wireLength octets on the wire, from {@code offset} on
     * @param etherType what begins there: an EtherType, as in {@code sll_protocol}
     * @param header filled when the result is {@link ParseResult#OK}, in an undefined state otherwise
     * @return what became of the packet
     * @throws IllegalArgumentException if the buffer is little-endian
     * @throws IndexOutOfBoundsException if the captured octets are not all in the buffer
     */
    public ParseResult parseNetwork(
            ByteBuffer packet, int offset, int capturedLength, int wireLength, int etherType, SegmentHeader header) {
        place(packet, offset, capturedLength, wireLength);
        try {
            return etherType(etherType, header);
        } finally {
            cursor.release();
        }
    }

    private void place(ByteBuffer packet, int offset, int capturedLength, int wireLength) {
        if (packet.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("packets are read in network byte order");
        }
        Objects.checkFromIndexSize(offset, capturedLength, packet.limit());
        cursor.place(packet, offset, capturedLength, wireLength);
    }

    private ParseResult link(int linkType, SegmentHeader header) {
        return switch (linkType) {
            case LinkType.ETHERNET -> linkWithEtherType(ETHERNET_HEADER, 12, header);
            case LinkType.NULL, LinkType.LOOP -> addressFamily(header);
            case LinkType.LINUX_SLL -> linkWithEtherType(SLL_HEADER, 14, header);
            case LinkType.LINUX_SLL2 -> linkWithEtherType(SLL2_HEADER, 0, header);
            case LinkType.RAW, LinkType.RAW_LIVE, LinkType.RAW_OPENBSD -> ipOfEitherVersion(header);
            case LinkType.IPV4 -> Ipv4Header.parse(cursor, header);
            case LinkType.IPV6 -> Ipv6Header.parse(cursor, header);
            default -> ParseResult.UNSUPPORTED_LINK_TYPE;
        };
    }

    private ParseResult linkWithEtherType(int headerLength, int typeOffset, SegmentHeader header) {
        if (cursor.lacks(headerLength)) {
            return cursor.whyLacks(headerLength, ParseResult.BAD_LINK_HEADER);
        }
        int etherType = cursor.unsignedShort(typeOffset);
        cursor.skip(headerLength);
        return etherType(etherType, header);
    }

    private ParseResult etherType(int first, SegmentHeader header) {
        int etherType = first;
        // Tags may be stacked to any depth (QinQ and beyond); each takes four octets, so this ends.
        while (EtherType.isVlanTag(etherType)) {
            if (cursor.lacks(VLAN_TAG)) {
                return cursor.whyLacks(VLAN_TAG, ParseResult.BAD_LINK_HEADER);
            }
            etherType = cursor.unsignedShort(2);
            cursor.skip(VLAN_TAG);
        }
        return switch (etherType) {
            case EtherType.IPV4 -> Ipv4Header.parse(cursor, header);
            case EtherType.IPV6 -> Ipv6Header.parse(cursor, header);
            default -> EtherType.isTunnel(etherType) ? ParseResult.ENCAPSULATED : ParseResult.NOT_IP;
        };
    }

    private ParseResult addressFamily(SegmentHeader header) {
        if (cursor.lacks(NULL_HEADER)) {
            return cursor.whyLacks(NULL_HEADER, ParseResult.BAD_LINK_HEADER);
        }
        int asWritten = cursor.integer(0);
        // Every family is below 256, so a number with its upper half filled came from the other byte order.
        int family = (asWritten & 0xffff_0000) != 0 ? Integer.reverseBytes(asWritten) : asWritten;
        cursor.skip(NULL_HEADER);
        return switch (family) {
            case AF_INET -> Ipv4Header.parse(cursor, header);
            // AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS.
            case 10, 24, 28, 30 -> Ipv6Header.parse(cursor, header);
            default -> ParseResult.NOT_IP;
        };
    }

    private ParseResult ipOfEitherVersion(SegmentHeader header) {
        if (cursor.lacks(1)) {
            return cursor.whyLacks(1, ParseResult.BAD_IP_HEADER);
        }
        return switch (cursor.octet(0) >>> 4) {
            case 4 -> Ipv4Header.parse(cursor, header);
            case 6 -> Ipv6Header.parse(cursor, header);
            default -> ParseResult.NOT_IP;
        };
    }
}
