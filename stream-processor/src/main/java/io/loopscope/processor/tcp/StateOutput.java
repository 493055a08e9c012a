package io.loopscope.processor.tcp;

import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes the parts of a stored state compactly: small numbers and times near the start of the incarnation are short. */
final class StateOutput {

    private final DataOutput output;
    private final long originNanos;

    /** Times are written as distances from {@code originNanos}. */
    StateOutput(DataOutput output, long originNanos) {
        this.output = output;
        this.originNanos = originNanos;
    }

    void octet(int value) throws IOException {
        output.writeByte(value);
    }

    void fixed(int value) throws IOException {
        output.writeInt(value);
    }

    void fixed(long value) throws IOException {
        output.writeLong(value);
    }

    /** Unsigned, 7 bits an octet, low bits first: 1 octet up to 127. */
    void number(long value) throws IOException {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            output.writeByte((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        output.writeByte((int) rest);
    }

    /** A sequence number or the like: 1 octet when it is 0, as it is when it has no meaning. */
    void sequence(int value) throws IOException {
        number(Seq.toUnsigned(value));
    }

    /** Signed, small absolute values short. */
    void signed(long value) throws IOException {
        number((value << 1) ^ (value >> 63));
    }

    /** A time or {@link Connection#NEVER}. */
    void time(long nanos) throws IOException {
        if (nanos == Connection.NEVER) {
            number(0);
        } else {
            long distance = nanos - originNanos;
            number(((distance << 1) ^ (distance >> 63)) + 1);
        }
    }

    /** An enum constant or null, by its place in the enum: constants may be added at the end only. */
    @SuppressWarnings("EnumOrdinal") // the stored form; a test pins the order of the constants
    void constant(@Nullable Enum<?> constant) throws IOException {
        octet(constant == null ? 0 : constant.ordinal() + 1);
    }

    /** Up to 31 truths in one number. */
    void truths(boolean... truths) throws IOException {
        int bits = 0;
        for (int i = 0; i < truths.length; i++) {
            bits |= truths[i] ? 1 << i : 0;
        }
        number(bits);
    }

    void octets(byte[] octets, int length) throws IOException {
        number(length);
        output.write(octets, 0, length);
    }
}
