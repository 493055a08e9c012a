package io.loopscope.agent.parse;

/**
 * Link-layer header types that are understood, as numbers from the registry at
 * <a href="https://www.tcpdump.org/linktypes.html">tcpdump.org</a>. Plain integers, because a capture file may
 * hold any other number and that must not fail before the packet is counted.
 */
public final class LinkType {
    /** BSD loopback: the address family, 4 octets, in the byte order of the machine that captured. */
    public static final int NULL = 0;
    /** Ethernet; on Linux also {@code lo}. */
    public static final int ETHERNET = 1;
    /** Raw IP as most systems number it on a live handle. */
    public static final int RAW_LIVE = 12;
    /** Raw IP as OpenBSD numbers it on a live handle. */
    public static final int RAW_OPENBSD = 14;
    /** Raw IP in files. */
    public static final int RAW = 101;
    /** OpenBSD loopback: the address family, 4 octets, in network byte order. */
    public static final int LOOP = 108;
    /** Linux "cooked" capture, version 1: what {@code -i any} gave for long. */
    public static final int LINUX_SLL = 113;
    /** Raw IPv4. */
    public static final int IPV4 = 228;
    /** Raw IPv6. */
    public static final int IPV6 = 229;
    /** Linux "cooked" capture, version 2. */
    public static final int LINUX_SLL2 = 276;

    private LinkType() {}

    /**
     * Tells whether packets of this link type can be parsed.
     *
     * @param linkType a link type of the registry
     * @return false when every packet would be {@link ParseResult#UNSUPPORTED_LINK_TYPE}
     */
    public static boolean supported(int linkType) {
        return switch (linkType) {
            case NULL, ETHERNET, RAW_LIVE, RAW_OPENBSD, RAW, LOOP, LINUX_SLL, IPV4, IPV6, LINUX_SLL2 -> true;
            default -> false;
        };
    }
}
