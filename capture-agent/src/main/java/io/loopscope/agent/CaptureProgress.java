package io.loopscope.agent;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the capturing thread tells the publishing one, and the other way round. */
final class CaptureProgress {
    /** No stop has been asked for. */
    static final long NEVER = Long.MAX_VALUE;

    private final AtomicLong caughtUpToNs = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong seenUpToNs = new AtomicLong(Long.MIN_VALUE);
    private volatile boolean flushAsked;
    private volatile long stopAtNs = NEVER;
    private volatile long giveUpAtNs;
    private volatile @Nullable Throwable failure;
    private volatile boolean finished;

    /** The source has delivered all up to this time, but not all of it may have been handed over. */
    void seenUpTo(long timeNs) {
        seenUpToNs.setRelease(timeNs);
    }

    /** What {@link #seenUpTo} said last. */
    long seenUpToNs() {
        return seenUpToNs.getAcquire();
    }

    /** Asks the capturing thread to hand over what it holds. For the publishing thread. */
    void askFlush() {
        flushAsked = true;
    }

    /** Whether that is still to be done. */
    boolean isFlushAsked() {
        return flushAsked;
    }

    /** All that was held has been handed over, and {@link #caughtUp} told. For the capturing thread. */
    void answerFlush() {
        flushAsked = false;
    }

    /** All segments up to this time are handed over to the publishing thread or counted as left out. */
    void caughtUp(long timeNs) {
        caughtUpToNs.setRelease(timeNs);
    }

    /** What {@link #caughtUp} said last. Read it before the queue. */
    long caughtUpToNs() {
        return caughtUpToNs.getAcquire();
    }

    /**
     * Asks for a stop.
     *
     * @param timeNs all that was captured up to this time is still wanted
     * @param giveUpNs when publishing is to be given up, by {@link System#nanoTime}
     */
    void stop(long timeNs, long giveUpNs) {
        giveUpAtNs = giveUpNs;
        stopAtNs = timeNs;
    }

    long stopAtNs() {
        return stopAtNs;
    }

    boolean isStopRequested() {
        return stopAtNs != NEVER;
    }

    /** How long a stop may still take, by {@link System#nanoTime}; as good as for ever when none has been asked for. */
    long remainingNs(long nowNs) {
        return isStopRequested() ? giveUpAtNs - nowNs : NEVER;
    }

    /** The capturing thread is at its end. */
    void finish(@Nullable Throwable why) {
        failure = why;
        finished = true;
    }

    boolean isFinished() {
        return finished;
    }

    /** Why the capture ended before it was asked to; null when all is well. */
    @Nullable Throwable failure() {
        return failure;
    }
}
