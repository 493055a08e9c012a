package io.loopscope.agent.publish;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many records are on their way: taken, and not known to be delivered or lost. Thread-safe. */
final class InFlight {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private long records;

    /** One is about to be taken. */
    void begin() {
        lock.lock();
        try {
            records++;
        } finally {
            lock.unlock();
        }
    }

    /** Its fate is known, and counted. */
    void end() {
        lock.lock();
        try {
            if (--records == 0) {
                none.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there is none.
     *
     * @return false when the time is over, or the thread is interrupted: it stays so
     */
    boolean awaitNone(Duration timeout) {
        lock.lock();
        try {
            long left = timeout.toNanos();
            while (records > 0 && left > 0) {
                left = none.awaitNanos(left);
            }
            return records == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
