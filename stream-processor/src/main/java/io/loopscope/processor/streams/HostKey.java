package io.loopscope.processor.streams;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

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

    /** Reads what {@link #toBytes()} wrote, and leaves the buffer behind it. */
    static HostKey read(ByteBuffer buffer) {
        byte[] host = new byte[Short.toUnsignedInt(buffer.getShort())];
        buffer.get(host);
        return new HostKey(new String(host, StandardCharsets.UTF_8), buffer.getLong());
    }
}
