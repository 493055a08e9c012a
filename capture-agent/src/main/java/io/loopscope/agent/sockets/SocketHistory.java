package io.loopscope.agent.sockets;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What readers have been told about the sockets so far. A change is measured against that and not against the poll
 * before: a queue that creeps up is told when it has doubled.
 */
final class SocketHistory {
    /** Where the kernel has no cookie. Several listeners may share an address. */
    private record Unnamed(Endpoint local, Endpoint remote, long listenerInode) {}

    private Map<Object, PolledSocket> told = Map.of();

    /** What was told last about this very socket; null when it is new. */
    @Nullable PolledSocket told(SocketEntry entry) {
        return told.get(key(entry));
    }

    /**
     * Compares the table with what was told, and takes what comes out of it as told.
     *
     * @param now the sockets of one poll
     * @param full whether to tell everything
     */
    SocketChanges next(Collection<PolledSocket> now, boolean full) {
        Map<Object, PolledSocket> next = new HashMap<>(now.size() * 2);
        List<PolledSocket> changed = new ArrayList<>();
        for (PolledSocket socket : now) {
            Object key = key(socket.entry());
            PolledSocket before = told.get(key);
            boolean tell = full || before == null || socket.differsFrom(before);
            // A dump may show a socket twice when its neighbours come and go meanwhile.
            if (next.put(key, tell || before == null ? socket : before) == null && tell) {
                changed.add(socket);
            }
        }
        List<SocketEntry> gone = told.entrySet().stream()
                .filter(before -> !next.containsKey(before.getKey()))
                .map(before -> before.getValue().entry())
                .toList();
        told = next;
        return new SocketChanges(changed, gone);
    }

    private static Object key(SocketEntry entry) {
        if (entry.cookie() != 0) {
            return entry.cookie();
        }
        return new Unnamed(entry.local(), entry.remote(), entry.state() == SocketState.LISTEN ? entry.inode() : 0);
    }
}
