package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.simulation.Trace.Quiet;

/** Lets a scenario happen: two kernels, a wire, and time. The same scenario gives the same trace, always. */
final class Simulation {

    /** Any time will do; it is not 0 so that nobody mistakes it for "never". */
    static final long START = 1_750_000_000L * Timeline.SECOND;

    /** Longer than 15 retransmissions of data last. */
    private static final long AFTERMATH = 1_200 * Timeline.SECOND;

    private final Scenario scenario;
    private final Timeline timeline = new Timeline(START);
    private final Ledger ledger = new Ledger();
    private final Trace trace = new Trace(ledger);
    private final Wire wire;
    private final Kernel low;
    private final Kernel high;
    private final Truths truths;

    private Simulation(Scenario scenario) {
        this.scenario = scenario;
        this.wire = new Wire(scenario, timeline, trace);
        this.low = kernel(Side.LOW);
        this.high = kernel(Side.HIGH);
        this.truths = new Truths(ledger, low, high, scenario.network().longestDelayNanos());
    }

    static Trace run(Scenario scenario) {
        return new Simulation(scenario).run();
    }

    private Kernel kernel(Side side) {
        Scenario.Host host = scenario.host(side);
        var kernel =
                new Kernel(side, host.kernel(), host.application(), timeline, wire, scenario.initialSequencesOf(side));
        wire.connect(kernel);
        ledger.connect(kernel);
        return kernel;
    }

    private Trace run() {
        long last = 0;
        for (Action action : scenario.actions()) {
            Kernel kernel = action.side() == Side.LOW ? low : high;
            timeline.at(START + action.atNanos(), () -> action.on(kernel));
            last = Math.max(last, action.atNanos());
        }
        long end = START + last + AFTERMATH;
        while (timeline.nextAt() <= end) {
            timeline.step();
            truths.sawSegments(trace.count(), timeline.now());
            noteQuiet(end);
        }
        return trace;
    }

    private void noteQuiet(long end) {
        boolean quiet = wire.inFlight() == 0 && low.quiet() && high.quiet();
        if (quiet) {
            long until = Math.min(timeline.nextAt(), end) - 1;
            if (until > timeline.now()) {
                trace.quiet(new Quiet(timeline.now(), until, truths.of(Side.LOW), truths.of(Side.HIGH)));
            }
        }
    }
}
