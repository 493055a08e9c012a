package io.loopscope.agent.parse;

/**
 * The header of one TCP segment: a flyweight that {@link HeaderParser} fills again for every packet, so that
 * nothing is allocated. Read it only after {@link ParseResult#OK}, and copy what must outlive the next packet.
 *
 * <p>Addresses are 128-bit numbers in two longs. IPv4 is kept as {@code ::ffff:a.b.c.d} (RFC 4291 2.5.5.2), so
 * an IPv4-mapped IPv6 address and the IPv4 address it stands for are the same here, as they are for a socket.
 * All numbers are absolute and unsigned, as on the wire.
 */
public final class SegmentHeader {
    /** What {@link #maximumSegmentSize()} and {@link #windowScale()} are when the option is absent. */
    public static final int ABSENT = -1;

    private static final long IPV4_PREFIX = 0xffffL << 32;

    long sourceHigh;
    long sourceLow;
    long destinationHigh;
    long destinationLow;
    int sourcePort;
    int destinationPort;
    long sequence;
    long acknowledgment;
    int flags;
    int window;
    int urgentPointer;
    int payloadOctets;
    boolean fragmented;
    int maximumSegmentSize = ABSENT;
    int windowScale = ABSENT;
    boolean sackPermitted;
    boolean timestamps;
    long timestampValue;
    long timestampEchoReply;
    boolean optionsMalformed;
    boolean optionsTruncated;

    /**
     * Copies every field.
     *
     * @param other where to copy from
     */
    public void copyFrom(SegmentHeader other) {
        sourceHigh = other.sourceHigh;
        sourceLow = other.sourceLow;
        destinationHigh = other.destinationHigh;
        destinationLow = other.destinationLow;
        sourcePort = other.sourcePort;
        destinationPort = other.destinationPort;
        sequence = other.sequence;
        acknowledgment = other.acknowledgment;
        flags = other.flags;
        window = other.window;
        urgentPointer = other.urgentPointer;
        payloadOctets = other.payloadOctets;
        fragmented = other.fragmented;
        maximumSegmentSize = other.maximumSegmentSize;
        windowScale = other.windowScale;
        sackPermitted = other.sackPermitted;
        timestamps = other.timestamps;
        timestampValue = other.timestampValue;
        timestampEchoReply = other.timestampEchoReply;
        optionsMalformed = other.optionsMalformed;
        optionsTruncated = other.optionsTruncated;
    }

    void clearOptions() {
        maximumSegmentSize = ABSENT;
        windowScale = ABSENT;
        sackPermitted = false;
        timestamps = false;
        timestampValue = 0;
        timestampEchoReply = 0;
        optionsMalformed = false;
        optionsTruncated = false;
    }

    void setIpv4(int source, int destination) {
        sourceHigh = 0;
        sourceLow = IPV4_PREFIX | (source & 0xffff_ffffL);
        destinationHigh = 0;
        destinationLow = IPV4_PREFIX | (destination & 0xffff_ffffL);
    }

    /** The sender's address, upper 64 bits; 0 for IPv4. */
    public long sourceHigh() {
        return sourceHigh;
    }

    /** The sender's address, lower 64 bits. */
    public long sourceLow() {
        return sourceLow;
    }

    /** The receiver's address, upper 64 bits; 0 for IPv4. */
    public long destinationHigh() {
        return destinationHigh;
    }

    /** The receiver's address, lower 64 bits. */
    public long destinationLow() {
        return destinationLow;
    }

    /**
     * The sender's address in network byte order; allocates.
     *
     * @return 4 octets for IPv4, else 16
     */
    public byte[] sourceAddress() {
        return IpAddress.octets(sourceHigh, sourceLow);
    }

    /**
     * The receiver's address in network byte order; allocates.
     *
     * @return 4 octets for IPv4, else 16
     */
    public byte[] destinationAddress() {
        return IpAddress.octets(destinationHigh, destinationLow);
    }

    /** The sender's port, 0 to 65535. */
    public int sourcePort() {
        return sourcePort;
    }

    /** The receiver's port, 0 to 65535. */
    public int destinationPort() {
        return destinationPort;
    }

    /** SEG.SEQ, 0 to 4294967295. */
    public long sequence() {
        return sequence;
    }

    /** SEG.ACK, 0 to 4294967295; means nothing unless {@link TcpFlags#ACK} is set. */
    public long acknowledgment() {
        return acknowledgment;
    }

    /** Control bits, see {@link TcpFlags}. */
    public int flags() {
        return flags;
    }

    /** SEG.WND as on the wire, 0 to 65535, not scaled. */
    public int window() {
        return window;
    }

    /** SEG.UP, 0 to 65535; means nothing unless {@link TcpFlags#URG} is set. */
    public int urgentPointer() {
        return urgentPointer;
    }

    /**
     * Octets of payload: SEG.LEN without SYN and FIN. Told by the IP header (by the wire length where BIG TCP
     * leaves that at zero), never by how much was captured. For a {@link #fragmented()} segment only the part in
     * this fragment.
     */
    public int payloadOctets() {
        return payloadOctets;
    }

    /** True when the segment is the first of several IP fragments: {@link #payloadOctets()} is a lower bound. */
    public boolean fragmented() {
        return fragmented;
    }

    /** MSS option (RFC 9293 3.7.1), 0 to 65535, or {@link #ABSENT}. */
    public int maximumSegmentSize() {
        return maximumSegmentSize;
    }

    /** Window scale option (RFC 7323 2) as on the wire, 0 to 255 although 14 is the most it may be; or {@link #ABSENT}. */
    public int windowScale() {
        return windowScale;
    }

    /** True when the SACK-permitted option (RFC 2018) is there. */
    public boolean sackPermitted() {
        return sackPermitted;
    }

    /** True when the timestamps option (RFC 7323 3) is there. */
    public boolean hasTimestamps() {
        return timestamps;
    }

    /** TSval, 0 to 4294967295; 0 without {@link #hasTimestamps()}. */
    public long timestampValue() {
        return timestampValue;
    }

    /** TSecr, 0 to 4294967295; 0 without {@link #hasTimestamps()}. */
    public long timestampEchoReply() {
        return timestampEchoReply;
    }

    /** True when the option list breaks RFC 9293 3.1 somewhere; options before that place are kept. */
    public boolean optionsMalformed() {
        return optionsMalformed;
    }

    /** True when the snapshot length cut the option list; options before that place are kept. */
    public boolean optionsTruncated() {
        return optionsTruncated;
    }
}
