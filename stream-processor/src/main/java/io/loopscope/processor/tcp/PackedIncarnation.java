package io.loopscope.processor.tcp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** An {@link Incarnation} as octets in memory: when it started (8), and what {@link IncarnationCodec} writes. */
final class PackedIncarnation {

    private PackedIncarnation() {}

    static byte[] pack(Incarnation incarnation) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(256);
        try (DataOutputStream output = new DataOutputStream(octets)) {
            output.writeLong(incarnation.startedNanos);
            IncarnationCodec.write(incarnation, new StateOutput(output, incarnation.startedNanos));
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return octets.toByteArray();
    }

    static Incarnation unpack(Connection connection, byte[] packed) {
        try (DataInputStream input = new DataInputStream(new ByteArrayInputStream(packed))) {
            long startedNanos = input.readLong();
            return IncarnationCodec.read(connection, startedNanos, new StateInput(input, startedNanos));
        } catch (IOException e) {
            throw new UncheckedIOException("what was packed here can be read here", e);
        }
    }

    static long startedNanos(byte[] packed) {
        return ByteBuffer.wrap(packed).getLong();
    }

    /** Writes what {@link IncarnationCodec} would. */
    static void copy(byte[] packed, DataOutput target) throws IOException {
        target.write(packed, Long.BYTES, packed.length - Long.BYTES);
    }
}
