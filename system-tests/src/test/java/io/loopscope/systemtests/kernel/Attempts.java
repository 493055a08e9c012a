package io.loopscope.systemtests.kernel;

import java.util.concurrent.Callable;
import java.util.function.Predicate;

/**
 * For what only happens when two things are done within the 40 ms or 200 ms of a delayed ACK: a busy machine may need
 * another attempt. Each is judged, whatever it turned out to be.
 */
final class Attempts {
    private static final int MOST = 10;

    private Attempts() {}

    /** Tries until the result is what was wanted. */
    static <T> T until(Callable<T> attempt, Predicate<T> wanted) throws Exception {
        for (int i = 0; i < MOST; i++) {
            T result = attempt.call();
            if (wanted.test(result)) {
                return result;
            }
        }
        throw new AssertionError("not in " + MOST + " attempts");
    }
}
