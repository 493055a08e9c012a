package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The core said something that is not so.
 *
 * @param law which check found it
 * @param detail what was expected, and what was said instead
 * @param atNanos when
 * @param instead the state an end is in, or one it could be in, where another was said; empty when it is not about states
 */
record Violation(String law, String detail, long atNanos, Map<Side, TcpState> instead) {

    static final class Found extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Violation violation;

        Found(Violation violation) {
            super(violation.law + ": " + violation.detail, null, false, false);
            this.violation = violation;
        }

        Violation violation() {
            return violation;
        }
    }

    static void unless(boolean holds, String law, long atNanos, Supplier<String> detail) {
        if (!holds) {
            throw new Found(new Violation(law, detail.get(), atNanos, Map.of()));
        }
    }
}
