package io.loopscope.agent;

import io.loopscope.agent.sockets.SocketPolling;
import java.util.concurrent.atomic.LongAdder;

/** The counters of an agent's polls of the socket table while they grow. */
final class SocketCounters {
    final LongAdder polls = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder reportsDropped = new LongAdder();
    final LongAdder cpuNs = new LongAdder();

    private volatile long retries;
    private volatile long ownerWalks;
    private volatile long excludedOwn;
    private volatile long leftOut;

    /** Takes over what the polling itself counts. For the polling thread. */
    void read(SocketPolling polling) {
        retries = polling.retries();
        ownerWalks = polling.ownerWalks();
        excludedOwn = polling.excludedOwn();
        leftOut = polling.leftOut();
    }

    SocketStatistics snapshot() {
        return new SocketStatistics(
                polls.sum(),
                failed.sum(),
                retries,
                reportsDropped.sum(),
                excludedOwn,
                leftOut,
                ownerWalks,
                cpuNs.sum());
    }
}
