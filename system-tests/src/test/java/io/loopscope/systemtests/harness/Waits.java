package io.loopscope.systemtests.harness;

import java.time.Duration;

/** How long a test waits for a condition before it gives up. Generous: a busy machine is no failure. */
public final class Waits {
    /** How often a condition is looked at. */
    static final Duration POLL = Duration.ofMillis(50);
    /** For the kernel, which acts at once; a delayed ACK takes 40 ms. */
    static final Duration KERNEL = Duration.ofSeconds(10);
    /** For an event to come through agent, broker and processor. */
    public static final Duration PIPELINE = Duration.ofSeconds(30);
    /** For a program to start or to stop. */
    public static final Duration PROGRAM = Duration.ofSeconds(90);

    private Waits() {}
}
