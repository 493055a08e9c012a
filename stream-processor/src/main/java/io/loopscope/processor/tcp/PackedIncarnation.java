package io.loopscope.processor.tcp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An {@link Incarnation} as octets in memory: when it started (8), and what {@link IncarnationCodec} writes. Both may be
 * parts of a longer array that others hold too, so nobody changes it.
 */
final class PackedIncarnation {

    private final byte[] octets;
    private final int startedAt;
    private final int from;
    private final int end;

    private PackedIncarnation(byte[] octets, int startedAt, int from, int end) {
        this.octets = octets;
        this.startedAt = startedAt;
        this.from = from;
        this.end = end;
    }

    static PackedIncarnation of(Incarnation incarnation) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(256);
        try (DataOutputStream output = new DataOutputStream(octets)) {
            output.writeLong(incarnation.startedNanos);
            IncarnationCodec.write(incarnation, new StateOutput(output, incarnation.startedNanos));
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return new PackedIncarnation(octets.toByteArray(), 0, Long.BYTES, octets.size());
    }

    /**
     * The same as part of a longer array, so that it is in memory once.
     *
     * @param startedAt where the time of start is there
     * @param sharedEnd behind its last octet there
     * @return this one when it is not there
     */
    PackedIncarnation in(byte[] shared, int startedAt, int sharedEnd) {
        int sharedFrom = sharedEnd - (end - from);
        boolean isThere = sharedFrom >= startedAt + Long.BYTES
                && Arrays.equals(octets, from, end, shared, sharedFrom, sharedEnd)
                && startedNanos() == startedNanos(shared, startedAt);
        return isThere ? new PackedIncarnation(shared, startedAt, sharedFrom, sharedEnd) : this;
    }

    Incarnation unpack(Connection connection) {
        try (DataInputStream input = new DataInputStream(new ByteArrayInputStream(octets, from, end - from))) {
            long startedNanos = startedNanos();
            return IncarnationCodec.read(connection, startedNanos, new StateInput(input, startedNanos));
        } catch (IOException e) {
            throw new UncheckedIOException("what was packed here can be read here", e);
        }
    }

    long startedNanos() {
        return startedNanos(octets, startedAt);
    }

    private static long startedNanos(byte[] octets, int at) {
        return ByteBuffer.wrap(octets).getLong(at);
    }

    /** It is kept there, and not in an array of its own. */
    boolean isIn(byte[] shared) {
        return octets == shared;
    }

    /** Writes what {@link IncarnationCodec} would. */
    void writeTo(DataOutput target) throws IOException {
        target.write(octets, from, end - from);
    }
}
