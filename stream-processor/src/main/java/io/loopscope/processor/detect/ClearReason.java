package io.loopscope.processor.detect;

import java.util.Locale;

/** Why an anomaly was cleared. */
public enum ClearReason {
    /** The connection was closed. */
    CLOSED,
    /** The connection was reset. */
    RESET,
    /** The connection moved on: the condition no longer holds. */
    PROGRESSED,
    /** A new incarnation took the 4-tuple over. */
    TUPLE_REUSED,
    /** The owning process is gone. */
    PROCESS_EXITED,
    /** The agent has been silent for so long that nothing is known any more. */
    AGENT_LOST,
    /** A setting changed and the condition is no longer an anomaly. */
    THRESHOLD_CHANGED,
    /** A rate or number fell below its threshold. */
    SUBSIDED,
    /** Nothing was seen of the connection for so long that it was forgotten. */
    EXPIRED,
    /** The connection had to make room: the host's limit of connections was reached. */
    EVICTED;

    /** As published: {@code tuple_reused}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
