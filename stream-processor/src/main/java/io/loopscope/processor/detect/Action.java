package io.loopscope.processor.detect;

/** What is done when a rule finds an anomaly. */
public enum Action {
    /** The rule does not run. */
    OFF,
    /** It is counted in the host's counters and not published. */
    COUNT,
    /** It is published. */
    EVENT,
    /** It is published, and marked for alerting by the attribute {@code action=alert}. */
    ALERT
}
