package io.loopscope.systemtests.nodes;

import java.time.Duration;

/**
 * One blow.
 *
 * @param at when it falls, counted from the beginning of the storm
 * @param kind what is done
 * @param target name of the program
 * @param outage after how long it is started again, or goes on
 */
record Fault(Duration at, Kind kind, String target, Duration outage) {

    /** What is done to a process. */
    enum Kind {
        /** SIGKILL, and a new start. */
        KILL,
        /** SIGSTOP, and SIGCONT: it comes back and believes that nothing has happened. */
        PAUSE
    }

    Duration over() {
        return at.plus(outage);
    }

    @Override
    public String toString() {
        return "%6.2f s %s %s for %.2f s".formatted(at.toMillis() / 1e3, kind, target, outage.toMillis() / 1e3);
    }
}
