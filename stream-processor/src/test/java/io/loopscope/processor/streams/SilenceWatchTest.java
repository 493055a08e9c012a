package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SilenceWatchTest {
    private static final HostKey HOST = new HostKey("host-1", 1);

    private final SilenceWatch watch = new SilenceWatch(500);

    @Test
    void silenceGrowsUntilTheNextSignOfLife() {
        watch.heard(HOST);
        watch.tick(1_000, false);
        watch.tick(1_500, false);
        watch.tick(2_000, false);
        assertThat(watch.silentMs(HOST)).isEqualTo(1_000);

        watch.heard(HOST);
        assertThat(watch.silentMs(HOST)).isZero();
    }

    @Test
    void hostKnownFromTheStoreIsSilentFromNowOn() {
        watch.tick(1_000, false);
        watch.known(HOST);
        watch.tick(1_500, false);

        assertThat(watch.silentMs(HOST)).isEqualTo(500);
    }

    @Test
    void sleepOfThisMachineIsNotTheAgentsSilence() {
        watch.heard(HOST);
        watch.tick(1_000, false);
        watch.tick(3_600_000, false);

        assertThat(watch.silentMs(HOST)).isEqualTo(1_000);
    }

    @Test
    void clockThatIsSetBackCountsNothing() {
        watch.heard(HOST);
        watch.tick(1_000, false);
        watch.tick(500, false);
        watch.tick(1_000, false);

        assertThat(watch.silentMs(HOST)).isEqualTo(500);
    }

    @Test
    void catchingUpIsNotSilence() {
        watch.heard(HOST);
        watch.tick(1_000, false);
        watch.tick(1_500, true);
        watch.tick(2_000, false);

        assertThat(watch.silentMs(HOST)).isEqualTo(500);
    }
}
