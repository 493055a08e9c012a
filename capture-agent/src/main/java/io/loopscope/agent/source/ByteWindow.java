package io.loopscope.agent.source;

import io.loopscope.agent.source.CaptureException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A window that slides over a file: what has been asked for lies in one buffer, what has been passed is forgotten, so
 * memory does not grow with the file.
 *
 * <p>The window is filled by reading. Mapping the file saves the copy, but a mapping is only given back by the garbage
 * collector, so without garbage a large file stays mapped whole; a file that is cut while it is mapped faults in the
 * middle of a packet; and compressed files and pipes would need this way anyhow.
 */
final class ByteWindow implements AutoCloseable {
    private static final int INITIAL_CAPACITY = 64 * 1024;

    private final ReadableByteChannel channel;
    private final String name;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(INITIAL_CAPACITY);
    /** The unread part of the buffer. Its own position and limit are left alone: they are slower. */
    private int at;

    private int end;
    /** Offset in the file of the buffer's first octet. */
    private long base;

    private boolean ended;
    private @Nullable IOException failure;

    ByteWindow(ReadableByteChannel channel, String name) {
        this.channel = channel;
        this.name = name;
    }

    /** Big-endian; octets from {@link #at()} on are the file from {@link #fileOffset()} on. */
    ByteBuffer buffer() {
        return buffer;
    }

    /** Index in the buffer of the next octet of the file. */
    int at() {
        return at;
    }

    /** Where in the file the window stands; in the uncompressed file when it is compressed. */
    long fileOffset() {
        return base + at;
    }

    String name() {
        return name;
    }

    /** True when the next {@code octets} octets are in the buffer; false when the file ends before. */
    boolean has(int octets) {
        return end - at >= octets || fill(octets);
    }

    /** Passes octets that {@link #has} has shown to be there. */
    void advance(int octets) {
        at += octets;
    }

    /** Passes any number of octets; false when the file ends before. */
    boolean skip(long octets) {
        long left = octets;
        while (left > 0) {
            if (!has(1)) {
                return false;
            }
            int step = (int) Math.min(left, end - at);
            advance(step);
            left -= step;
        }
        return true;
    }

    /** A 32-bit number at {@code offset} from here, unsigned. */
    long unsignedInt(int offset, boolean littleEndian) {
        return integer(offset, littleEndian) & 0xffff_ffffL;
    }

    int integer(int offset, boolean littleEndian) {
        int value = buffer.getInt(at + offset);
        return littleEndian ? Integer.reverseBytes(value) : value;
    }

    int unsignedShort(int offset, boolean littleEndian) {
        short value = buffer.getShort(at + offset);
        return (littleEndian ? Short.reverseBytes(value) : value) & 0xffff;
    }

    int octet(int offset) {
        return buffer.get(at + offset) & 0xff;
    }

    long longInteger(int offset, boolean littleEndian) {
        long value = buffer.getLong(at + offset);
        return littleEndian ? Long.reverseBytes(value) : value;
    }

    /** Fails if the file ended because it could not be read further, and not because it is over. */
    void checkEnd() throws CaptureException {
        IOException why = failure;
        if (why instanceof EOFException) {
            throw truncated("its compressed data");
        }
        if (why instanceof ZipException) {
            throw CaptureFiles.corrupt(name, endOffset(), "its compressed data is damaged: " + why.getMessage(), why);
        }
        if (why != null) {
            throw new CaptureException(
                    Reason.UNREADABLE_FILE,
                    "%s: reading failed at byte %d: %s".formatted(name, endOffset(), why.getMessage()),
                    "Check the disk or mount the file is on.",
                    why);
        }
    }

    /** The failure of a file that ends too early, inside {@code what}. */
    CaptureException truncated(String what) {
        return new CaptureException(
                Reason.TRUNCATED_FILE,
                "%s: truncated at byte %d, inside %s".formatted(name, endOffset(), what),
                "All packets before that place were read. Stop the writer cleanly, or copy the file again.",
                failure);
    }

    private long endOffset() {
        return base + end;
    }

    private boolean fill(int octets) {
        while (!ended && end - at < octets) {
            makeRoom(octets);
            read();
        }
        return end - at >= octets;
    }

    /** Grows step by step: a damaged length is found out by the end of the file, not by the end of the memory. */
    private void makeRoom(int octets) {
        if (end < buffer.capacity() && buffer.capacity() - at >= octets) {
            return;
        }
        boolean full = end - at == buffer.capacity();
        ByteBuffer roomy = full ? ByteBuffer.allocateDirect(buffer.capacity() * 2) : buffer;
        roomy.put(0, buffer, at, end - at);
        buffer = roomy;
        base += at;
        end -= at;
        at = 0;
    }

    private void read() {
        buffer.limit(buffer.capacity()).position(end);
        try {
            ended = channel.read(buffer) < 0;
        } catch (IOException e) { // Told by checkEnd once all that was readable has been used.
            failure = e;
            ended = true;
        } finally {
            end = buffer.position();
        }
    }

    @Override
    public void close() {
        ended = true;
        try {
            channel.close();
        } catch (IOException e) {
            // Opened for reading only: nothing can be lost by a failing close.
        }
    }
}
