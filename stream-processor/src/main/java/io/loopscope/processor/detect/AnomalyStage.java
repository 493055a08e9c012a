package io.loopscope.processor.detect;

/** Stages in the life of an anomaly: OPENED once, ESCALATED any number of times, CLEARED once. */
public enum AnomalyStage {
    /** The condition has held for long enough. */
    OPENED,
    /** It is open and has become worse: more severe, or far more members. */
    ESCALATED,
    /** Its cause is gone, or what it was about is over; see {@link ClearReason}. */
    CLEARED
}
