package io.loopscope.processor.app;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Whether the processor does its work now, and if not, everything that keeps it from it.
 *
 * @param reasons why it is not ready, the oldest first; empty when it is
 */
public record Readiness(List<Reason> reasons) {

    /** What keeps a processor from its work. Stable names, for people and for alerts. */
    public enum Cause {
        /** It has just begun, or the group gives out the partitions anew. Passes by itself. */
        STARTING,
        /** The state is read back from its changelog. Passes by itself. */
        RESTORING,
        /** No broker answers. Tried again, at a start until the start timeout. */
        KAFKA_UNREACHABLE,
        /** A topic is not there. */
        TOPIC_MISSING,
        /** Kafka knows who asks and says no. */
        KAFKA_REFUSES,
        /** The schema registry does not give what is needed. Asked again, at a start until the start timeout. */
        SCHEMA_REGISTRY_UNAVAILABLE,
        /** A stream thread failed for a reason that may pass, and another goes on from what was committed. */
        RETRYING,
        /** It is being stopped, or has been. */
        STOPPING,
        /** It had to stop, and does not come back by itself. */
        FAILED;

        /** The name in lower case: {@code kafka_unreachable}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One reason.
     *
     * @param cause which
     * @param since when it began, by this machine's clock
     * @param detail what was seen, one sentence
     * @param remedy what to do about it; empty when there is nothing to do but wait
     */
    public record Reason(Cause cause, Instant since, String detail, String remedy) {
        @Override
        public String toString() {
            return cause.label() + " since " + since + ": " + detail + (remedy.isEmpty() ? "" : " " + remedy);
        }
    }

    /** Copies the list. */
    public Readiness {
        reasons = List.copyOf(reasons);
    }

    /** Whether it does its work. */
    public boolean isReady() {
        return reasons.isEmpty();
    }

    /** {@code ready}, or a line for each reason. */
    @Override
    public String toString() {
        return isReady() ? "ready" : reasons.stream().map(Reason::toString).collect(Collectors.joining("\n"));
    }
}
