package io.loopscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PollPaceTest {
    private static final long MS = 1_000_000;

    private final PollPace pace = new PollPace(Duration.ofSeconds(2), 0.01);

    @Test
    void aCheapPollKeepsTheInterval() {
        polled(19, 19, 19);
        assertThat(pace.interval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(pace.isStretched()).isFalse();
    }

    @Test
    void aDearOneStretchesItToItsShare() {
        polled(50, 50, 50);
        assertThat(pace.interval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(pace.isStretched()).isTrue();
        polled(10, 10, 10);
        assertThat(pace.isStretched()).isFalse();
    }

    @Test
    void aFewDearOnesAmongCheapOnesDoNot() {
        polled(300, 200);
        assertThat(pace.isStretched()).as("too early to tell").isFalse();
        polled(10, 500, 500);
        assertThat(pace.isStretched()).isFalse();
    }

    @Test
    void nothingStretchesItBeyondAMinuteOrBelowTheSetting() {
        polled(60_000, 60_000, 60_000);
        assertThat(pace.interval()).isEqualTo(Duration.ofMinutes(1));
        PollPace slow = new PollPace(Duration.ofMinutes(2), 0.01);
        assertThat(slow.interval()).isEqualTo(Duration.ofMinutes(2));
    }

    private void polled(long... costsMs) {
        for (long cost : costsMs) {
            pace.polled(cost * MS);
        }
    }
}
