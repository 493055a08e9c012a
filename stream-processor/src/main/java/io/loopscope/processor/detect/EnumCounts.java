package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** A number for each constant of an enum. */
final class EnumCounts<E extends Enum<E>> {

    private final long[] counts;

    EnumCounts(Class<E> type) {
        counts = new long[type.getEnumConstants().length];
    }

    // As EnumMap does, without boxing: this is in the path of every segment.
    @SuppressWarnings("EnumOrdinal")
    private static int index(Enum<?> constant) {
        return constant.ordinal();
    }

    long get(E constant) {
        return counts[index(constant)];
    }

    void add(E constant, long number) {
        counts[index(constant)] += number;
    }

    void clear() {
        Arrays.fill(counts, 0);
    }

    void writeTo(DataOutput output) throws IOException {
        output.writeByte(counts.length);
        for (long count : counts) {
            output.writeLong(count);
        }
    }

    /** Of this or an earlier version, which had fewer constants. */
    void readFrom(DataInput input) throws IOException {
        int length = input.readUnsignedByte();
        if (length > counts.length) {
            throw new IOException("stored by a later version: " + length + " counts, known are " + counts.length);
        }
        for (int i = 0; i < length; i++) {
            counts[i] = input.readLong();
        }
    }
}
