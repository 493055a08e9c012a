package io.loopscope.processor.detect;

/** How bad an anomaly is now. */
public enum Severity {
    /** Worth knowing; nobody needs to act. */
    INFO,
    /** Somebody should look. */
    WARNING,
    /** It costs something now or is about to. */
    CRITICAL
}
