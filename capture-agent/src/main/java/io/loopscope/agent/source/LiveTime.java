package io.loopscope.agent.source;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** What a live capture may promise about the packets that the kernel has not handed over yet. */
final class LiveTime {
    /** How long a source waits for packets at most, milliseconds: its caller has other things to see to. */
    private static final int WAIT_MS = 100;
    /** Two CPUs may stamp packets in another order than they queue them: 59 µs were seen. */
    static final long DISORDER_NS = 1_000_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** The kernel hands a buffer over at the second tick of its timer at the latest, and a tick may come late. */
    private static final int TICKS = 2;

    private static final Duration TICK_DELAY = Duration.ofMillis(20);

    private final Clock clock = Clock.systemUTC();
    private final long latencyNs;
    private int waitMs = WAIT_MS;

    /**
     * The time of a capture.
     *
     * @param handOver how long the kernel may gather packets before it hands them over
     */
    LiveTime(Duration handOver) {
        latencyNs = handOver.multipliedBy(TICKS).plus(TICK_DELAY).toNanos();
    }

    /** The kernel's clock, nanoseconds since 1970-01-01T00:00:00Z. */
    long nowNs() {
        Instant now = clock.instant();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
    }

    /** Waits shorter than usual from now on, if the caller has something to see to before. */
    void waitAtMost(int milliseconds) {
        waitMs = Math.min(milliseconds, WAIT_MS);
    }

    /** How long to wait for packets at most, milliseconds. */
    int waitMs() {
        return waitMs;
    }

    /** Up to when all has been handed over, if nothing was there to be read at this time. */
    long handedOverUpToNs(long idleAtNs) {
        return idleAtNs - latencyNs;
    }
}
