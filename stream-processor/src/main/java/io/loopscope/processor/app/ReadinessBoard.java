package io.loopscope.processor.app;

import io.loopscope.processor.app.Readiness.Cause;
import io.loopscope.processor.app.Readiness.Reason;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where the parts of a processor write down what keeps it from its work. There before the processor is, so that one that
 * waits for Kafka can be asked, too. Thread-safe; reads no clock.
 */
public final class ReadinessBoard {
    private final Map<Cause, Reason> reasons = new EnumMap<>(Cause.class);

    /**
     * A processor that has not begun.
     *
     * @param now by this machine's clock
     */
    public ReadinessBoard(Instant now) {
        raise(Cause.STARTING, "the processor is being started", "", now);
    }

    /** What keeps it from its work now. */
    public synchronized Readiness readiness() {
        return new Readiness(reasons.values().stream()
                .sorted(Comparator.comparing(Reason::since))
                .toList());
    }

    /** Something keeps it from its work; it may be known already, with another detail. */
    synchronized void raise(Cause cause, String detail, String remedy, Instant now) {
        Reason known = reasons.get(cause);
        reasons.put(cause, new Reason(cause, known == null ? now : known.since(), detail, remedy));
    }

    /** That is over, or was never so. */
    synchronized void clear(Cause cause) {
        reasons.remove(cause);
    }
}
