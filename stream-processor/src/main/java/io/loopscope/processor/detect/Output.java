package io.loopscope.processor.detect;

/** Something to publish. */
public sealed interface Output permits ConnectionChange, AnomalyChange, CensusChange {

    /** When it happened by the host's clock, nanoseconds since the epoch. */
    long timeNanos();
}
