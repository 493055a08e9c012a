package io.loopscope.processor.tcp.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Notice;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.Signal;
import io.loopscope.processor.tcp.TcpSettings;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Only SYN, FIN, RST and windows of 0 of a run are captured: what is presumed is so, as long as nothing was repeated. */
class ControlOnlyTest {
    private static final int SEEDS = Integer.getInteger("loopscope.simulation.seeds", 2_000);

    /** With these in a run, something was lost or raced, and the presumption is only the best guess. */
    private static final Set<Notice> REPETITIONS = EnumSet.of(
            Notice.SYN_RETRANSMITTED,
            Notice.SYN_ACK_RETRANSMITTED,
            Notice.FIN_RETRANSMITTED,
            Notice.FIN_RETRANSMITTED_SPURIOUSLY);

    @Test
    void whatIsPresumedIsSo() {
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Trace trace = Simulation.run(ScenarioGenerator.of(seed));
            Observation whole = new Observation(TcpSettings.OFFLINE, Fault.NONE);
            Observation control = new Observation(TcpSettings.OFFLINE, Fault.NONE);
            control.connection().captureControlOnly(true);
            Step.of(trace, sent -> true).forEach(step -> step.on(whole));
            Step.of(trace, sent -> isControl(sent.segment())).forEach(step -> step.on(control));
            assertThat(control.notices(Notice.CAPTURE_LOSS))
                    .as("loss, seed %d", seed)
                    .isZero();
            // A RST that answers what was still under way stands behind what is presumed to have arrived.
            if (isPlain(whole) && control.notices(Notice.RST_OUT_OF_WINDOW) == 0) {
                compared++;
                compare(seed, whole, control, wrong);
            }
        }
        assertThat(compared).isGreaterThan(SEEDS / 20);
        assertThat(wrong).as("%d of %d", wrong.size(), compared).isEmpty();
    }

    private static boolean isPlain(Observation whole) {
        return whole.timesDistrusted() == 0
                && whole.opened() == 1
                && Stream.of(Side.values()).noneMatch(side -> gaveUp(whole, side))
                && REPETITIONS.stream().allMatch(notice -> whole.notices(notice) == 0);
    }

    /** Who vanishes does not repeat anything. */
    private static boolean gaveUp(Observation whole, Side side) {
        return whole.changes(side).stream().anyMatch(change -> change.cause() == Signal.GAVE_UP);
    }

    private static void compare(long seed, Observation whole, Observation control, List<String> wrong) {
        for (Side side : Side.values()) {
            if (whole.state(side) != control.state(side)) {
                wrong.add("seed %d: %s is in %s, the presumption says %s"
                        .formatted(seed, side, whole.state(side), control.state(side)));
            }
        }
    }

    private static boolean isControl(Segment segment) {
        return segment.syn() || segment.fin() || segment.rst() || segment.window() == 0;
    }
}
