package io.loopscope.benchmarks.live;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a load at a fixed rate: in steps of a millisecond, and what a late step has missed is made up for, so that the
 * number of operations is the same whoever else is busy. Only a machine that cannot keep up does fewer.
 */
final class Pace {
    private static final long STEP_NS = 1_000_000;
    private static final long SECOND_NS = 1_000_000_000;
    /** How often the clock is read when there is no rate to keep. */
    private static final int UNPACED_STEP = 100;

    private Pace() {}

    /**
     * Runs it.
     *
     * @param rate operations per second; 0: as many as it can
     * @param nanos for how long
     * @return how many operations were done
     */
    static long run(Load load, long rate, long nanos) throws IOException {
        long began = System.nanoTime();
        long done = 0;
        long elapsed = 0;
        while (elapsed < nanos) {
            long due = rate == 0 ? done + UNPACED_STEP : due(rate, elapsed);
            while (done < due) {
                load.operate();
                done++;
                if (System.nanoTime() - began >= nanos) {
                    return done;
                }
            }
            if (rate != 0) {
                sleepUntil(began + (elapsed / STEP_NS + 1) * STEP_NS);
            }
            elapsed = System.nanoTime() - began;
        }
        return rate == 0 ? done : rest(load, done, due(rate, nanos));
    }

    private static long due(long rate, long elapsed) {
        return rate * elapsed / SECOND_NS; // Fits for hours of any rate that a kernel can carry.
    }

    /** The last step ends with the time, and its operations with it. */
    private static long rest(Load load, long done, long due) throws IOException {
        for (long each = done; each < due; each++) {
            load.operate();
        }
        return due;
    }

    private static void sleepUntil(long deadline) {
        long left = deadline - System.nanoTime();
        if (left > 0) {
            LockSupport.parkNanos(left);
        }
    }
}
