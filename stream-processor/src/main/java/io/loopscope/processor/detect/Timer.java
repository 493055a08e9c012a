package io.loopscope.processor.detect;

import org.jspecify.annotations.Nullable;

/**
 * Something that may become due: a link of a {@link TimerQueue}. Intrusive, so that arming and cancelling allocate and
 * search nothing.
 */
abstract class Timer {

    /** A timer that was armed too late catches up in a few steps. */
    static final int MOST_AT_ONCE = 1_000;

    @Nullable TimerQueue queue;

    @Nullable Timer previous;

    @Nullable Timer next;

    /** Time it is counted from, by the clock of its queue. */
    long key;

    private long firedNanos = Long.MIN_VALUE;
    private int firings;

    /** It is due, and no longer in a queue. */
    abstract void due(long atNanos);

    /**
     * Lets it do what it is for.
     *
     * @throws IllegalStateException when it arms itself again and again without time passing: that would never end
     */
    final void fire(long atNanos) {
        firings = firedNanos == atNanos ? firings + 1 : 1;
        firedNanos = atNanos;
        if (firings > MOST_AT_ONCE) {
            throw new IllegalStateException(
                    "%s %d of a %s fired %d times at %d ns and is due again: it arms itself in the past"
                            .formatted(
                                    getClass().getSimpleName(),
                                    slot(),
                                    subject().scope(),
                                    MOST_AT_ONCE,
                                    atNanos));
        }
        due(atNanos);
    }

    /**
     * What it is about. Two timers that are due at the same time fire in the order of what they are about, so that the
     * order does not depend on how the state came about: a restored host goes on exactly as the one that was stored.
     */
    abstract Subject subject();

    /** Tells the timers of one subject apart. */
    abstract int slot();

    final boolean armed() {
        return queue != null;
    }

    final boolean after(Timer other) {
        if (key != other.key) {
            return key > other.key;
        }
        return afterAtEqualTime(other);
    }

    final boolean afterAtEqualTime(Timer other) {
        int bySubject = subject() == other.subject() ? 0 : subject().compareTo(other.subject());
        return bySubject != 0 ? bySubject > 0 : slot() > other.slot();
    }
}
