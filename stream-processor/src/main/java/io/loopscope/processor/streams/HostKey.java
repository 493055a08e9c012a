package io.loopscope.processor.streams;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One network namespace of one host: what an agent watches, and what has a clock, connections and anomalies of its own.
 *
 * @param hostId stable name of the host
 * @param networkNamespace inode of the namespace, 0 where unknown
 */
record HostKey(String hostId, long networkNamespace) {

    /**
     * Host length (2), host in UTF-8, namespace (8), big-endian: the key of the store {@code hosts}, and the prefix of
     * all keys of that host and namespace in the other stores, connections included.
     */
    byte[] toBytes() {
        byte[] host = hostId.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Short.BYTES + host.length + Long.BYTES)
                .putShort((short) host.length)
                .put(host)
                .putLong(networkNamespace)
                .array();
    }

    /** Key of something of this host and namespace that has an id in ASCII. */
    byte[] keyOf(String id) {
        byte[] prefix = toBytes();
        byte[] rest = id.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(prefix.length + rest.length)
                .put(prefix)
                .put(rest)
                .array();
    }

    /** What all keys of a host begin with, whatever the namespace. */
    static byte[] prefix(String hostId) {
        byte[] key = new HostKey(hostId, 0).toBytes();
        return Arrays.copyOf(key, key.length - Long.BYTES);
    }

    /** Reads what {@link #toBytes()} wrote, and leaves the buffer behind it. */
    static HostKey read(ByteBuffer buffer) {
        byte[] host = new byte[Short.toUnsignedInt(buffer.getShort())];
        buffer.get(host);
        return new HostKey(new String(host, StandardCharsets.UTF_8), buffer.getLong());
    }
}
