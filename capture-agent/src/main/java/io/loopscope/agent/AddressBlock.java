package io.loopscope.agent;

import io.loopscope.agent.parse.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of IP addresses in CIDR notation (RFC 4632, RFC 4291 2.3). IPv4 and IPv4-mapped addresses are the same.
 *
 * @param high upper 64 bits, see {@link IpAddress}; those beyond the prefix are 0
 * @param low lower 64 bits
 * @param prefixLength bits that count, 0 to 128; of an IPv4 block 96 more than it was written with
 */
public record AddressBlock(long high, long low, int prefixLength) {
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final Pattern BLOCK = Pattern.compile("([0-9A-Fa-f.:]+)(?:/(\\d{1,3}))?");
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

    /** Clears what the prefix leaves out. */
    public AddressBlock {
        high &= highMask(prefixLength);
        low &= lowMask(prefixLength);
    }

    /**
     * Reads {@code 10.1.0.0/16}, {@code 127.0.0.1}, {@code fd00::/8}, {@code ::1}.
     *
     * @throws IllegalArgumentException if it is nothing of the kind; names are never looked up
     */
    public static AddressBlock parse(String text) {
        Matcher matcher = BLOCK.matcher(text);
        if (!matcher.matches()) {
            throw notABlock(text);
        }
        byte[] octets = octets(matcher.group(1), text);
        boolean dotted = text.indexOf(':') < 0;
        int bits = dotted ? IPV4_BITS : IPV6_BITS;
        int length = matcher.group(2) != null ? Integer.parseInt(matcher.group(2)) : bits;
        if (length > bits) {
            throw notABlock(text);
        }
        return new AddressBlock(
                IpAddress.high(octets), IpAddress.low(octets), dotted ? length + IPV6_BITS - IPV4_BITS : length);
    }

    private static byte[] octets(String address, String text) {
        if (address.indexOf(':') < 0 && !IPV4.matcher(address).matches()) {
            throw notABlock(text);
        }
        try {
            return InetAddress.getByName(address).getAddress(); // Only digits and colons: nothing to look up.
        } catch (UnknownHostException e) {
            throw notABlock(text);
        }
    }

    private static IllegalArgumentException notABlock(String text) {
        return new IllegalArgumentException(text + " is no address, and no block of addresses such as 10.1.0.0/16");
    }

    static long highMask(int prefixLength) {
        return mask(Math.min(prefixLength, Long.SIZE));
    }

    static long lowMask(int prefixLength) {
        return mask(Math.max(prefixLength - Long.SIZE, 0));
    }

    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (Long.SIZE - bits);
    }
}
