package io.loopscope.agent.sockets;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Owners that have been found, by inode. Looking for owners goes through the open files of every process, so it is done
 * only when there is somebody new to look for, and the less often the more it costs.
 */
final class OwnerCache {
    private final SocketOwners owners;
    private final LongSupplier cpuNs;
    private final double cpuShare;
    private final Map<Long, SocketOwner> known = new HashMap<>();
    /** Looked for in vain. */
    private final Set<Long> missed = new HashSet<>();

    private long walks;
    private long walkedAtNs;
    private long restNs;
    private @Nullable String limitation;

    /**
     * An empty cache.
     *
     * @param cpuNs CPU time of the thread that uses the cache
     * @param cpuShare of one core that looking may cost in the long run
     */
    OwnerCache(SocketOwners owners, LongSupplier cpuNs, double cpuShare) {
        this.owners = owners;
        this.cpuNs = cpuNs;
        this.cpuShare = cpuShare;
    }

    @Nullable SocketOwner get(long inode) {
        return inode == 0 ? null : known.get(inode);
    }

    /** Whether its owner has neither been found nor looked for. */
    boolean isNew(long inode) {
        return inode != 0 && !known.containsKey(inode) && !missed.contains(inode);
    }

    /**
     * Looks for the owners of sockets, unless the last time is too recent for what it cost.
     *
     * @param inodes of new sockets
     * @param nowNs the time; one that goes back ends the rest
     */
    void look(Set<Long> inodes, long nowNs) {
        long since = nowNs - walkedAtNs;
        if (inodes.isEmpty() || (since >= 0 && since < restNs)) {
            return;
        }
        long before = cpuNs.getAsLong();
        walks++;
        Set<Long> wanted = new HashSet<>(inodes);
        wanted.addAll(missed);
        try {
            SocketOwners.Found found = owners.find(wanted);
            known.putAll(found.byInode());
            wanted.removeAll(found.byInode().keySet());
            missed.clear();
            missed.addAll(wanted);
            limitation = found.hiddenProcesses() == 0 || missed.isEmpty()
                    ? null
                    : "some processes may not be looked into, so the owners of their sockets are unknown: the agent"
                            + " lacks CAP_SYS_PTRACE, or has fewer capabilities than they";
        } catch (IOException e) {
            limitation = "processes cannot be listed, so the owners of sockets are unknown: " + e.getMessage();
        }
        walkedAtNs = nowNs;
        restNs = (long) ((cpuNs.getAsLong() - before) / cpuShare);
    }

    /** Forgets all but these sockets, and counts the open files of those that own them anew. */
    void refresh(Collection<Long> inodes) {
        known.keySet().retainAll(inodes);
        missed.retainAll(inodes);
        Map<Integer, SocketOwner> processes = new HashMap<>();
        known.replaceAll((inode, owner) ->
                owner.withProcess(processes.computeIfAbsent(owner.pid(), pid -> owners.refresh(owner))));
    }

    /** How often owners were looked for. */
    long walks() {
        return walks;
    }

    List<String> limitations() {
        return limitation == null ? List.of() : List.of(limitation);
    }
}
