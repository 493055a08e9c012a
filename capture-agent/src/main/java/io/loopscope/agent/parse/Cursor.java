package io.loopscope.agent.parse;

import java.nio.ByteBuffer;

/**
 * A place in a captured packet. Two ends are kept apart: where the captured octets stop, and where the packet
 * stopped on the wire. Offsets handed to the accessors count from {@link #at} and must have been checked with
 * {@link #lacks} before.
 */
final class Cursor {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer bytes = NOTHING;
    private int at;
    private int capturedEnd;
    private int wireEnd;

    void place(ByteBuffer packet, int offset, int capturedLength, int wireLength) {
        bytes = packet;
        at = offset;
        capturedEnd = offset + capturedLength;
        // A writer that cut packets and forgot their real length leaves a wire length that is too small.
        int longest = Math.min(Math.max(capturedLength, wireLength), Integer.MAX_VALUE - offset);
        wireEnd = offset + longest;
    }

    /** Lets go of the buffer, so that a source can free it. */
    void release() {
        bytes = NOTHING;
    }

    /** True when fewer than {@code octets} octets were captured from here on. */
    boolean lacks(int octets) {
        return capturedEnd - at < octets;
    }

    /** Why {@code octets} octets are missing: cut by the snapshot length, or never there. */
    ParseResult whyLacks(int octets, ParseResult neverThere) {
        return wireEnd - at < octets ? neverThere : ParseResult.TRUNCATED;
    }

    /** Octets on the wire from here to the end of the packet; negative when the cursor has run past it. */
    int wireRemaining() {
        return wireEnd - at;
    }

    void skip(int octets) {
        at += octets;
    }

    int octet(int offset) {
        return bytes.get(at + offset) & 0xff;
    }

    int unsignedShort(int offset) {
        return bytes.getShort(at + offset) & 0xffff;
    }

    int integer(int offset) {
        return bytes.getInt(at + offset);
    }

    long unsignedInt(int offset) {
        return bytes.getInt(at + offset) & 0xffff_ffffL;
    }

    long longInteger(int offset) {
        return bytes.getLong(at + offset);
    }
}
