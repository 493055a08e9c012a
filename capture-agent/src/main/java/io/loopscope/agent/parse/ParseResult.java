package io.loopscope.agent.parse;

import java.util.Locale;

/** What became of one packet: usable, or the one reason why not. Every packet has exactly one. */
public enum ParseResult {
    /** A TCP segment; the header is filled. */
    OK(Kind.SEGMENT),
    /** The link layer carries something else: ARP, LLC, … */
    NOT_IP(Kind.NOT_TCP),
    /** IP that carries something else: UDP, ICMP, … */
    NOT_TCP(Kind.NOT_TCP),
    /** A tunnel (IP in IP, GRE, MPLS, PPPoE, ESP, …) that may carry TCP; it is not looked into. */
    ENCAPSULATED(Kind.NOT_TCP),
    /** A later IP fragment of TCP, or a first one that is too small to hold the TCP header. */
    FRAGMENT(Kind.MALFORMED),
    /** The packet was longer, but the snapshot length cut it before the end of the fixed TCP header. */
    TRUNCATED(Kind.MALFORMED),
    /** A link type that {@link LinkType} does not list. */
    UNSUPPORTED_LINK_TYPE(Kind.NOT_TCP),
    /** Shorter on the wire than its own link-layer header. */
    BAD_LINK_HEADER(Kind.MALFORMED),
    /** A length or version in an IP header or extension header that cannot be. */
    BAD_IP_HEADER(Kind.MALFORMED),
    /** A data offset below 5, or one that points past the end of the segment. */
    BAD_TCP_HEADER(Kind.MALFORMED);

    /** What a result says about the capture. */
    public enum Kind {
        /** A TCP segment. */
        SEGMENT,
        /** Not TCP, or wrapped in something that is not opened. */
        NOT_TCP,
        /** TCP, as far as could be told, that could not be read: a segment is missed. */
        MALFORMED
    }

    private final Kind kind;
    private final String label = name().toLowerCase(Locale.ROOT);

    ParseResult(Kind kind) {
        this.kind = kind;
    }

    /**
     * What this says about the capture.
     *
     * @return the group of this reason
     */
    public Kind kind() {
        return kind;
    }

    /**
     * The name under which packets with this result are counted.
     *
     * @return snake case, for example {@code bad_ip_header}; does not change between releases
     */
    public String label() {
        return label;
    }
}
