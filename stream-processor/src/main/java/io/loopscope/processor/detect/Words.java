package io.loopscope.processor.detect;

import java.util.Locale;

/** Numbers as a person reads them. */
final class Words {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private Words() {}

    /** {@code 40 ms}, {@code 2.5 s}, {@code 63 s}, {@code 12 min 5 s}, {@code 3 h 20 min}. */
    static String duration(long nanos) {
        long positive = Math.max(0, nanos);
        if (positive < SECOND) {
            return positive / MILLI + " ms";
        }
        if (positive < 10 * SECOND) {
            String tenths = String.format(Locale.ROOT, "%.1f", Math.floorDiv(positive, 100 * MILLI) / 10.0);
            return (tenths.endsWith(".0") ? tenths.substring(0, tenths.length() - 2) : tenths) + " s";
        }
        if (positive < 2 * MINUTE) {
            return positive / SECOND + " s";
        }
        if (positive < 2 * HOUR) {
            return two(positive / MINUTE, "min", positive % MINUTE / SECOND, "s");
        }
        return two(positive / HOUR, "h", positive % HOUR / MINUTE, "min");
    }

    /** {@code 1 connection}, {@code 5 connections}. */
    static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    /** {@code 2.5 %}. */
    static String percent(double share) {
        return String.format(Locale.ROOT, share < 0.0995 ? "%.1f %%" : "%.0f %%", share * 100);
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }
}
