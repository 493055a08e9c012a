package io.loopscope.settings;

import java.time.Duration;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a setting a duration. {@link ConfigDef} has no such type: define the setting as {@code STRING} with this
 * validator, give its default as text ({@code "60s"}) and read it with {@link Settings#duration}.
 */
public final class DurationRange implements ConfigDef.Validator {
    private final Duration least;
    private final @Nullable Duration most;

    private DurationRange(Duration least, @Nullable Duration most) {
        this.least = least;
        this.most = most;
    }

    /** Any duration, zero included. */
    public static DurationRange any() {
        return new DurationRange(Duration.ZERO, null);
    }

    /**
     * No shorter than this.
     *
     * @param least shortest allowed, in the form of {@link DurationText}
     */
    public static DurationRange atLeast(String least) {
        return new DurationRange(DurationText.parse(least), null);
    }

    /**
     * Within a range.
     *
     * @param least shortest allowed, in the form of {@link DurationText}
     * @param most longest allowed, included
     */
    public static DurationRange between(String least, String most) {
        return new DurationRange(DurationText.parse(least), DurationText.parse(most));
    }

    @Override
    public void ensureValid(String name, @Nullable Object value) {
        if (value == null) {
            return;
        }
        Duration duration;
        try {
            duration = DurationText.parse((String) value);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, value, e.getMessage());
        }
        if (duration.compareTo(least) < 0 || (most != null && duration.compareTo(most) > 0)) {
            throw new ConfigException(name, value, "out of range");
        }
    }

    /** What is allowed, for messages and documentation. */
    @Override
    public String toString() {
        if (most != null) {
            return "from " + DurationText.format(least) + " to " + DurationText.format(most);
        }
        return least.isZero() ? "" : "at least " + DurationText.format(least);
    }
}
