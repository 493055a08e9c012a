package io.loopscope.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "250ms,PT0.25S",
        "60s,PT60S",
        "5m,PT5M",
        "1m30s,PT90S",
        "2h,PT2H",
        "1d,PT24H",
        "0s,PT0S",
        "1.5s,PT1.5S",
        "10us,PT0.00001S",
        "7ns,PT0.000000007S"
    })
    void readsEachUnit(String text, Duration expected) {
        assertThat(DurationText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"PT90S,1m30s", "PT60S,1m", "PT0.25S,250ms", "PT0S,0s", "PT24H,1d", "PT0.000000001S,1ns"})
    void writesTheShortestForm(Duration duration, String expected) {
        assertThat(DurationText.format(duration)).isEqualTo(expected);
        assertThat(DurationText.parse(expected)).isEqualTo(duration);
    }

    @Test
    void aNumberAloneLacksAUnit() {
        assertThatThrownBy(() -> DurationText.parse("60"))
                .hasMessage("'60' has no unit: write 60ms, 60s (seconds) or 60m (minutes)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-5s", "5 s", "s", "", "5S", "5min", "1.s", "5s-"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> DurationText.parse(text)).hasMessageContaining("is not a duration such as 250ms");
    }

    @Test
    void refusesWhatDoesNotFitIntoNanoseconds() {
        assertThatThrownBy(() -> DurationText.parse("200000d")).hasMessage("'200000d' is too long a duration");
        assertThatThrownBy(() -> DurationText.parse("0.1ns")).isInstanceOf(IllegalArgumentException.class);
    }
}
