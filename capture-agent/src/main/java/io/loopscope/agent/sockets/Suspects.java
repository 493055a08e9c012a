package io.loopscope.agent.sockets;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Which sockets are worth finding the owner of: those that an anomaly may be about, and their peers. */
final class Suspects {
    /** A connection at rest for so long may be a leak. */
    private static final long IDLE_MS = 60_000;

    private static final long NANOS_PER_MS = 1_000_000;

    private Suspects() {}

    /**
     * Chooses among the sockets of one poll.
     *
     * @param timeNs of the poll
     * @param owners those whose owner is known already are left out
     * @return inodes, without 0
     */
    static Set<Long> among(Collection<PolledSocket> sockets, long timeNs, OwnerCache owners) {
        Set<Connection> connections = new HashSet<>();
        Set<Long> inodes = new HashSet<>();
        for (PolledSocket socket : sockets) {
            if (isSuspect(socket, timeNs)) {
                if (socket.entry().state() != SocketState.LISTEN) {
                    connections.add(socket.entry().connection());
                }
                add(socket.entry(), owners, inodes);
            }
        }
        for (PolledSocket socket : sockets) {
            if (owners.isNew(socket.entry().inode())
                    && connections.contains(socket.entry().connection())) {
                add(socket.entry(), owners, inodes);
            }
        }
        return inodes;
    }

    private static void add(SocketEntry entry, OwnerCache owners, Set<Long> inodes) {
        if (owners.isNew(entry.inode())) {
            inodes.add(entry.inode());
        }
    }

    private static boolean isSuspect(PolledSocket socket, long timeNs) {
        SocketEntry entry = socket.entry();
        return switch (entry.state()) {
            case LISTEN, CLOSE_WAIT, FIN_WAIT_1, FIN_WAIT_2, CLOSING, LAST_ACK -> true;
            case ESTABLISHED ->
                entry.receiveQueue() > 0
                        || entry.sendQueue() > 0
                        || entry.lastReceivedMs() >= IDLE_MS
                        || timeNs - socket.firstSeenNs() >= IDLE_MS * NANOS_PER_MS;
            case SYN_SENT, SYN_RECEIVED, TIME_WAIT, CLOSED -> false;
        };
    }
}
