package io.loopscope.processor.tcp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * An internet address as 128 bits. IPv4 is kept as its IPv4-mapped form ::ffff:a.b.c.d, so the two spellings of one
 * address are equal.
 *
 * @param high bits 127 to 64
 * @param low bits 63 to 0
 */
public record Address(long high, long low) implements Comparable<Address> {

    /** 127.0.0.1 */
    public static final Address LOOPBACK_4 = new Address(0, 0x0000_FFFF_7F00_0001L);
    /** ::1 */
    public static final Address LOOPBACK_6 = new Address(0, 1);

    private static final long MAPPED = 0x0000_FFFFL;

    /**
     * From 4 or 16 octets in network byte order.
     *
     * @throws IllegalArgumentException when there are neither 4 nor 16 of them
     */
    public static Address of(byte[] octets) {
        return switch (octets.length) {
            case 4 -> of(0, MAPPED << 32 | bits(octets, 0, 4));
            case 16 -> of(bits(octets, 0, 8), bits(octets, 8, 16));
            default -> throw new IllegalArgumentException("an address has 4 or 16 octets, not " + octets.length);
        };
    }

    /** IPv4, from its four octets as a number. */
    public static Address ofIpv4(int octets) {
        return of(0, MAPPED << 32 | (octets & 0xFFFF_FFFFL));
    }

    public static Address of(InetAddress address) {
        return of(address.getAddress());
    }

    /** The same, often as an object that exists: on loopback nearly all connections have one of two addresses. */
    public static Address of(long high, long low) {
        if (high == 0 && low == LOOPBACK_4.low) {
            return LOOPBACK_4;
        }
        return high == 0 && low == LOOPBACK_6.low ? LOOPBACK_6 : new Address(high, low);
    }

    private static long bits(byte[] octets, int from, int to) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            bits = (bits << 8) | (octets[i] & 0xFF);
        }
        return bits;
    }

    /** An IPv4 address, however it was written. */
    public boolean isIpv4() {
        return high == 0 && low >>> 32 == MAPPED;
    }

    /** 127.0.0.0/8 or ::1. */
    public boolean isLoopback() {
        return isIpv4() ? (low >>> 24 & 0xFF) == 127 : equals(LOOPBACK_6);
    }

    /** 0.0.0.0 or ::, which stands for every address. */
    public boolean isUnspecified() {
        return high == 0 && (low == 0 || low == MAPPED << 32);
    }

    /** 4 octets for IPv4, else 16, in network byte order. */
    public byte[] octets() {
        byte[] octets = new byte[isIpv4() ? 4 : 16];
        for (int i = 0; i < octets.length; i++) {
            int fromEnd = octets.length - 1 - i;
            long word = fromEnd < 8 ? low : high;
            octets[i] = (byte) (word >>> (fromEnd % 8 * 8));
        }
        return octets;
    }

    /** Written out: every segment compares two, and a record's own is slow until compiled. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other == this || (other instanceof Address that && low == that.low && high == that.high);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low);
    }

    /** As numbers without sign, so in the order of their octets. */
    @Override
    public int compareTo(Address other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** The usual notation: 127.0.0.1, 0:0:0:0:0:0:0:1. */
    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(octets()).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 octets is never unknown", e);
        }
    }
}
