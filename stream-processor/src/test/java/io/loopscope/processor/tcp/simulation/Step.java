package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.simulation.Trace.Quiet;
import io.loopscope.processor.tcp.simulation.Trace.Sent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the core is given next.
 *
 * @param segment null when only time passes
 */
record Step(@Nullable Segment segment, long atNanos) {

    static Step of(Segment segment) {
        return new Step(segment, segment.atNanos());
    }

    static Step timeIs(long nanos) {
        return new Step(null, nanos);
    }

    void on(Observation core) {
        if (segment == null) {
            core.at(atNanos);
        } else {
            core.apply(segment);
        }
    }

    /** What a capture that sees these segments gives, with the time of quiet moments between them. */
    static List<Step> of(Trace trace, Predicate<Sent> captured) {
        List<Step> steps = new ArrayList<>();
        for (Trace.Event event : trace.events()) {
            if (event instanceof Sent sent && captured.test(sent)) {
                steps.add(of(sent.segment()));
            } else if (event instanceof Quiet quiet) {
                steps.add(timeIs(quiet.from()));
                steps.add(timeIs(quiet.to()));
            }
        }
        return steps;
    }
}
