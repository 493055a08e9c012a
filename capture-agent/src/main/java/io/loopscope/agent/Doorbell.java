package io.loopscope.agent;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Wakes one waiting thread. Ringing costs a volatile read when nobody waits for it. */
final class Doorbell {
    private volatile @Nullable Thread waiting;

    /**
     * Waits until somebody rings or the time is over, or for no reason.
     *
     * @param nanos how long at most
     */
    void await(long nanos, Condition stillWaiting) {
        waiting = Thread.currentThread();
        // Asked after the flag is up: who changes the condition now sees the flag and rings.
        if (stillWaiting.holds()) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting = null;
    }

    /** What must hold for a wait to begin. */
    @FunctionalInterface
    interface Condition {
        boolean holds();
    }

    void ring() {
        Thread thread = waiting;
        if (thread != null) {
            waiting = null;
            LockSupport.unpark(thread);
        }
    }
}
