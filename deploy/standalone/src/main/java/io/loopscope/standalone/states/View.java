package io.loopscope.standalone.states;

import java.util.List;
import java.util.Set;

/**
 * What is to be shown.
 *
 * @param by count by these; empty for one count of all
 * @param states only these; empty for all
 */
record View(List<Grouping> by, Set<NetstatState> states) {

    /** Whether single sockets are listed. */
    boolean listsSockets() {
        return !states.isEmpty() && by.isEmpty();
    }

    boolean needsOwners() {
        return listsSockets() || by.contains(Grouping.PROCESS);
    }
}
