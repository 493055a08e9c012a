package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.SegmentHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which connections are of programs that settings name, as looks at the kernel's sockets have shown. A connection is of a
 * program when either end is. For any thread.
 */
final class ProgramLedger {
    private static final int MOST_REMEMBERED = 65_536;
    private static final int INCLUDED = 1;
    private static final int EXCLUDED = 2;

    /** Whose a connection is, and when that was seen: by 0 nobody named, {@link #INCLUDED}, {@link #EXCLUDED}. */
    private record Seen(int whose, long atNs) {}

    private final @Nullable OwnSockets include;
    private final @Nullable OwnSockets exclude;
    private final List<OwnSockets> lists;
    private final Map<Connection, Seen> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Connection, Seen> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };
    private EndpointSet includedListeners = new EndpointSet(List.of(), List.of());
    private EndpointSet excludedListeners = includedListeners;

    /** {@code include} is null for all programs, {@code exclude} for none. */
    ProgramLedger(@Nullable OwnSockets include, @Nullable OwnSockets exclude) {
        this.include = include;
        this.exclude = exclude;
        lists = Stream.of(Optional.ofNullable(include), Optional.ofNullable(exclude))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Finds the programs anew. Who was nobody's may be theirs when they are others than before. */
    synchronized void findProcesses() {
        boolean changed = false;
        for (OwnSockets sockets : lists) {
            Set<Long> before = sockets.processes();
            sockets.findProcesses();
            changed |= !before.equals(sockets.processes());
        }
        if (changed) {
            known.values().removeIf(seen -> seen.whose() == 0);
        }
    }

    /** Whether the segment passes; null when a look has to tell. */
    synchronized @Nullable Boolean passes(SegmentHeader header, boolean opening, long timeNs) {
        if (excludedListeners.touches(header)) {
            return false;
        }
        Seen seen = known.get(Connection.of(header));
        if (seen == null || (opening && seen.atNs() <= timeNs)) {
            return null;
        }
        return passes(seen.whose() | (includedListeners.touches(header) ? INCLUDED : 0));
    }

    private boolean passes(int whose) {
        return (whose & EXCLUDED) == 0 && (include == null || (whose & INCLUDED) != 0);
    }

    /** A look that is later than the connection's first segment does not show it. Returns whether it passes. */
    synchronized boolean giveUp(SegmentHeader header, long nowNs) {
        int whose = includedListeners.touches(header) ? INCLUDED : 0;
        known.put(Connection.of(header), new Seen(whose, nowNs));
        return passes(whose);
    }

    /** What it was before is another's. */
    synchronized void forget(SegmentHeader header) {
        known.remove(Connection.of(header));
    }

    /** Sorts what the table shows. */
    synchronized void update(SocketTable table, Collection<Endpoint> localAddresses, long nowNs) throws IOException {
        Set<Long> included = inodes(include);
        Set<Long> excluded = inodes(exclude);
        List<SocketEntry> entries = table.read(entry -> entry.inode() != 0);
        // A socket that was made meanwhile is in the table and was not in those lists.
        included.addAll(inodes(include));
        excluded.addAll(inodes(exclude));
        includedListeners = listeners(entries, included, localAddresses);
        excludedListeners = listeners(entries, excluded, localAddresses);
        for (SocketEntry entry : entries) {
            if (entry.state() != SocketState.LISTEN) {
                int whose = whose(entry, included, excluded);
                known.merge(
                        entry.connection(),
                        new Seen(whose, nowNs),
                        (before, now) -> new Seen(before.whose() | now.whose(), nowNs));
            }
        }
    }

    private static EndpointSet listeners(
            List<SocketEntry> entries, Set<Long> inodes, Collection<Endpoint> localAddresses) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (SocketEntry entry : entries) {
            if (entry.state() == SocketState.LISTEN && inodes.contains(entry.inode())) {
                endpoints.add(entry.local());
            }
        }
        return new EndpointSet(endpoints, localAddresses);
    }

    private static Set<Long> inodes(@Nullable OwnSockets sockets) {
        return sockets == null ? new HashSet<>() : new HashSet<>(sockets.read().inodes());
    }

    private static int whose(SocketEntry entry, Set<Long> included, Set<Long> excluded) {
        return (included.contains(entry.inode()) ? INCLUDED : 0) | (excluded.contains(entry.inode()) ? EXCLUDED : 0);
    }

    /** Those of a reading of the table that pass. */
    synchronized List<SocketEntry> passing(List<SocketEntry> entries, Collection<Endpoint> localAddresses) {
        Set<Long> included = inodes(include);
        Set<Long> excluded = inodes(exclude);
        EndpointSet includedHere = listeners(entries, included, localAddresses);
        EndpointSet excludedHere = listeners(entries, excluded, localAddresses);
        Map<Connection, Integer> whose = new HashMap<>();
        for (SocketEntry entry : entries) {
            int one = whose(entry, included, excluded);
            if (one != 0) {
                whose.merge(entry.connection(), one, (a, b) -> a | b);
            }
        }
        return entries.stream()
                .filter(entry -> {
                    Seen seen = known.get(entry.connection());
                    return passes(whose.getOrDefault(entry.connection(), 0)
                            | (seen == null || entry.state() == SocketState.LISTEN ? 0 : seen.whose())
                            | (touches(includedHere, entry) ? INCLUDED : 0)
                            | (touches(excludedHere, entry) ? EXCLUDED : 0));
                })
                .toList();
    }

    private static boolean touches(EndpointSet listeners, SocketEntry entry) {
        return listeners.contains(entry.local())
                || (entry.state() != SocketState.LISTEN && listeners.contains(entry.remote()));
    }
}
