package io.loopscope.processor.app.query;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Points in time for JSON: ISO 8601 in UTC with nine decimals, as everywhere. */
public final class Times {
    private static final long NANOS = 1_000_000_000L;
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Times() {}

    /**
     * A point in time.
     *
     * @param nanos since 1970-01-01T00:00:00Z; not positive stands for never
     */
    public static @Nullable String iso(long nanos) {
        return nanos <= 0 ? null : iso(Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS));
    }

    /** The same of an instant. */
    public static String iso(Instant time) {
        return FORMAT.format(time);
    }
}
