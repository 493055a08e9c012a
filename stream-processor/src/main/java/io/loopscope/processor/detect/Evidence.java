package io.loopscope.processor.detect;

/** Where the proof of an anomaly comes from. */
public enum Evidence {
    /** Segments, or their absence while the capture was sound. */
    WIRE,
    /** The kernel's socket table, or what the agent says about itself. */
    KERNEL,
    /** Both agree. */
    BOTH
}
