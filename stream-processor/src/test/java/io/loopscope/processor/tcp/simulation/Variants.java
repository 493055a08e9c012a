package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Notice;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.processor.tcp.simulation.Observation.Change;
import io.loopscope.processor.tcp.simulation.Observation.Totals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** What must not matter: delivering twice, which end is which, storing, how often time is told, coalescing. */
final class Variants {

    private static final TcpSettings KAFKA = TcpSettings.DEFAULT;

    private final List<Step> steps;
    private final boolean lossless;
    private final Statistics statistics;
    private final Fault fault;
    private boolean exact;

    private Variants(List<Step> steps, boolean lossless, Statistics statistics, Fault fault) {
        this.steps = steps;
        this.lossless = lossless;
        this.statistics = statistics;
        this.fault = fault;
    }

    /**
     * Checks one run.
     *
     * @throws Violation.Found when it did matter
     */
    static void check(List<Step> steps, boolean lossless, Statistics statistics, Fault fault) {
        new Variants(steps, lossless, statistics, fault).check();
    }

    private void check() {
        Observation offline = play(steps, TcpSettings.OFFLINE);
        Observation plain = play(steps, KAFKA);
        same("redelivery is looked for", offline, plain, true);
        same("every segment twice", plain, play(twice(), KAFKA), true);
        same("time told often", plain, play(withHeartbeats(), KAFKA), true);
        same("stored after each step", plain, playStored(), true);
        mirrored(plain);
        Observation coalesced = play(Coalescer.coalesce(steps), TcpSettings.OFFLINE);
        if (lossless || offline.timesDistrusted() == 0) {
            same("coalesced", offline, coalesced, true);
            statistics.sameCoalesced();
        } else {
            statistics.leftOut(Unobservable.NUMBERS_IN_DOUBT);
        }
    }

    private Observation play(List<Step> steps, TcpSettings settings) {
        var core = new Observation(settings, fault);
        steps.forEach(step -> step.on(core));
        return core;
    }

    private List<Step> twice() {
        List<Step> twice = new ArrayList<>();
        for (Step step : steps) {
            twice.add(step);
            twice.add(step);
        }
        return twice;
    }

    private List<Step> withHeartbeats() {
        List<Step> more = new ArrayList<>();
        long last = 0;
        for (Step step : steps) {
            if (last != 0) {
                more.add(Step.timeIs(last + (step.atNanos() - last) / 3));
                more.add(Step.timeIs(step.atNanos() - 1));
            }
            last = step.atNanos();
            more.add(step);
        }
        return more;
    }

    private Observation playStored() {
        var core = new Observation(KAFKA, fault);
        for (Step step : steps) {
            step.on(core);
            core.become(copy(core.connection()));
        }
        return core;
    }

    private static Connection copy(Connection connection) {
        try {
            var octets = new ByteArrayOutputStream();
            connection.writeTo(new DataOutputStream(octets));
            var input = new DataInputStream(new ByteArrayInputStream(octets.toByteArray()));
            return Connection.readFrom(connection.fourTuple(), connection.settings(), input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void mirrored(Observation plain) {
        List<Step> swapped = new ArrayList<>();
        for (Step step : steps) {
            swapped.add(step.segment() == null ? step : Step.of(swap(step.segment())));
        }
        // Without a SYN the lower port is taken for the server's: only then does it matter which end is which.
        Observation mirror = play(swapped, KAFKA);
        same("ends swapped", plain, mirror, false);
    }

    private static Segment swap(Segment segment) {
        return new Segment(
                segment.sender().peer(),
                segment.atNanos(),
                segment.flags(),
                segment.sequence(),
                segment.acknowledgment(),
                segment.window(),
                segment.payloadOctets(),
                segment.urgentPointer(),
                segment.options(),
                segment.run());
    }

    private void same(String law, Observation expected, Observation actual, boolean sameEnds) {
        UnaryOperator<Side> side = sameEnds ? UnaryOperator.identity() : Side::peer;
        long at = steps.isEmpty() ? 0 : steps.get(steps.size() - 1).atNanos();
        // What was captured twice within a run cannot be told from a retransmission.
        exact = lossless && expected.notices(Notice.CAPTURED_TWICE) == 0;
        for (Side each : Side.values()) {
            changes(law, at, expected.changes(each), actual.changes(side.apply(each)));
        }
        for (Side each : Side.values()) {
            equal(law, at, comparable(expected.totals(each)), comparable(actual.totals(side.apply(each))));
            equal(law, at, expected.state(each), actual.state(side.apply(each)));
        }
        equal(law, at, expected.closings(), actual.closings());
        equal(law, at, expected.connection().incarnations(), actual.connection().incarnations());
    }

    private static void changes(String law, long end, List<Change> expected, List<Change> actual) {
        for (int i = 0; i < Math.max(actual.size(), expected.size()); i++) {
            int number = i;
            Change want = i < expected.size() ? expected.get(i) : null;
            Change got = i < actual.size() ? actual.get(i) : null;
            Violation.unless(
                    Objects.equals(want, got),
                    law,
                    want != null ? want.at() : end,
                    () -> "change %d is %s instead of %s".formatted(number, got, want));
        }
    }

    /** With holes in the capture, runs and single segments do not tell the same about what is missing. */
    private Totals comparable(Totals totals) {
        return exact ? totals : new Totals(totals.segments(), totals.octets(), 0, 0, 0, 0);
    }

    private static void equal(String law, long at, Object expected, Object actual) {
        Violation.unless(expected.equals(actual), law, at, () -> "%s instead of %s".formatted(actual, expected));
    }
}
