package io.loopscope.processor.detect;

import java.util.Locale;

/** Why an anomaly was cleared. */
public enum ClearReason {
    /** The connection was closed. */
    CLOSED("the connection was closed"),
    /** The connection was reset. */
    RESET("the connection was reset"),
    /** The connection moved on: the condition no longer holds. */
    PROGRESSED("the connection moved on"),
    /** A new incarnation took the 4-tuple over. */
    TUPLE_REUSED("a new connection took the same addresses and ports over"),
    /** The owning process is gone. */
    PROCESS_EXITED("the owning process is gone"),
    /** The agent has been silent for so long that nothing is known any more. */
    AGENT_LOST("the agent has been silent for too long to know"),
    /** A setting changed and the condition is no longer an anomaly. */
    THRESHOLD_CHANGED("a setting changed and it is no anomaly any more"),
    /** A rate or number fell below its threshold. */
    SUBSIDED("it fell below the threshold"),
    /** Nothing was seen of the connection for so long that it was forgotten. */
    EXPIRED("nothing was seen of it for so long that it was given up"),
    /** The agent is heard again. */
    RETURNED("the agent is heard again"),
    /** The connection had to make room: the host's limit of connections was reached. */
    EVICTED("it was given up to make room"),
    /** The socket table does not show the socket any more, and no segment told of its end. */
    GONE("the kernel has ended it without a segment"),
    /** The detector failed on the connection, which is a bug, and goes on without it. */
    QUARANTINED("the detector failed on the connection, which is a bug, and set it aside");

    private final String sentence;

    ClearReason(String sentence) {
        this.sentence = sentence;
    }

    /** As part of an explanation. */
    String sentence() {
        return sentence;
    }

    /** As published: {@code tuple_reused}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
