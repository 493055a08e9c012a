package io.loopscope.agent.sockets;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves that this process's own connections are recognised as own, by another way than that in which they are recognised:
 * Kafka's client says how many it has, the open files of this process say which sockets they are, and each must be among
 * those that are left out. For one thread; {@link #limitations} for any.
 */
final class OwnTrafficProof {
    private static final Logger LOG = LoggerFactory.getLogger(OwnTrafficProof.class);
    /** One attempt may meet a connection that is just being made or closed. */
    private static final int FAILURES_TOLD = 3;

    private final OwnSockets self;
    private final SocketTable table;
    private final Predicate<Connection> recognised;
    private final LongSupplier openConnections;
    private long provenOpen = -1;
    private Set<Long> provenInodes = Set.of();
    private int failures;
    private boolean told;
    private volatile List<String> limitations = List.of();

    /**
     * Nothing is proved yet.
     *
     * @param self the sockets of this process
     * @param table of the namespace of this process
     * @param recognised whether a connection is known to be own
     * @param openConnections how many Kafka's client has
     */
    OwnTrafficProof(
            OwnSockets self, SocketTable table, Predicate<Connection> recognised, LongSupplier openConnections) {
        this.self = self;
        this.table = table;
        this.recognised = recognised;
        this.openConnections = openConnections;
    }

    /**
     * Whether what was proved last still holds, or can be proved now.
     *
     * @param inodes sockets of the pipeline: when they are the same as at the last proof, nothing has changed
     */
    boolean holds(Set<Long> inodes) {
        return (inodes.equals(provenInodes) && openConnections.getAsLong() == provenOpen) || prove(inodes, false);
    }

    /** The same after a fresh look: now a failure counts. */
    void attempt(Set<Long> inodes) {
        prove(inodes, true);
    }

    private boolean prove(Set<Long> inodes, boolean counts) {
        long open = openConnections.getAsLong();
        OwnSockets.Inodes mine = self.read();
        List<SocketEntry> connections;
        try {
            connections = table.read(entry -> entry.state() != SocketState.LISTEN && mine.has(entry));
        } catch (IOException e) { // Told by those who have to rest on the table.
            connections = List.of();
        }
        boolean all = connections.stream().allMatch(entry -> recognised.test(entry.connection()));
        if (all && connections.size() >= open) {
            provenInodes = Set.copyOf(inodes);
            provenOpen = open;
            failures = 0;
            limitations = List.of();
            tell(connections);
            return true;
        }
        if (counts && ++failures >= FAILURES_TOLD) {
            fail(open, connections);
        }
        return false;
    }

    private void tell(List<SocketEntry> connections) {
        if (told || connections.isEmpty()) {
            return;
        }
        told = true;
        String ports = connections.stream()
                .map(entry -> Integer.toString(entry.local().port()))
                .collect(Collectors.joining(", "));
        LOG.info(
                "Excludes {} own {} (local {} {})",
                connections.size(),
                connections.size() == 1 ? "connection" : "connections",
                connections.size() == 1 ? "port" : "ports",
                ports);
    }

    private void fail(long open, List<SocketEntry> connections) {
        long known = connections.stream()
                .filter(entry -> recognised.test(entry.connection()))
                .count();
        String limitation =
                "cannot prove that the agent leaves out its own connections: Kafka's client has some that the kernel's"
                        + " socket table does not show as own. If a broker is on this host, name its port in"
                        + " agent.exclude.ports, lest the agent captures what it publishes";
        if (limitations.isEmpty()) {
            LOG.warn("The agent {} ({} open, {} recognised)", limitation, open, known);
        }
        told = false;
        limitations = List.of(limitation);
    }

    List<String> limitations() {
        return limitations;
    }
}
