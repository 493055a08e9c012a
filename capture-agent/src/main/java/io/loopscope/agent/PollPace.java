package io.loopscope.agent;

import java.time.Duration;
import java.util.Arrays;

/** How long to wait between polls: as long as a setting says, and longer when a poll costs more than its share of CPU. */
final class PollPace {
    private static final Duration LONGEST = Duration.ofMinutes(1);
    /** The cheapest of the last few counts: the first ones are dear because everything is loaded and compiled then. */
    private static final int REMEMBERED = 3;

    private final long intervalNs;
    private final double cpuShare;
    private final long[] costsNs = new long[REMEMBERED];
    private int polls;

    /**
     * A pace before the first poll.
     *
     * @param interval between polls that are cheap enough
     * @param cpuShare of one core that polls may cost; more than 0
     */
    PollPace(Duration interval, double cpuShare) {
        intervalNs = interval.toNanos();
        this.cpuShare = cpuShare;
    }

    /** Takes the CPU time of one more poll. */
    void polled(long cpuNs) {
        costsNs[polls++ % REMEMBERED] = cpuNs;
    }

    /** The cost that counts, nanoseconds of CPU time; 0 while it is too early to tell. */
    long costNs() {
        return polls < REMEMBERED ? 0 : Arrays.stream(costsNs).min().getAsLong();
    }

    /** From the beginning of one poll to that of the next. */
    Duration interval() {
        long neededNs = (long) (costNs() / cpuShare);
        return Duration.ofNanos(Math.max(intervalNs, Math.min(neededNs, Math.max(intervalNs, LONGEST.toNanos()))));
    }

    boolean isStretched() {
        return interval().toNanos() > intervalNs;
    }
}
