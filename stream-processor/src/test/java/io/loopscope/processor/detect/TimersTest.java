package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.tcp.TcpSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TimersTest {

    private final Timers timers = new Timers();
    private final List<String> fired = new ArrayList<>();
    private final HostContext host = new HostContext("host-1", 0, DetectorSettings.defaults(), TcpSettings.DEFAULT);

    private final class Named extends Timer {
        private final String name;
        private final int slot;

        Named(String name, int slot) {
            this.name = name;
            this.slot = slot;
        }

        @Override
        void due(long atNanos) {
            fired.add(name + "@" + atNanos);
        }

        @Override
        Subject subject() {
            return host;
        }

        @Override
        int slot() {
            return slot;
        }
    }

    private final class Rearming extends Timer {
        private final Consumer<Timer> again;

        Rearming(Consumer<Timer> again) {
            this.again = again;
        }

        @Override
        void due(long atNanos) {
            fired.add("again@" + atNanos);
            again.accept(this);
        }

        @Override
        Subject subject() {
            return host;
        }

        @Override
        int slot() {
            return 0;
        }
    }

    @Test
    void timersOfAllQueuesFireInOrderEachAtItsTime() {
        timers.arm(new Named("a", 1), timers.queue(Clock.HOST, 10), 0);
        timers.arm(new Named("b", 2), timers.queue(Clock.HOST, 5), 1);
        timers.arm(new Named("c", 3), timers.queue(Clock.HOST, 10), 2);
        timers.advance(100);
        assertThat(fired).containsExactly("b@6", "a@10", "c@12");
        assertThat(timers.nowNanos()).isEqualTo(100);
    }

    @Test
    void equalTimesFireByWhatTheyAreAbout() {
        timers.arm(new Named("second", 2), timers.queue(Clock.HOST, 10), 0);
        timers.arm(new Named("first", 1), timers.queue(Clock.HOST, 10), 0);
        timers.arm(new Named("zeroth", 0), timers.queue(Clock.HOST, 5), 5);
        timers.advance(10);
        assertThat(fired).containsExactly("zeroth@10", "first@10", "second@10");
    }

    @Test
    void olderKeyIsMovedUpBehindItsElders() {
        timers.arm(new Named("a", 1), timers.queue(Clock.HOST, 10), 5);
        timers.arm(new Named("b", 2), timers.queue(Clock.HOST, 10), 7);
        timers.arm(new Named("c", 3), timers.queue(Clock.HOST, 10), 6);
        timers.advance(100);
        assertThat(fired).containsExactly("a@15", "c@16", "b@17");
    }

    @Test
    void timerThatArmsItselfInThePastIsAnErrorAndNoEndlessLoop() {
        TimerQueue queue = timers.queue(Clock.HOST, 10);
        timers.arm(new Rearming(timer -> timers.arm(timer, queue, 0)), queue, 0);
        assertThatIllegalStateException()
                .isThrownBy(() -> timers.advance(100))
                .withMessageContaining("fired 1000 times at 10 ns and is due again");
    }

    @Test
    void timerThatCatchesUpInSmallStepsIsNone() {
        TimerQueue queue = timers.queue(Clock.HOST, 1);
        timers.arm(new Rearming(timer -> timers.arm(timer, queue, timer.key + 1)), queue, 0);
        timers.advance(10L * Timer.MOST_AT_ONCE);
        assertThat(fired).hasSize(10 * Timer.MOST_AT_ONCE);
    }

    @Test
    void cancelledTimerDoesNotFire() {
        Named timer = new Named("a", 1);
        timers.arm(timer, timers.queue(Clock.HOST, 10), 0);
        timers.cancel(timer);
        timers.cancel(timer);
        timers.advance(100);
        assertThat(fired).isEmpty();
    }

    @Test
    void rearmedTimerFiresOnceAtItsLastTime() {
        Named timer = new Named("a", 1);
        timers.arm(timer, timers.queue(Clock.HOST, 10), 0);
        timers.arm(timer, timers.queue(Clock.HOST, 20), 5);
        timers.advance(100);
        assertThat(fired).containsExactly("a@25");
    }

    @Test
    void armedTooLateIsDueNow() {
        timers.advance(50);
        timers.arm(new Named("a", 1), timers.queue(Clock.HOST, 10), 0);
        timers.advance(60);
        assertThat(fired).containsExactly("a@50");
    }

    @Test
    void unwatchedTimeCountsOnlyForTheHost() {
        timers.arm(new Named("host", 1), timers.queue(Clock.HOST, 10), 0);
        timers.arm(new Named("watched", 2), timers.queue(Clock.WATCHED, 10), 0);
        timers.advance(4);
        timers.skip(100);
        timers.advance(120);
        assertThat(fired).containsExactly("host@104", "watched@110");
    }

    @Test
    void whatNeedsTrustWaitsForIt() {
        timers.arm(new Named("watched", 1), timers.queue(Clock.WATCHED, 10), 0);
        timers.arm(new Named("trusted", 2), timers.queue(Clock.TRUSTED, 10), 0);
        timers.advance(5);
        timers.trust(false, 5);
        timers.advance(30);
        assertThat(fired).containsExactly("watched@10");
        timers.trust(true, 30);
        timers.advance(40);
        assertThat(fired).containsExactly("watched@10", "trusted@30");
    }
}
