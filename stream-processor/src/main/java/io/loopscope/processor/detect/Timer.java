package io.loopscope.processor.detect;

import org.jspecify.annotations.Nullable;

/**
 * Something that may become due: a link of a {@link TimerQueue}. Intrusive, so that arming and cancelling allocate and
 * search nothing.
 */
abstract class Timer {

    @Nullable TimerQueue queue;

    @Nullable Timer previous;

    @Nullable Timer next;

    /** Time it is counted from, by the clock of its queue. */
    long key;

    /** It is due, and no longer in a queue. */
    abstract void due(long atNanos);

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
