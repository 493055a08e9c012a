package io.loopscope.processor.detect;

import java.io.ByteArrayOutputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Octets in memory, written as {@link java.io.DataOutputStream} would, without its locks and layers: state is written for
 * each connection that a batch touches. Used again and again; not thread-safe.
 */
final class Octets implements DataOutput {

    /** What fits the length in front of a text. */
    private static final int LONGEST_TEXT = 0xFFFF;

    private byte[] octets = new byte[512];
    private int length;

    /** Begins anew. */
    Octets clear() {
        length = 0;
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(octets, length);
    }

    int length() {
        return length;
    }

    boolean isEqualTo(byte[] other) {
        return Arrays.equals(octets, 0, length, other, 0, other.length);
    }

    private int grow(int more) {
        int at = length;
        if (at + more > octets.length) {
            octets = Arrays.copyOf(octets, Math.max(at + more, 2 * octets.length));
        }
        length = at + more;
        return at;
    }

    @Override
    public void write(int octet) {
        int at = grow(1);
        octets[at] = (byte) octet;
    }

    @Override
    public void write(byte[] source) {
        write(source, 0, source.length);
    }

    @Override
    public void write(byte[] source, int offset, int count) {
        int at = grow(count);
        System.arraycopy(source, offset, octets, at, count);
    }

    @Override
    public void writeBoolean(boolean value) {
        write(value ? 1 : 0);
    }

    @Override
    public void writeByte(int value) {
        write(value);
    }

    @Override
    public void writeShort(int value) {
        int at = grow(Short.BYTES);
        octets[at] = (byte) (value >>> 8);
        octets[at + 1] = (byte) value;
    }

    @Override
    public void writeChar(int value) {
        writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        int at = grow(Integer.BYTES);
        octets[at] = (byte) (value >>> 24);
        octets[at + 1] = (byte) (value >>> 16);
        octets[at + 2] = (byte) (value >>> 8);
        octets[at + 3] = (byte) value;
    }

    @Override
    public void writeLong(long value) {
        writeInt((int) (value >>> 32));
        writeInt((int) value);
    }

    @Override
    public void writeFloat(float value) {
        writeInt(Float.floatToIntBits(value));
    }

    @Override
    public void writeDouble(double value) {
        writeLong(Double.doubleToLongBits(value));
    }

    @Override
    public void writeBytes(String text) {
        write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void writeChars(String text) {
        text.chars().forEach(this::writeChar);
    }

    @Override
    public void writeUTF(String text) throws IOException {
        if (text.length() <= LONGEST_TEXT && isPlain(text)) {
            writeShort(text.length());
            writeBytes(text);
        } else {
            ByteArrayOutputStream encoded = new ByteArrayOutputStream();
            new DataOutputStream(encoded).writeUTF(text);
            write(encoded.toByteArray());
        }
    }

    /** Each character is one octet in modified UTF-8, too. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (one == 0 || one > 0x7F) {
                return false;
            }
        }
        return true;
    }
}
