package io.loopscope.agent;

import java.util.Map;

/**
 * What an agent has read of the kernel's socket table since it began.
 *
 * @param polls readings of the whole table
 * @param failed readings that failed and told nothing
 * @param retries readings that broke off and were tried once more
 * @param reportsDropped records that found no room; after them everything is told anew
 * @param excludedOwn sockets of the pipeline that were left out, summed over all polls
 * @param leftOut sockets left out because there were too many, summed over all polls
 * @param ownerWalks how often the owners of sockets were looked for
 * @param cpuNs CPU time that polls have cost, nanoseconds
 */
public record SocketStatistics(
        long polls,
        long failed,
        long retries,
        long reportsDropped,
        long excludedOwn,
        long leftOut,
        long ownerWalks,
        long cpuNs) {
    private static final long NANOS_PER_MS = 1_000_000;

    /** Puts them among counters by name. */
    void addTo(Map<String, Long> counters) {
        counters.put("socket_polls", polls);
        counters.put("socket_polls_failed", failed);
        counters.put("socket_polls_retried", retries);
        counters.put("socket_reports_dropped", reportsDropped);
        counters.put("sockets_excluded_own", excludedOwn);
        counters.put("sockets_left_out", leftOut);
        counters.put("socket_owner_walks", ownerWalks);
        counters.put("socket_polls_cpu_ms", cpuNs / NANOS_PER_MS);
    }
}
