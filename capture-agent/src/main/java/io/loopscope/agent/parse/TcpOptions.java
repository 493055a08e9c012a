package io.loopscope.agent.parse;

/**
 * RFC 9293 3.1 and 3.2, RFC 7323, RFC 2018. A list that is broken or cut does not cost the segment: the options
 * before that place count, and the header says so.
 */
final class TcpOptions {
    private static final int END_OF_LIST = 0;
    private static final int NO_OPERATION = 1;
    private static final int MAXIMUM_SEGMENT_SIZE = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;
    /** No-operation, no-operation, timestamps of length 10: all that most segments carry. */
    private static final int USUAL_TIMESTAMPS = 0x0101_080a;

    private TcpOptions() {}

    static void parse(Cursor cursor, int length, SegmentHeader header) {
        if (length == 12 && !cursor.lacks(12) && cursor.integer(0) == USUAL_TIMESTAMPS) {
            timestamps(cursor, 2, header);
            return;
        }
        int at = 0;
        while (at < length) {
            if (cursor.lacks(at + 1)) {
                header.optionsTruncated = true;
                return;
            }
            int kind = cursor.octet(at);
            if (kind == END_OF_LIST) {
                return;
            }
            int taken = kind == NO_OPERATION ? 1 : option(cursor, kind, at, length, header);
            if (taken == 0) {
                return;
            }
            at += taken;
        }
    }

    /** Reads the option at {@code at} and returns its length, or 0 when the list cannot be followed further. */
    private static int option(Cursor cursor, int kind, int at, int end, SegmentHeader header) {
        if (at + 2 > end) {
            header.optionsMalformed = true;
            return 0;
        }
        if (cursor.lacks(at + 2)) {
            header.optionsTruncated = true;
            return 0;
        }
        int length = cursor.octet(at + 1);
        if (length < 2 || at + length > end) {
            header.optionsMalformed = true;
            return 0;
        }
        if (cursor.lacks(at + length)) {
            header.optionsTruncated = true;
            return 0;
        }
        if (hasLengthOf(kind, length)) {
            take(cursor, kind, at, header);
        } else {
            header.optionsMalformed = true;
        }
        return length;
    }

    private static boolean hasLengthOf(int kind, int length) {
        return switch (kind) {
            case MAXIMUM_SEGMENT_SIZE -> length == 4;
            case WINDOW_SCALE -> length == 3;
            case SACK_PERMITTED -> length == 2;
            case SACK -> length >= 10 && (length - 2) % 8 == 0;
            case TIMESTAMPS -> length == 10;
            default -> true;
        };
    }

    private static void take(Cursor cursor, int kind, int at, SegmentHeader header) {
        switch (kind) {
            case MAXIMUM_SEGMENT_SIZE -> header.maximumSegmentSize = cursor.unsignedShort(at + 2);
            case WINDOW_SCALE -> header.windowScale = cursor.octet(at + 2);
            case SACK_PERMITTED -> header.sackPermitted = true;
            case TIMESTAMPS -> timestamps(cursor, at, header);
            default -> {
                // Known to be well formed or not known at all: nothing that the state machine needs.
            }
        }
    }

    private static void timestamps(Cursor cursor, int at, SegmentHeader header) {
        header.timestamps = true;
        header.timestampValue = cursor.unsignedInt(at + 2);
        header.timestampEchoReply = cursor.unsignedInt(at + 6);
    }
}
