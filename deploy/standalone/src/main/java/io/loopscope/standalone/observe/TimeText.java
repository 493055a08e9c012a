package io.loopscope.standalone.observe;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Points in time and spans of it, from the records' nanoseconds since 1970-01-01T00:00:00Z. */
public final class TimeText {
    private static final long NANOS = 1_000_000_000;
    private static final long DAY_SECONDS = 86_400;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);

    private TimeText() {}

    /** {@code 2026-11-22T12:00:01.123456789Z}, always with nine decimals. By hand, as {@link #decimal}. */
    public static String iso(long nanos) {
        long seconds = Math.floorDiv(nanos, NANOS);
        long ofDay = Math.floorMod(seconds, DAY_SECONDS);
        var text = new StringBuilder(30).append(LocalDate.ofEpochDay(Math.floorDiv(seconds, DAY_SECONDS)));
        padded(text.append('T'), ofDay / 3600, 100);
        padded(text.append(':'), ofDay / 60 % 60, 100);
        padded(text.append(':'), ofDay % 60, 100);
        padded(text.append('.'), Math.floorMod(nanos, NANOS), NANOS);
        return text.append('Z').toString();
    }

    /** A number with as many digits as the power of ten has zeros: the 1 in front keeps those of the number. */
    private static void padded(StringBuilder text, long number, long powerOfTen) {
        int start = text.length();
        text.append(powerOfTen + number).deleteCharAt(start);
    }

    /** {@code 12:00:01.123456}, as tcpdump prints it. */
    static String clock(long nanos, ZoneId zone) {
        return CLOCK.format(instant(nanos).atZone(zone));
    }

    /** As {@link #clock(long, ZoneId)}. */
    public static String clock(Instant time, ZoneId zone) {
        return CLOCK.format(time.atZone(zone));
    }

    static LocalDate date(long nanos, ZoneId zone) {
        return LocalDate.ofInstant(instant(nanos), zone);
    }

    /** Three digits and a unit: {@code 214 µs}, {@code 1.23 s}, {@code 4 min 5 s}, {@code 3 h 12 min}. */
    public static String span(long nanos) {
        var seconds = Duration.ofNanos(Math.max(0, nanos)).plusMillis(50); // 59.96 s is 1 min, not 60.0 s
        if (seconds.toHours() >= 1) {
            return two(seconds.toHours(), "h", seconds.toMinutesPart(), "min");
        }
        if (seconds.toMinutes() >= 1) {
            return two(seconds.toMinutes(), "min", seconds.toSecondsPart(), "s");
        }
        long positive = Math.max(0, nanos);
        if (positive >= NANOS) {
            return decimal(positive, NANOS) + " s";
        }
        return positive >= NANOS / 1000 ? decimal(positive, NANOS / 1000) + " ms" : positive / 1000 + " µs";
    }

    private static String two(long number, String unit, int rest, String smallerUnit) {
        return number + " " + unit + (rest == 0 ? "" : " " + rest + " " + smallerUnit);
    }

    /** By hand: a formatter takes longer than the rest of a line, and there may be millions of them. */
    private static String decimal(long nanos, long unit) {
        if (nanos >= 100 * unit) {
            return Long.toString((nanos + unit / 2) / unit);
        }
        long parts = nanos < 10 * unit ? 100 : 10;
        long rounded = (nanos * parts + unit / 2) / unit;
        // The 1 in front keeps the zeros.
        return rounded / parts + "." + Long.toString(parts + rounded % parts).substring(1);
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }

    static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), NANOS), instant.getNano());
    }
}
