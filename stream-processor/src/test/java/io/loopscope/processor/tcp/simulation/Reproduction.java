package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.FigureScript;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a person needs to find out why a seed fails: the smallest scenario, what happened in it, how to run it again. */
final class Reproduction {

    private final long seed;
    private final Law law;
    private final Fault fault;

    private Reproduction(long seed, Law law, Fault fault) {
        this.seed = seed;
        this.law = law;
        this.fault = fault;
    }

    /** The report of a seed; what comes after the lines with {@code #} is a figure script. */
    static String of(long seed, Law law, Fault fault) {
        return new Reproduction(seed, law, fault).text();
    }

    private String text() {
        Scenario smallest = Shrinker.shrink(
                ScenarioGenerator.of(seed),
                scenario ->
                        violation(Simulation.run(scenario)).map(Violation::law).orElse(null));
        Trace trace = Simulation.run(smallest);
        Optional<Violation> broken = violation(trace);
        if (broken.isEmpty()) {
            return "# seed " + seed + " does not break " + law;
        }
        Violation violation = broken.get();
        double after = (violation.atNanos() - Simulation.START) / 1e9;
        List<String> lines = new ArrayList<>();
        lines.add("# %s, seed %d: %s: %s, %.9f s after the start"
                .formatted(law, seed, violation.law(), violation.detail(), after));
        lines.add("# again: mvn -pl stream-processor -am test -Dtest=SimulationTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dloopscope.simulation.seed=" + seed);
        smallest.actions().forEach(action -> lines.add("# " + action));
        Capture capture = law.capture(seed, trace.count());
        lines.add(FigureWriter.write(trace, capture, violation, fault));
        return String.join("\n", lines);
    }

    private Optional<Violation> violation(Trace trace) {
        try {
            law.check(trace, law.capture(seed, trace.count()), new Statistics(), fault);
            return Optional.empty();
        } catch (Violation.Found found) {
            return Optional.of(found.violation());
        }
    }

    /** Plays a printed script; the first line after which the core is not in the states that stand there. */
    static Optional<String> firstDifference(String script, Fault fault) {
        var core = new Observation(TcpSettings.OFFLINE, fault);
        for (FigureScript.Line line : FigureScript.parse(script)) {
            step(line).on(core);
            if (core.state(Side.HIGH) != line.left() || core.state(Side.LOW) != line.right()) {
                return Optional.of(line.source());
            }
        }
        return Optional.empty();
    }

    /** What the core is given by a printed script. */
    static List<Step> steps(String script) {
        return FigureScript.parse(script).stream().map(Reproduction::step).toList();
    }

    private static Step step(FigureScript.Line line) {
        Side sender = line.fromLeft() ? Side.HIGH : Side.LOW;
        return line.silent() ? Step.timeIs(line.atNanos()) : Step.of(line.segment(sender, 0));
    }
}
