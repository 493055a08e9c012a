package io.loopscope.settings;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 250ms}, {@code 60s}, {@code 1m30s}, {@code 1.5h}. Units are {@code ns},
 * {@code us}, {@code ms}, {@code s}, {@code m}, {@code h} and {@code d} (24 hours). A number alone is refused, because
 * one reader takes it for seconds and the next for milliseconds.
 */
public final class DurationText {
    private static final Map<String, Duration> UNITS = units();
    private static final String PART = "(\\d{1,18}(?:\\.\\d{1,9})?)(ns|us|ms|s|m|h|d)";
    private static final Pattern ONE_PART = Pattern.compile(PART);
    private static final Pattern WHOLE = Pattern.compile("(?:" + PART + ")+");
    private static final Pattern NUMBER = Pattern.compile("\\d+(?:\\.\\d+)?");

    private DurationText() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException with a sentence that starts with the text and says what is wrong with it
     */
    public static Duration parse(String text) {
        var trimmed = text.strip();
        if (NUMBER.matcher(trimmed).matches()) {
            throw new IllegalArgumentException(
                    "'%1$s' has no unit: write %1$sms, %1$ss (seconds) or %1$sm (minutes)".formatted(trimmed));
        }
        if (!WHOLE.matcher(trimmed).matches()) {
            throw new IllegalArgumentException("'" + trimmed + "' is not a duration such as 250ms, 60s, 1m30s or 2h");
        }
        try {
            return sum(trimmed);
        } catch (ArithmeticException tooLong) {
            throw new IllegalArgumentException("'" + trimmed + "' is too long a duration", tooLong);
        }
    }

    private static Duration sum(String text) {
        var nanos = BigDecimal.ZERO;
        var parts = ONE_PART.matcher(text);
        while (parts.find()) {
            var unit = UNITS.get(parts.group(2));
            if (unit == null) {
                throw new IllegalStateException("no unit " + parts.group(2));
            }
            nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit.toNanos())));
        }
        return Duration.ofNanos(nanos.longValueExact());
    }

    /** Writes a duration so that {@link #parse} reads it back: {@code PT90S} becomes {@code 1m30s}. */
    public static String format(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("negative duration " + duration);
        }
        var text = new StringBuilder();
        long rest = duration.toNanos();
        for (var unit : UNITS.entrySet()) {
            long size = unit.getValue().toNanos();
            if (rest >= size) {
                text.append(rest / size).append(unit.getKey());
                rest %= size;
            }
        }
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static Map<String, Duration> units() {
        var units = new LinkedHashMap<String, Duration>();
        units.put("d", Duration.ofDays(1));
        units.put("h", Duration.ofHours(1));
        units.put("m", Duration.ofMinutes(1));
        units.put("s", Duration.ofSeconds(1));
        units.put("ms", Duration.ofMillis(1));
        units.put("us", Duration.ofNanos(1_000));
        units.put("ns", Duration.ofNanos(1));
        return units;
    }
}
