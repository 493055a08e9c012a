package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.simulation.Trace.Sent;
import java.util.List;

/** What a capture gives of a simulated connection, for tests of other modules: two real endpoints and a bad network. */
public enum SimulatedCapture {
    /** Every segment. */
    WHOLE {
        @Override
        Capture of(long seed, int segments) {
            return Capture.whole();
        }
    },
    /** Some segments are missing. */
    LOSSY {
        @Override
        Capture of(long seed, int segments) {
            return Capture.lossy(seed, segments);
        }
    },
    /** It begins in mid-stream. */
    LATE {
        @Override
        Capture of(long seed, int segments) {
            return Capture.late(seed, segments);
        }
    };

    abstract Capture of(long seed, int segments);

    /** The segments of one 4-tuple in capture order; the same seed gives the same. */
    public List<Segment> segments(long seed) {
        Trace trace = Simulation.run(ScenarioGenerator.of(seed));
        Capture capture = of(seed, trace.count());
        return trace.segments().stream()
                .filter(capture::sees)
                .map(Sent::segment)
                .toList();
    }
}
