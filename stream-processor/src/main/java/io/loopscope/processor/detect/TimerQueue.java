package io.loopscope.processor.detect;

import org.jspecify.annotations.Nullable;

/**
 * Timers of one duration. A host's time only grows, so what is armed later is due later: a list in the order of arming is
 * sorted, and arming and cancelling take constant time (design: one queue per timeout class). A timer whose key is a
 * little older than the last one's, because captured time steps back between CPUs, is moved up behind its elders; one that is much older is looked for a place from
 * the head.
 */
final class TimerQueue {

    /** Which clock a queue counts by. */
    enum Clock {
        /** The host's: for what the kernel does whether anybody watches or not. */
        HOST,
        /** The host's, less the time in which nobody watched: for what has to hold for a while. */
        WATCHED,
        /** As WATCHED; besides, nothing fires while the capture loses segments. */
        TRUSTED
    }

    private final Clock clock;
    private final long durationNanos;
    private @Nullable Timer head;
    private @Nullable Timer tail;

    TimerQueue(Clock clock, long durationNanos) {
        this.clock = clock;
        this.durationNanos = durationNanos;
    }

    Clock clock() {
        return clock;
    }

    /** When a timer with this key is due, by this queue's clock. */
    long deadline(long key) {
        return key + durationNanos;
    }

    @Nullable Timer head() {
        return head;
    }

    void add(Timer timer) {
        Timer before = isNearerToHead(timer) ? lastBeforeFromHead(timer) : lastBeforeFromTail(timer);
        Timer behind = before == null ? head : before.next;
        timer.previous = before;
        timer.next = behind;
        timer.queue = this;
        if (before == null) {
            head = timer;
        } else {
            before.next = timer;
        }
        if (behind == null) {
            tail = timer;
        } else {
            behind.previous = timer;
        }
    }

    /** What has waited elsewhere comes with an old key: a connection after its TIME-WAIT belongs to those due next. */
    private boolean isNearerToHead(Timer timer) {
        return head != null && tail != null && timer.key - head.key < tail.key - timer.key;
    }

    private @Nullable Timer lastBeforeFromTail(Timer timer) {
        Timer before = tail;
        while (before != null && before.after(timer)) {
            before = before.previous;
        }
        return before;
    }

    private @Nullable Timer lastBeforeFromHead(Timer timer) {
        Timer before = null;
        for (Timer next = head; next != null && !next.after(timer); next = next.next) {
            before = next;
        }
        return before;
    }

    void remove(Timer timer) {
        Timer before = timer.previous;
        Timer behind = timer.next;
        if (before == null) {
            head = behind;
        } else {
            before.next = behind;
        }
        if (behind == null) {
            tail = before;
        } else {
            behind.previous = before;
        }
        timer.previous = null;
        timer.next = null;
        timer.queue = null;
    }
}
