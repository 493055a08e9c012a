package io.loopscope.agent.sockets;

import java.util.Set;

/** Finds processes. */
@FunctionalInterface
interface ProcessFinder {
    /** Looks through all processes. Nothing is remembered: a process keeps its number when it becomes another program. */
    Set<Long> find();
}
