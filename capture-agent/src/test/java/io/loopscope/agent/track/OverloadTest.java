package io.loopscope.agent.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.track.Overload.Level;
import org.junit.jupiter.api.Test;

class OverloadTest {
    private static final long MS = 1_000_000;
    private final Overload overload = Overload.shedding(1_000, 0.2);

    @Test
    void dataGoesFirstThenAcknowledgments() {
        assertThat(after(500, 0)).isEqualTo(Level.NONE);
        assertThat(after(560, 0)).isEqualTo(Level.DATA);
        assertThat(after(720, 0)).isEqualTo(Level.ACKNOWLEDGMENTS);
        assertThat(overload.reserve()).isEqualTo(200);
    }

    @Test
    void itRecoversOnlyWhenItIsMuchBetter() {
        after(720, 0);
        assertThat(after(600, 0)).isEqualTo(Level.ACKNOWLEDGMENTS);
        assertThat(after(500, 0)).isEqualTo(Level.DATA);
        assertThat(after(330, 0)).isEqualTo(Level.DATA);
        assertThat(after(319, 0)).isEqualTo(Level.NONE);
        assertThat(after(500, 0)).isEqualTo(Level.NONE);
    }

    @Test
    void aCaptureThatIsBehindShedsToo() {
        assertThat(after(0, 499 * MS)).isEqualTo(Level.NONE);
        assertThat(after(0, 500 * MS)).isEqualTo(Level.DATA);
        assertThat(after(0, 2_000 * MS)).isEqualTo(Level.ACKNOWLEDGMENTS);
        assertThat(after(0, 300 * MS)).isEqualTo(Level.DATA);
        assertThat(after(0, 99 * MS)).isEqualTo(Level.NONE);
    }

    @Test
    void aClockThatWasSetIsNoOverload() {
        assertThat(after(0, 3_600_000 * MS)).isEqualTo(Level.NONE);
        assertThat(after(0, -3_600_000 * MS)).isEqualTo(Level.NONE);
    }

    @Test
    void runsGrowBeforeAnythingIsLeftOut() {
        after(200, 0);
        assertThat(overload.isPressed()).isTrue();
        assertThat(overload.level()).isEqualTo(Level.NONE);
        after(199, 0);
        assertThat(overload.isPressed()).isFalse();
    }

    @Test
    void aFileWaits() {
        Overload waiting = Overload.waiting();
        waiting.observe(1_000_000, 10_000 * MS);
        assertThat(waiting.level()).isEqualTo(Level.NONE);
        assertThat(waiting.reserve()).isZero();
    }

    private Level after(int used, long lagNs) {
        overload.observe(used, lagNs);
        return overload.level();
    }
}
