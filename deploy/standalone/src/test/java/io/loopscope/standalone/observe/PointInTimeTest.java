package io.loopscope.standalone.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PointInTimeTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "10m, 2026-11-22T11:50:00Z",
        "1h30m, 2026-11-22T10:30:00Z",
        "2026-11-22T11:59:59.5Z, 2026-11-22T11:59:59.5Z",
        "2026-11-22T13:00:00+01:00, 2026-11-22T12:00:00Z",
        "2026-11-22T13:00, 2026-11-22T12:00:00Z",
        "2026-11-22 13:00:01, 2026-11-22T12:00:01Z",
        "2026-11-22, 2026-11-21T23:00:00Z",
    })
    void isADurationAgoOrATime(String text, Instant expected) {
        assertThat(PointInTime.parse(text, NOW, ZONE)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "soon", "", "2026-13-01", "2026-11-22T25:00", "-5m"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> PointInTime.parse(text, NOW, ZONE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void spansHaveThreeDigitsAndAUnit() {
        assertThat(java.util.stream.LongStream.of(
                                0,
                                999,
                                214_000,
                                1_234_000,
                                42_000_000,
                                1_500_000_000,
                                59_990_000_000L,
                                245_000_000_000L,
                                11_520_000_000_000L)
                        .mapToObj(TimeText::span))
                .containsExactly(
                        "0 µs", "0 µs", "214 µs", "1.23 ms", "42.0 ms", "1.50 s", "1 min", "4 min 5 s", "3 h 12 min");
    }
}
