package io.loopscope.standalone.analyze;

import io.loopscope.settings.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far time runs on after a file's last packet, so that timers fire. Time stands still there unless asked.
 *
 * @param after span after the last packet
 * @param at point in time
 */
record Until(@Nullable Duration after, @Nullable Instant at) {
    static final Until LAST_PACKET = new Until(null, null);

    /**
     * {@code +90s} or {@code 2026-11-22T12:00:00Z}.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    static Until parse(String text) {
        if (text.startsWith("+")) {
            return new Until(DurationText.parse(text.substring(1)), null);
        }
        try {
            return new Until(null, Instant.parse(text));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a span such as +90s nor a time such as 2026-11-22T12:00:00Z", e);
        }
    }

    /** When time ends for a file with this last packet; empty when it stands at the last packet. */
    OptionalLong end(long lastNanos) {
        if (after != null) {
            return OptionalLong.of(lastNanos + after.toNanos());
        }
        return at == null
                ? OptionalLong.empty()
                : OptionalLong.of(Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000_000L), at.getNano()));
    }
}
