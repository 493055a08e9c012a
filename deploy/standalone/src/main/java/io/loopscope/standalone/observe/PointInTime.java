package io.loopscope.standalone.observe;

import io.loopscope.settings.DurationText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/** A point in time as people give it: how long ago, or when. */
final class PointInTime {
    private PointInTime() {}

    /**
     * {@code 10m} ago, {@code 2026-11-22T12:00:00Z}, or local time: {@code 2026-11-22T12:00}, {@code 2026-11-22}.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    static Instant parse(String text, Instant now, ZoneId zone) {
        try {
            if (!text.contains("-")) {
                return now.minus(DurationText.parse(text));
            }
            if (text.length() == "2026-11-22".length()) {
                return LocalDate.parse(text).atStartOfDay(zone).toInstant();
            }
            var iso = text.replace(' ', 'T');
            return iso.matches(".*(Z|[+-]\\d\\d(:?\\d\\d)?)")
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).atZone(zone).toInstant();
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a duration such as 10m nor a time such as 2026-11-22T12:00:00Z", e);
        }
    }
}
