package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All deadlines of a host, and its clock. Letting time pass costs nothing while nothing is due. */
final class Timers {

    /** Event times step back a little between CPUs and coalesced runs; more is a clock that was set. */
    static final long CLOCK_STEP_NANOS = 10_000_000_000L;

    private record Duration(Clock clock, @Nullable Object purpose, long nanos) {

        // Written out: conditions come and go with each handshake and close, and a record's own are slow until
        // compiled.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Duration that
                    && nanos == that.nanos
                    && clock == that.clock
                    && Objects.equals(purpose, that.purpose);
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(nanos) + clock.hashCode();
        }
    }

    /** How a timer that is due is let do what it is for. */
    interface Firing {
        void fire(Timer timer, long atNanos);
    }

    private final Map<Duration, TimerQueue> byDuration = new HashMap<>();
    private final List<TimerQueue> queues = new ArrayList<>();
    private Firing firing = Timer::fire;
    private long nowNanos;
    private long unwatchedNanos;
    private boolean trusted = true;
    private long trustedSinceNanos = Long.MIN_VALUE;
    /** Nothing is due before; may be too early after a cancellation. */
    private long nothingDueBefore = Long.MAX_VALUE;

    void fireWith(Firing chosen) {
        firing = chosen;
    }

    /** The host's clock, nanoseconds since the epoch; 0 before the first event. */
    long nowNanos() {
        return nowNanos;
    }

    /** Time in which nobody watched, and steps of the host's clock. */
    long unwatchedNanos() {
        return unwatchedNanos;
    }

    /** The host's clock less the time in which nobody watched. */
    long watchedNanos() {
        return nowNanos - unwatchedNanos;
    }

    /**
     * A time of the host's clock by the clock of those who watch.
     *
     * @param eventNanos the event that told of it; when that is far in the past the host's clock was set back and nobody
     *     has said so yet: then only the time between the two means anything
     */
    long watched(long nanos, long eventNanos) {
        boolean setBack = nowNanos - eventNanos > CLOCK_STEP_NANOS;
        return setBack ? watchedNanos() - (eventNanos - nanos) : nanos - unwatchedNanos;
    }

    boolean trusted() {
        return trusted;
    }

    long trustedSinceNanos() {
        return trustedSinceNanos;
    }

    TimerQueue queue(Clock clock, long durationNanos) {
        return queue(clock, null, durationNanos);
    }

    /** A queue of its own for a purpose: its head is the eldest of them. */
    TimerQueue queue(Clock clock, @Nullable Object purpose, long durationNanos) {
        return byDuration.computeIfAbsent(new Duration(clock, purpose, durationNanos), duration -> {
            TimerQueue queue = new TimerQueue(duration.clock, duration.nanos);
            queues.add(queue);
            return queue;
        });
    }

    /** Arms or re-arms a timer. */
    void arm(Timer timer, TimerQueue queue, long key) {
        cancel(timer);
        timer.key = key;
        queue.add(timer);
        nothingDueBefore = Math.min(nothingDueBefore, dueNanos(queue, key));
    }

    void cancel(Timer timer) {
        if (timer.queue != null) {
            timer.queue.remove(timer);
        }
    }

    /** Lets time pass: everything due fires in order, each at its own time. A time in the past changes nothing. */
    void advance(long toNanos) {
        while (toNanos >= nothingDueBefore) {
            Timer timer = earliest();
            if (timer == null || nothingDueBefore > toNanos) {
                break;
            }
            cancel(timer);
            // What was armed too late is due now, not in the past.
            nowNanos = Math.max(nowNanos, nothingDueBefore);
            firing.fire(timer, nowNanos);
        }
        nowNanos = Math.max(nowNanos, toNanos);
    }

    /** Time passes without anybody watching: what has to hold for a while does not come closer. */
    void skip(long nanos) {
        unwatchedNanos += nanos;
        nowNanos += nanos;
        nothingDueBefore = Long.MIN_VALUE;
    }

    /** While not, what depends on a sound capture waits. */
    void trust(boolean sound, long atNanos) {
        if (sound && !trusted) {
            trustedSinceNanos = atNanos;
        }
        trusted = sound;
        nothingDueBefore = Long.MIN_VALUE;
    }

    /** As stored. */
    void restore(long now, long unwatched, boolean sound, long soundSince) {
        nowNanos = now;
        unwatchedNanos = unwatched;
        trusted = sound;
        trustedSinceNanos = soundSince;
        nothingDueBefore = Long.MIN_VALUE;
    }

    /** Finds who is due first, and sets {@link #nothingDueBefore} to when. */
    private @Nullable Timer earliest() {
        Timer first = null;
        long due = Long.MAX_VALUE;
        for (int i = 0; i < queues.size(); i++) {
            Timer head = queues.get(i).head();
            if (head == null) {
                continue;
            }
            long headDue = dueNanos(queues.get(i), head.key);
            if (headDue < due || (headDue == due && first != null && first.afterAtEqualTime(head))) {
                first = head;
                due = headDue;
            }
        }
        nothingDueBefore = due;
        return first;
    }

    private long dueNanos(TimerQueue queue, long key) {
        long deadline = queue.deadline(key);
        return switch (queue.clock()) {
            case HOST -> deadline;
            case WATCHED -> deadline + unwatchedNanos;
            case TRUSTED -> trusted ? Math.max(deadline + unwatchedNanos, trustedSinceNanos) : Long.MAX_VALUE;
        };
    }
}
