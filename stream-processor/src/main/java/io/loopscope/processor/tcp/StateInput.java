package io.loopscope.processor.tcp;

import java.io.DataInput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads what {@link StateOutput} wrote. */
final class StateInput {

    private final DataInput input;
    private final long originNanos;

    StateInput(DataInput input, long originNanos) {
        this.input = input;
        this.originNanos = originNanos;
    }

    int octet() throws IOException {
        return input.readUnsignedByte();
    }

    int fixedInt() throws IOException {
        return input.readInt();
    }

    long number() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int octet = input.readUnsignedByte();
            value |= (long) (octet & 0x7F) << shift;
            if (octet < 0x80) {
                return value;
            }
        }
        throw new IOException("a number of more than 64 bits in a stored connection");
    }

    int count() throws IOException {
        return (int) number();
    }

    int sequence() throws IOException {
        return Seq.of(number());
    }

    long signed() throws IOException {
        return unfold(number());
    }

    long time() throws IOException {
        long coded = number();
        return coded == 0 ? Connection.NEVER : originNanos + unfold(coded - 1);
    }

    private static long unfold(long coded) {
        return (coded >>> 1) ^ -(coded & 1);
    }

    <E extends Enum<E>> E constant(E[] constants) throws IOException {
        E constant = constantOrNull(constants);
        if (constant == null) {
            throw new IOException("no " + constants[0].getDeclaringClass().getSimpleName() + " in a stored connection");
        }
        return constant;
    }

    <E extends Enum<E>> @Nullable E constantOrNull(E[] constants) throws IOException {
        int place = octet();
        if (place > constants.length) {
            throw new IOException("unknown " + constants[0].getDeclaringClass().getSimpleName() + " " + (place - 1)
                    + " in a stored connection");
        }
        return place == 0 ? null : constants[place - 1];
    }

    byte[] octets(int limit) throws IOException {
        int length = count();
        if (length < 0 || length > limit) {
            throw new IOException("a field of " + length + " octets in a stored connection");
        }
        byte[] octets = new byte[length];
        input.readFully(octets);
        return octets;
    }
}
