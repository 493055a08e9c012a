package io.loopscope.agent.track;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlushPaceTest {
    private static final long MS = 1_000_000;
    private final FlushPace pace = new FlushPace(1_000 * MS, 100 * MS, 20 * MS);

    @Test
    void eachKindWaitsForItsOwnTime() {
        assertThat(pace.isDue(Long.MAX_VALUE)).isFalse();
        pace.held(Urgency.COALESCED, 0);
        assertThat(pace.isDue(999 * MS)).isFalse();
        assertThat(pace.isDue(1_000 * MS)).isTrue();
        pace.held(Urgency.SINGLE, 500 * MS);
        assertThat(pace.isDue(600 * MS)).isTrue();
        pace.held(Urgency.CONTROL, 510 * MS);
        assertThat(pace.isDue(529 * MS)).isFalse();
        assertThat(pace.isDue(530 * MS)).isTrue();
    }

    @Test
    void whatComesLaterDelaysNothing() {
        pace.held(Urgency.CONTROL, 0);
        pace.held(Urgency.CONTROL, 10 * MS);
        pace.held(Urgency.COALESCED, 15 * MS);
        pace.held(Urgency.NONE, 16 * MS);
        assertThat(pace.isDue(20 * MS)).isTrue();
    }

    @Test
    void saysHowLongNothingIsToBeDone() {
        assertThat(pace.remainingNs(5 * MS)).isEqualTo(Long.MAX_VALUE);
        pace.held(Urgency.CONTROL, 5 * MS);
        assertThat(pace.remainingNs(15 * MS)).isEqualTo(10 * MS);
        assertThat(pace.remainingNs(40 * MS)).isZero();
        pace.flushed(1, 40 * MS);
        assertThat(pace.remainingNs(41 * MS)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void controlSegmentsFlushFortyTimesASecondAtMost() {
        assertThat(flushesInTenSeconds(3)).isBetween(380, 401);
    }

    @Test
    void inAStormTheyFlushFiveTimesASecond() {
        assertThat(flushesInTenSeconds(5)).isBetween(49, 54);
    }

    @Test
    void afterAStormControlSegmentsHurryAgain() {
        flushesInTenSeconds(30);
        pace.held(Urgency.CONTROL, 10_200 * MS);
        assertThat(pace.isDue(10_220 * MS)).isTrue();
        pace.flushed(1, 10_220 * MS);
        pace.held(Urgency.CONTROL, 10_221 * MS);
        assertThat(pace.isDue(10_245 * MS)).isTrue();
    }

    private int flushesInTenSeconds(int itemsInAMillisecond) {
        int flushes = 0;
        int held = 0;
        for (long now = 0; now < 10_000 * MS; now += MS) {
            held += itemsInAMillisecond;
            pace.held(Urgency.CONTROL, now);
            if (pace.isDue(now)) {
                pace.flushed(held, now);
                held = 0;
                flushes++;
            }
        }
        return flushes;
    }

    @Test
    void nothingIsDueAfterAFlush() {
        pace.held(Urgency.CONTROL, 0);
        pace.flushed(1, 20 * MS);
        assertThat(pace.isDue(10_000 * MS)).isFalse();
    }
}
