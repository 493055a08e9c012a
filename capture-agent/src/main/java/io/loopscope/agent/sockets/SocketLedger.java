package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.sockets.OwnTraffic.Verdict;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What looks at the kernel's sockets have shown so far: whose which connection is. */
final class SocketLedger {
    /** Segments of a closed connection still come while it is in TIME-WAIT; after that its port may be anybody's. */
    private static final Duration AFTERLIFE = Duration.ofMinutes(2);

    private static final int MOST_REMEMBERED = 10_000;

    /**
     * A broker that dies lets go of its listener and of its connections one after the other: who has lost one of them tries
     * to connect again in vain while others still look connected.
     */
    private static final Duration DYING = Duration.ofSeconds(1);

    /** Which end of a connection was seen to be own, and when it was last known to exist. */
    private record OwnEnd(Endpoint local, Instant lastKnown) {}

    /** The pipeline's connections to an endpoint, and since when looks have shown it to lose none of them. */
    private record Standing(Set<Connection> connections, Instant since) {}

    /** What {@link #covers} asks, replaced as a whole. */
    private record Known(ConnectionSet own, EndpointSet listeners) {}

    private final SocketTable table;
    private final Map<Connection, OwnEnd> own = new HashMap<>();
    /** The pipeline's connections to each endpoint at the last look. */
    private final Map<Endpoint, Set<Connection>> connected = new HashMap<>();

    private Map<Endpoint, Standing> standings = Map.of();
    private final RecentConnections foreign = new RecentConnections(MOST_REMEMBERED);
    private final RecentConnections unattributed = new RecentConnections(MOST_REMEMBERED);
    private Set<Endpoint> brokerEndpoints = Set.of();
    private Set<Endpoint> localAddresses = Set.of();
    private EndpointSet brokers = new EndpointSet(List.of(), List.of());
    private EndpointSet listening = brokers;
    private boolean readable = true;
    private volatile Known known = new Known(new ConnectionSet(List.of()), brokers);
    private volatile List<String> limitations = List.of();

    SocketLedger(SocketTable table) {
        this.table = table;
    }

    /** Asked by the capture thread for each packet. */
    boolean covers(SegmentHeader header) {
        Known now = known;
        return now.own().contains(header) || now.listeners().touches(header);
    }

    /** The same for a connection of the table; by any thread. */
    boolean owns(Connection connection) {
        return known.own().contains(connection);
    }

    boolean isOfOwnListener(SegmentHeader header) {
        return known.listeners().touches(header);
    }

    boolean isSuspect(SegmentHeader header) {
        return brokers.touches(header) || known.own().contains(header);
    }

    boolean knows(Connection connection) {
        return own.containsKey(connection) || foreign.contains(connection) || unattributed.contains(connection);
    }

    /** A new SYN may be of another socket than the one before. */
    void forgetUnlessOwn(Connection connection) {
        foreign.remove(connection);
        unattributed.remove(connection);
    }

    Verdict verdict(Connection connection, Instant captured) {
        if (own.containsKey(connection)) {
            return Verdict.OWN;
        }
        if (foreign.contains(connection)) {
            return Verdict.FOREIGN;
        }
        // The socket was gone before the look. Who is connected to a broker does not try to connect to it.
        if (readable && (wasConnected(connection.one(), captured) || wasConnected(connection.other(), captured))) {
            foreign.add(connection);
            return Verdict.FOREIGN;
        }
        unattributed.add(connection);
        return Verdict.UNATTRIBUTED;
    }

    /** An attempt of before may have been the pipeline's own, in vain; so may one at a broker that listens no more. */
    private boolean wasConnected(Endpoint endpoint, Instant captured) {
        Standing standing = standings.get(endpoint);
        return standing != null
                && standing.since().isBefore(captured)
                && (listening.contains(endpoint) || !endpoint.isLocal(localAddresses));
    }

    /** Returns whether they are others than before. */
    boolean setBrokers(Collection<Endpoint> endpoints) {
        Set<Endpoint> now = Set.copyOf(endpoints);
        if (now.equals(brokerEndpoints)) {
            return false;
        }
        brokerEndpoints = now;
        brokers = new EndpointSet(now, localAddresses);
        return true;
    }

