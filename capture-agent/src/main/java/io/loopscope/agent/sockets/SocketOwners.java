package io.loopscope.agent.sockets;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Finds out which processes sockets belong to. Dear: it goes through the open files of every process. */
public interface SocketOwners {

    /**
     * What one look has shown.
     *
     * @param byInode the owners that were found; of several that share a socket, the one with the lowest number
     * @param hiddenProcesses how many processes did not let themselves be looked into, for want of CAP_SYS_PTRACE
     */
    record Found(Map<Long, SocketOwner> byInode, int hiddenProcesses) {}

    /**
     * Looks for the owners of some sockets.
     *
     * @param inodes of the sockets, as {@link SocketEntry#inode} has them
     * @throws IOException if processes cannot be listed here
     */
    Found find(Set<Long> inodes) throws IOException;

    /** Counts the open files of an owner anew; what cannot be read any more stays as it is. */
    SocketOwner refresh(SocketOwner owner);

    /** The owners by {@code /proc/PID/fd}, of Linux. */
    static SocketOwners ofProc() {
        return new ProcSocketOwners(Path.of("/proc"));
    }
}
