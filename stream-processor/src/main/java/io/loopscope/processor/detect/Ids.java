package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Side;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Names for connections and anomalies: pure functions of what they name, so that a replay or a restart gives the same.
 * 80 bits of SHA-256 as 16 letters and digits: among 10⁹ of them two are equal with a probability below 10⁻⁶.
 */
final class Ids {

    private static final char[] DIGITS = "abcdefghijklmnopqrstuvwxyz234567".toCharArray();

    /** Looking the algorithm up takes as long as the digest itself. */
    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(Ids::digest);

    private Ids() {}

    /** Of one incarnation of a connection. */
    static String connection(String hostId, FourTuple tuple, long incarnation) {
        byte[] low = tuple.low().octets();
        byte[] high = tuple.high().octets();
        ByteBuffer rest = ByteBuffer.allocate(8 + low.length + 2 + high.length + 2 + 8)
                .putLong(tuple.networkNamespace())
                .put(low)
                .putShort((short) tuple.lowPort())
                .put(high)
                .putShort((short) tuple.highPort())
                .putLong(incarnation);
        return hash("connection", hostId, rest.array());
    }

    /** Of a connection that the socket table has made known, by its cookie or inode. */
    static String seed(String hostId, FourTuple tuple, long socket) {
        return hash("seed", connection(hostId, tuple, socket), new byte[0]);
    }

    /** Of an anomaly of one end of a connection. */
    static String anomaly(AnomalyName name, String connectionId, Side side) {
        return hash(name.name(), connectionId, new byte[] {(byte) (side == Side.LOW ? 0 : 1)});
    }

    /** Of an anomaly of a listener, or of those of its connections rolled up. */
    static String anomaly(AnomalyName name, String hostId, Listener listener, boolean rolledUp) {
        return hash(
                name.name(),
                hostId,
                (listener.networkNamespace() + "/" + listener + (rolledUp ? "/rolled-up" : ""))
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** Of an anomaly of a host's capture. */
    static String anomaly(AnomalyName name, String hostId, long networkNamespace) {
        return hash(
                name.name(),
                hostId,
                ByteBuffer.allocate(8).putLong(networkNamespace).array());
    }

    private static String hash(String kind, String about, byte[] rest) {
        MessageDigest digest = DIGEST.get();
        digest.update(kind.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        digest.update(about.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return text(digest.digest(rest));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** RFC 4648 base32 in lower case, of the first 80 bits. */
    private static String text(byte[] hash) {
        char[] text = new char[16];
        for (int i = 0; i < text.length; i++) {
            int bit = i * 5;
            int pair = ((hash[bit / 8] & 0xFF) << 8) | (hash[bit / 8 + 1] & 0xFF);
            text[i] = DIGITS[(pair >>> (11 - bit % 8)) & 0x1F];
        }
        return new String(text);
    }
}
