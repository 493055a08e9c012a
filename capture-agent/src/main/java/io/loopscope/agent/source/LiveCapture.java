package io.loopscope.agent.source;

import java.time.Duration;

/**
 * What to capture live, and how.
 *
 * @param interfaceName empty for the loopback interface
 * @param filter expression of pcap-filter(7); empty for every packet
 * @param snapLength octets kept of each packet; 128 hold all headers of TCP on loopback
 * @param bufferOctets kernel buffer that holds packets until they are read
 * @param readTimeout how long the kernel may gather packets before it hands them over; 10 ms to 1 s cost alike, less
 *     costs much more
 * @param method how they are handed over
 * @param blockOctets size of a block of the ring; made fit where it is too small or too large for the buffer
 */
public record LiveCapture(
        String interfaceName,
        String filter,
        int snapLength,
        int bufferOctets,
        Duration readTimeout,
        CaptureMethod method,
        int blockOctets) {

    /** Default size of a block of the ring: about 1,200 packets of which 128 octets are kept. */
    public static final int BLOCK_OCTETS = 256 * 1024;

    /**
     * TCP over IPv4 and IPv6. BPF's own {@code tcp} does not look behind IPv6 extension headers, of which BIG TCP has
     * one (hop-by-hop, 0), nor behind an authentication header (51): those are let through for the parser to decide.
     */
    public static final String TCP_FILTER =
            "tcp or ip proto 51 or (ip6 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 51 or ip6[6] = 60))";

    /** The loopback interface with defaults that lost nothing where tcpdump loses nothing. */
    public static final LiveCapture LOOPBACK =
            new LiveCapture("", TCP_FILTER, 128, 4 * 1024 * 1024, Duration.ofMillis(20));

    /** The same, by whatever method works here. */
    public LiveCapture(String interfaceName, String filter, int snapLength, int bufferOctets, Duration readTimeout) {
        this(interfaceName, filter, snapLength, bufferOctets, readTimeout, CaptureMethod.AUTO, BLOCK_OCTETS);
    }

    /** The same by another method. */
    public LiveCapture by(CaptureMethod other) {
        return new LiveCapture(interfaceName, filter, snapLength, bufferOctets, readTimeout, other, blockOctets);
    }

    /** The same with another filter expression. */
    public LiveCapture withFilter(String expression) {
        return new LiveCapture(interfaceName, expression, snapLength, bufferOctets, readTimeout, method, blockOctets);
    }

    /** The same with a buffer of another size. */
    LiveCapture withBuffer(int octets) {
        return new LiveCapture(interfaceName, filter, snapLength, octets, readTimeout, method, blockOctets);
    }
}
