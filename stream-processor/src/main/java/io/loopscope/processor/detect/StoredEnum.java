package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Enums are stored by their place: they may only grow at their end. */
final class StoredEnum {

    private StoredEnum() {}

    @SuppressWarnings("EnumOrdinal")
    static void write(Enum<?> constant, DataOutput output) throws IOException {
        output.writeByte(constant.ordinal());
    }

    static <E> E read(E[] values, DataInput input) throws IOException {
        return of(values, input.readUnsignedByte());
    }

    static <E> E of(E[] values, int ordinal) throws IOException {
        if (ordinal >= values.length) {
            throw new IOException(
                    "stored by a later version: no " + values[0].getClass().getSimpleName() + " number " + ordinal);
        }
        return values[ordinal];
    }
}
