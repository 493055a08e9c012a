package io.loopscope.processor.streams;

import org.jspecify.annotations.Nullable;

/** The ranges that the schemas document. Each check gives the value back, or throws an {@link UnusableRecordException}. */
final class Ranges {
    static final long UNSIGNED_32 = 0xFFFF_FFFFL;
    static final int UNSIGNED_16 = 0xFFFF;
    static final int UNSIGNED_8 = 0xFF;
    static final int ALL_FLAGS = 0x1FF;
    /** The year 2116: far enough for the time, and deadlines behind it do not overflow. */
    static final long LATEST_NANOS = 1L << 62;
    /** A day; a heartbeat that is rarer is none. */
    static final long LONGEST_INTERVAL_MS = 86_400_000;

    private Ranges() {}

    static long time(String field, long base, long delta) {
        if (delta > LATEST_NANOS || delta < -LATEST_NANOS) {
            throw outOfRange(field, delta);
        }
        return time(field, base + delta);
    }

    static long time(String field, long nanos) {
        if (nanos < 0 || nanos > LATEST_NANOS) {
            throw outOfRange(field, nanos);
        }
        return nanos;
    }

    static long notNegative(String field, long value) {
        if (value < 0) {
            throw outOfRange(field, value);
        }
        return value;
    }

    static int unsigned(String field, long value) {
        if (value < 0 || value > UNSIGNED_32) {
            throw outOfRange(field, value);
        }
        return (int) value;
    }

    static int optional(String field, @Nullable Integer value, int most, int absent) {
        return value == null ? absent : within(field, value, most);
    }

    static int within(String field, int value, int most) {
        if (value < 0 || value > most) {
            throw outOfRange(field, value);
        }
        return value;
    }

    static UnusableRecordException outOfRange(String field, Object value) {
        return new UnusableRecordException(DeadLetterReason.OUT_OF_RANGE, field + " is out of range: " + value);
    }
}