    void setLocalAddresses(Collection<Endpoint> addresses) {
        localAddresses = Set.copyOf(addresses);
    }

    /**
     * Reads the table, sorts its connections, and returns the own sockets. A socket that is made while the table is
     * read is not among those listed before, so what would be somebody else's is checked against a second list.
     */
    Set<Long> update(OwnSockets ownSockets, Clock clock) {
        Instant now = clock.instant();
        OwnSockets.Inodes before = ownSockets.read();
        List<Endpoint> listeners = new ArrayList<>();
        List<Endpoint> ownListeners = new ArrayList<>();
        List<SocketEntry> doubtful = new ArrayList<>();
        connected.clear();
        try {
            for (SocketEntry entry : table.read(entry -> mayMatter(entry, before))) {
                boolean isOwn = before.has(entry);
                if (entry.state() == SocketState.LISTEN) {
                    (isOwn ? ownListeners : listeners).add(entry.local());
                } else if (isOwn) {
                    addOwn(entry, now);
                } else {
                    sortOther(entry, now, doubtful);
                }
            }
            readable = true;
            limitations = before.unreadable();
        } catch (IOException e) {
            readable = false;
            limitations = List.of("the kernel's socket table cannot be read, so all connections to brokers of the"
                    + " pipeline are left out: " + e.getMessage());
        }
        settle(doubtful, ownSockets, now);
        // What was read may have come to be while it was read.
        Instant read = clock.instant();
        standings = connected.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> after(standings.get(entry.getKey()), entry.getValue(), read)));
        listening = new EndpointSet(listeners, localAddresses);
        own.values().removeIf(end -> end.lastKnown().plus(AFTERLIFE).isBefore(now));
        known = new Known(new ConnectionSet(own.keySet()), new EndpointSet(ownListeners, localAddresses));
        return before.inodes();
    }

    private static Standing after(@Nullable Standing before, Set<Connection> now, Instant read) {
        if (before == null) {
            return new Standing(now, read);
        }
        boolean lost = !now.containsAll(before.connections());
        return new Standing(now, lost ? read.plus(DYING) : before.since());
    }

    /** Most sockets of a host are neither own nor connected to a broker, and need not be kept. */
    private boolean mayMatter(SocketEntry entry, OwnSockets.Inodes ownInodes) {
        return entry.state() == SocketState.LISTEN
                || ownInodes.has(entry)
                || brokers.contains(entry.remote())
                || own.containsKey(entry.connection());
    }

    private void addOwn(SocketEntry entry, Instant now) {
        Connection connection = entry.connection();
        own.put(connection, new OwnEnd(entry.local(), now));
        foreign.remove(connection);
        unattributed.remove(connection);
        if (entry.state() == SocketState.ESTABLISHED) {
            connected
                    .computeIfAbsent(entry.remote(), endpoint -> new HashSet<>())
                    .add(connection);
        }
    }

    private void sortOther(SocketEntry entry, Instant now, List<SocketEntry> doubtful) {
        Connection connection = entry.connection();
        OwnEnd end = own.get(connection);
        boolean ownEnd = end != null && end.local().equals(entry.local());
        if (ownEnd && entry.inode() == 0) { // Closed by its owner and not yet gone.
            own.put(connection, new OwnEnd(entry.local(), now));
        } else if (entry.inode() != 0 && (ownEnd || (end == null && brokers.contains(entry.remote())))) {
            // Only the end that is not the broker's tells whose connection it is.
            doubtful.add(entry);
        }
    }

    private void settle(List<SocketEntry> doubtful, OwnSockets ownSockets, Instant now) {
        Set<Long> after = doubtful.isEmpty() ? Set.of() : ownSockets.read().inodes();
        for (SocketEntry entry : doubtful) {
            if (after.contains(entry.inode())) {
                addOwn(entry, now);
                continue;
            }
            Connection connection = entry.connection();
            own.remove(connection);
            unattributed.remove(connection);
            foreign.add(connection);
        }
    }

    List<String> limitations() {
        return limitations;
    }
}
