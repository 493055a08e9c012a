package io.loopscope.processor.tcp.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.loopscope.processor.tcp.TcpState;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two real TCP endpoints, a bad network and random applications, thousands of times, all from one seed; the core sees
 * what a capture sees, and must say what is so.
 *
 * <p>{@code -Dloopscope.simulation.seeds=N} runs that many seeds, {@code -Dloopscope.simulation.seed=N} runs one.
 */
class SimulationTest {

    private static final int SEEDS = Integer.getInteger("loopscope.simulation.seeds", 2_000);
    private static final @Nullable Long ONLY = Long.getLong("loopscope.simulation.seed");
    private static final int SHOWN = 3;
    private static final long TRIES = 200;

    /** States in which an end can rest: no timer is running, or a long one. */
    private static final List<TcpState> RESTING = List.of(
            TcpState.CLOSED, TcpState.ESTABLISHED, TcpState.CLOSE_WAIT, TcpState.FIN_WAIT_2, TcpState.TIME_WAIT);

    @ParameterizedTest
    @EnumSource
    void holds(Law law) {
        var statistics = new Statistics();
        List<Long> broken = new ArrayList<>();
        seeds().forEach(seed -> {
            if (breaks(seed, law, Fault.NONE, statistics)) {
                broken.add(seed);
            }
        });
        System.out.println(law + ": " + statistics);
        if (!broken.isEmpty()) {
            List<String> reports = broken.stream()
                    .limit(SHOWN)
                    .map(seed -> Reproduction.of(seed, law, Fault.NONE))
                    .toList();
            fail("%d of %d seeds: %s%n%s"
                    .formatted(broken.size(), seeds().count(), broken, String.join("\n\n", reports)));
        }
        if (ONLY == null && law == Law.VARIANTS_OF_A_LOSSY_CAPTURE_AGREE) {
            assertThat(statistics.timesSameCoalesced()).isGreaterThan(SEEDS * 3 / 4);
        }
        if (ONLY == null && law == Law.WHOLE_CAPTURE_TELLS_THE_TRUTH) {
            everyRestingStateWasCompared(statistics);
            exemptionsAreExceptions(statistics);
        }
    }

    /** A simulation in which nothing happens would prove nothing. */
    private static void everyRestingStateWasCompared(Statistics statistics) {
        assertThat(RESTING)
                .allSatisfy(state -> assertThat(statistics.comparisonsOf(state)).isGreaterThan(SEEDS / 10));
        assertThat(statistics.timesWithinBounds()).isGreaterThan(SEEDS * 10L);
    }

    /** Nor would one in which most is left out. */
    private static void exemptionsAreExceptions(Statistics statistics) {
        assertThat(statistics.runsWithoutExemption()).isGreaterThan(SEEDS / 2);
        assertThat(statistics.exemptions() * 10).isLessThan(statistics.comparisons());
    }

    @ParameterizedTest
    @CsvSource({
        "WHOLE_CAPTURE_TELLS_THE_TRUTH,      BLIND_FOR_FIN",
        "WHOLE_CAPTURE_TELLS_THE_TRUTH,      BLIND_FOR_RST",
        "WHOLE_CAPTURE_TELLS_THE_TRUTH,      SHORT_TIME_WAIT",
        "LOSSY_CAPTURE_CONTRADICTS_NO_PROOF, BLIND_FOR_FIN",
        "LATE_CAPTURE_CONTRADICTS_NO_PROOF,  BLIND_FOR_RST"
    })
    void plantedFaultIsFoundAndItsFigureReproducesIt(Law law, Fault fault) {
        String report = Reproduction.of(firstThatBreaks(law, fault), law, fault);
        List<String> script =
                report.lines().filter(line -> !line.startsWith("#")).toList();
        assertThat(script).isNotEmpty();
        assertThat(Reproduction.firstDifference(report, fault))
                .as(report)
                .hasValueSatisfying(
                        line -> assertThat(script.get(script.size() - 1)).startsWith(line));
        assertThat(Reproduction.firstDifference(script.get(script.size() - 1), Fault.NONE))
                .isPresent();
    }

    @ParameterizedTest
    @EnumSource(names = {"VARIANTS_OF_A_WHOLE_CAPTURE_AGREE", "VARIANTS_OF_A_LOSSY_CAPTURE_AGREE"})
    void applyingTwiceIsFoundAndItsFigureReproducesIt(Law law) {
        String report = Reproduction.of(firstThatBreaks(law, Fault.APPLIES_TWICE), law, Fault.APPLIES_TWICE);
        List<Step> steps = Reproduction.steps(report);
        assertThatThrownBy(() -> Variants.check(steps, true, new Statistics(), Fault.APPLIES_TWICE))
                .as(report)
                .isInstanceOf(Violation.Found.class)
                .hasMessageContaining("every segment twice");
        Variants.check(steps, true, new Statistics(), Fault.NONE);
    }

    private static long firstThatBreaks(Law law, Fault fault) {
        return LongStream.range(0, TRIES)
                .filter(seed -> breaks(seed, law, fault, new Statistics()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(fault + " was not found by " + law));
    }

    private static boolean breaks(long seed, Law law, Fault fault, Statistics statistics) {
        Trace trace = Simulation.run(ScenarioGenerator.of(seed));
        try {
            law.check(trace, law.capture(seed, trace.count()), statistics, fault);
            return false;
        } catch (Violation.Found found) {
            return true;
        } finally {
            statistics.ran(trace);
        }
    }

    private static LongStream seeds() {
        return ONLY == null ? LongStream.range(0, SEEDS) : LongStream.of(ONLY);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        List<Step> first = Step.of(Simulation.run(ScenarioGenerator.of(7)), sent -> true);
        List<Step> again = Step.of(Simulation.run(ScenarioGenerator.of(7)), sent -> true);
        assertThat(first).hasSizeGreaterThan(10).isEqualTo(again);
    }
}
