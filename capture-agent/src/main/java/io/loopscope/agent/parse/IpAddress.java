package io.loopscope.agent.parse;

import java.nio.ByteBuffer;

/** IP addresses as 128-bit numbers in two longs, IPv4 as {@code ::ffff:a.b.c.d}. */
public final class IpAddress {
    private static final long IPV4_PREFIX = 0xffffL << 32;

    private IpAddress() {}

    /**
     * Tells whether an address is IPv4, written as such or IPv4-mapped.
     *
     * @param high upper 64 bits
     * @param low lower 64 bits
     * @return true for {@code ::ffff:0:0/96}
     */
    public static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    /**
     * An address as octets in network byte order.
     *
     * @param high upper 64 bits
     * @param low lower 64 bits
     * @return 4 octets for IPv4, else 16
     */
    public static byte[] octets(long high, long low) {
        return isIpv4(high, low)
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /**
     * Upper 64 bits of an address.
     *
     * @param octets 4 or 16 octets in network byte order
     * @return 0 for 4 octets
     * @throws IllegalArgumentException for any other number of octets
     */
    public static long high(byte[] octets) {
        return switch (octets.length) {
            case 4 -> 0;
            case 16 -> ByteBuffer.wrap(octets).getLong();
            default -> throw notAnAddress(octets);
        };
    }

    /**
     * Lower 64 bits of an address.
     *
     * @param octets 4 or 16 octets in network byte order
     * @return for 4 octets the lower half of the IPv4-mapped form
     * @throws IllegalArgumentException for any other number of octets
     */
    public static long low(byte[] octets) {
        return switch (octets.length) {
            case 4 -> IPV4_PREFIX | (ByteBuffer.wrap(octets).getInt() & 0xffff_ffffL);
            case 16 -> ByteBuffer.wrap(octets).getLong(Long.BYTES);
            default -> throw notAnAddress(octets);
        };
    }

    private static IllegalArgumentException notAnAddress(byte[] octets) {
        return new IllegalArgumentException("an IP address has 4 or 16 octets, not " + octets.length);
    }
}
