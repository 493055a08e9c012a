package io.loopscope.agent.sockets;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
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

    /** What was told last, and the poll that has seen the socket last. */
    private static final class Told {
        private PolledSocket socket;
        private long poll;

        Told(PolledSocket socket, long poll) {
            this.socket = socket;
            this.poll = poll;
        }
    }

    /** All but {@link #timeWaits}. */
    private final Map<Object, Told> told = new HashMap<>();

    private final TimeWaitSockets timeWaits = new TimeWaitSockets();
    private long poll;

    /** Begins a poll; what one has seen that has failed since is forgotten. */
    void begin() {
        poll++;
        timeWaits.begin();
    }

    /**
     * Takes a socket in TIME-WAIT for seen by this poll, if readers know of it: there is nothing new to tell, and
     * {@link #next} need not be shown it.
     */
    boolean seesAgain(long cookie) {
        return timeWaits.see(cookie);
    }

    /** Whether readers know of a socket in TIME-WAIT. */
    boolean knowsInTimeWait(long cookie) {
        return timeWaits.contains(cookie);
    }

    /** How many sockets in TIME-WAIT readers know of. */
    int inTimeWait() {
        return timeWaits.count();
    }

    /** What was told last about this very socket; null when it is new or in TIME-WAIT. */
    @Nullable PolledSocket told(SocketEntry entry) {
        Told before = told.get(key(entry));
        return before == null ? null : before.socket;
    }

    /**
     * Compares the table with what was told, and takes what comes out of it as told. Ends the poll.
     *
     * @param now the sockets of one poll, without those that it {@link #seesAgain}
     * @param full whether to tell everything
     */
    SocketChanges next(Collection<PolledSocket> now, boolean full) {
        List<PolledSocket> changed = new ArrayList<>();
        for (PolledSocket socket : now) {
            SocketEntry entry = socket.entry();
            boolean inTimeWait = entry.state() == SocketState.TIME_WAIT && entry.cookie() != 0;
            if (inTimeWait ? isToldInTimeWait(entry, full) : isTold(socket, full)) {
                changed.add(socket);
            }
        }
        List<SocketEntry> gone = new ArrayList<>();
        for (Iterator<Told> all = told.values().iterator(); all.hasNext(); ) {
            Told each = all.next();
            if (each.poll != poll) {
                gone.add(each.socket.entry());
                all.remove();
            }
        }
        timeWaits.removeUnseen(gone);
        begin();
        return new SocketChanges(changed, gone);
    }

    private boolean isTold(PolledSocket socket, boolean full) {
        Told before = told.get(key(socket.entry()));
        if (before == null) {
            told.put(key(socket.entry()), new Told(socket, poll));
            return true;
        }
        // A dump may show a socket twice when its neighbours come and go meanwhile.
        boolean tell = before.poll != poll && (full || socket.differsFrom(before.socket));
        before.poll = poll;
        if (tell) {
            before.socket = socket;
        }
        return tell;
    }

    private boolean isToldInTimeWait(SocketEntry entry, boolean full) {
        if (timeWaits.isSeen(entry.cookie())) {
            return false;
        }
        told.remove(entry.cookie()); // As what it was before.
        if (timeWaits.see(entry.cookie())) {
            return full;
        }
        timeWaits.add(entry);
        return true;
    }

    private static Object key(SocketEntry entry) {
        if (entry.cookie() != 0) {
            return entry.cookie();
        }
        return new Unnamed(entry.local(), entry.remote(), entry.state() == SocketState.LISTEN ? entry.inode() : 0);
    }
}
