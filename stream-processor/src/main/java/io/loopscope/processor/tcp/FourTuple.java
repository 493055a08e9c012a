package io.loopscope.processor.tcp;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What names a connection on one host: its network namespace and its two (address, port) pairs, without direction. Both
 * directions and all incarnations share it. The lower pair comes first: addresses compare as unsigned numbers, then
 * ports.
 *
 * @param networkNamespace inode number of the network namespace; each has its own loopback interface
 * @param lowPort 0 to 65535
 * @param highPort 0 to 65535
 */
public record FourTuple(long networkNamespace, Address low, int lowPort, Address high, int highPort) {

    private static final byte TCP = 6;
    /** Looking the algorithm up takes as long as the digest itself. */
    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(FourTuple::digest);

    /** Refuses pairs that are not in order with an IllegalArgumentException; {@link #of} puts them in order. */
    public FourTuple {
        if (compare(low, lowPort, high, highPort) > 0) {
            throw new IllegalArgumentException("not canonical: " + low + ":" + lowPort + " > " + high + ":" + highPort);
        }
    }

    /** The canonical form, whichever end is named first. */
    public static FourTuple of(long networkNamespace, Address a, int aPort, Address b, int bPort) {
        return compare(a, aPort, b, bPort) <= 0
                ? new FourTuple(networkNamespace, a, aPort, b, bPort)
                : new FourTuple(networkNamespace, b, bPort, a, aPort);
    }

    /** Which side (a, aPort) is in the tuple that {@link #of} makes of it and of the peer (b, bPort). */
    public static Side side(Address a, int aPort, Address b, int bPort) {
        return compare(a, aPort, b, bPort) <= 0 ? Side.LOW : Side.HIGH;
    }

    private static int compare(Address a, int aPort, Address b, int bPort) {
        int byAddress = a.compareTo(b);
        return byAddress != 0 ? byAddress : Integer.compare(aPort, bPort);
    }

    public Address address(Side side) {
        return side == Side.LOW ? low : high;
    }

    public int port(Side side) {
        return side == Side.LOW ? lowPort : highPort;
    }

    /** One socket connected to itself: both ends have the same address and port (RFC 9293 3.5, simultaneous open). */
    public boolean selfConnected() {
        return lowPort == highPort && low.equals(high);
    }

    /** Written out, as is the hash: every segment looks its connection up, and a record's own is slow until compiled. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FourTuple that
                && lowPort == that.lowPort
                && highPort == that.highPort
                && low.equals(that.low)
                && high.equals(that.high)
                && networkNamespace == that.networkNamespace;
    }

    @Override
    public int hashCode() {
        long mix = low.low() * 0x9E3779B97F4A7C15L + high.low();
        mix = mix * 0x9E3779B97F4A7C15L + ((long) lowPort << 16 | highPort);
        mix = mix * 0x9E3779B97F4A7C15L + (low.high() ^ high.high() * 31 ^ networkNamespace);
        return (int) (mix ^ mix >>> 32);
    }

    /** Community ID version 1 with seed 0: equal in Zeek, Suricata, Wireshark and others for the same connection. */
    public String communityId() {
        byte[] lowOctets = low.octets();
        byte[] highOctets = high.octets();
        var input = ByteBuffer.allocate(2 + lowOctets.length + highOctets.length + 2 + 4)
                .putShort((short) 0)
                .put(lowOctets)
                .put(highOctets)
                .put(TCP)
                .put((byte) 0)
                .putShort((short) lowPort)
                .putShort((short) highPort);
        return "1:" + Base64.getEncoder().encodeToString(DIGEST.get().digest(input.array()));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
