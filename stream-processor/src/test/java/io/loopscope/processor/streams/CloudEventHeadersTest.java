package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventHeadersTest {

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                999_999_999,
                1_000_000_000,
                1_700_000_000_000_000_000L,
                1_700_000_000_120_000_000L,
                1_700_000_000_000_450_000L,
                1_700_000_000_000_000_789L,
                1_700_000_059_100_200_300L
            })
    void timeIsWrittenAsInstantsAre(long nanos) {
        assertThat(CloudEventHeaders.rfc3339(nanos))
                .isEqualTo(Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000)
                        .toString());
    }
}
