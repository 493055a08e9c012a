package io.loopscope.standalone.states;

import io.loopscope.agent.sockets.SocketEntry;
import io.loopscope.agent.sockets.SocketOwners;
import io.loopscope.agent.sockets.SocketTable;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Takes snapshots of the kernel's sockets in this network namespace. */
final class KernelTable implements AutoCloseable {
    private final SocketTable table;
    private final OwnerSearch owners;
    private final Clock clock;

    /** Finds the owners of sockets by their inodes. */
    @FunctionalInterface
    interface OwnerSearch {
        SocketOwners.Found find(Set<Long> inodes) throws IOException;
    }

    KernelTable(SocketTable table, OwnerSearch owners, Clock clock) {
        this.table = table;
        this.owners = owners;
        this.clock = clock;
    }

    /** With ages and owners only where they are shown: both cost. */
    static KernelTable open(boolean ages) {
        SocketTable.Detail detail = ages ? SocketTable.Detail.AGES : SocketTable.Detail.BASIC;
        return new KernelTable(SocketTable.open(detail), SocketOwners.ofProc()::find, Clock.systemUTC());
    }

    /**
     * Reads the table.
     *
     * @param ownersOf whose owners are looked for
     * @param withOwners whether they are looked for at all
     * @throws OperatingException if it cannot be read
     */
    Snapshot read(Set<NetstatState> ownersOf, boolean withOwners) {
        Instant at = clock.instant();
        List<SocketLine> lines;
        try {
            lines = table.read().stream().map(SocketLine::of).toList();
        } catch (IOException e) {
            throw new OperatingException(
                    "the kernel's socket table cannot be read: " + e.getMessage(),
                    "Compare with: ss -tan",
                    ExitCode.FAILURE,
                    e);
        }
        List<String> limitations = new ArrayList<>(table.limitations());
        Snapshot snapshot = new Snapshot(at, table.source(), lines, limitations);
        return withOwners ? withOwners(snapshot, ownersOf, limitations) : snapshot;
    }

    private Snapshot withOwners(Snapshot snapshot, Set<NetstatState> states, List<String> limitations) {
        Set<Long> inodes = snapshot.in(states).stream()
                .map(line -> line.entry().inode())
                .filter(inode -> inode != 0)
                .collect(Collectors.toSet());
        try {
            SocketOwners.Found found = owners.find(inodes);
            long unseen = inodes.stream()
                    .filter(inode -> !found.byInode().containsKey(inode))
                    .count();
            if (unseen > 0 && found.hiddenProcesses() > 0) {
                limitations.add(("sockets of processes that may not be looked into: %d (of %d such processes);"
                                + " root or CAP_SYS_PTRACE sees whose they are")
                        .formatted(unseen, found.hiddenProcesses()));
            }
            List<SocketLine> owned = snapshot.lines().stream()
                    .map(line -> line.ownedBy(found.byInode().get(line.entry().inode())))
                    .toList();
            return new Snapshot(snapshot.at(), snapshot.source(), owned, limitations);
        } catch (IOException e) {
            boolean named =
                    snapshot.lines().stream().anyMatch(line -> line.entry().pid() != SocketEntry.UNKNOWN);
            if (!named) {
                limitations.add("processes cannot be listed here: " + e.getMessage());
            }
            return new Snapshot(snapshot.at(), snapshot.source(), snapshot.lines(), limitations);
        }
    }

    @Override
    public void close() {
        table.close();
    }
}
