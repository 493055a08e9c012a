package io.loopscope.agent.sockets;

import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * The kernel's TCP sockets, IPv4 and IPv6, of one network namespace: that of the thread that has opened the table. After
 * that any one thread at a time may read it.
 *
 * <pre>
 * try (SocketTable table = SocketTable.open(SocketTable.Detail.AGES)) {
 *     for (SocketEntry socket : table.read()) { … }
 * }
 * </pre>
 */
public interface SocketTable extends AutoCloseable {

    /** How much is wanted. */
    enum Detail {
        /**
         * As {@link #BASIC}, but where it saves something without TIME-WAIT: no process has a socket in that state, and a
         * busy host has more of them than of all others.
         */
        OWNED,
        /** Addresses, state, inode, cookie, uid, queues and timers. */
        BASIC,
        /** Also when something was last received and sent, and the peer's window. */
        AGES
    }

    /**
     * The best way to read the table on this system: netlink's {@code sock_diag} on Linux, {@code /proc/net/tcp} where
     * that is refused, and OSHI on other systems.
     */
    static SocketTable open(Detail detail) {
        if (!Platform.isLinux()) {
            return new OshiSocketTable();
        }
        try {
            return NetlinkSocketTable.open(detail);
        } catch (IOException refused) {
            String why = refused.getMessage() + "; /proc/net/tcp is read instead, which costs more and tells no ages";
            return new ProcSocketTable(Path.of("/proc/thread-self/net"), List.of(why));
        }
    }

    /**
     * Reads the whole table once. It is no snapshot: sockets may come and go meanwhile.
     *
     * @param wanted which sockets to return; asked once for each
     * @return every socket that is wanted
     * @throws IOException if the table could not be read wholly, even when it was tried once more
     */
    List<SocketEntry> read(Predicate<? super SocketEntry> wanted) throws IOException;

    /**
     * The same without some sockets in TIME-WAIT, where leaving them out saves something.
     *
     * @param known whether a socket in TIME-WAIT, of which the cookie is given, need not be returned; asked before
     *     {@code wanted}, and again when the table has to be read once more
     */
    default List<SocketEntry> read(Predicate<? super SocketEntry> wanted, LongPredicate known) throws IOException {
        return read(wanted);
    }

    /** The same for all sockets. */
    default List<SocketEntry> read() throws IOException {
        return read(socket -> true);
    }

    /** What is read: {@code sock_diag}, {@code proc} or {@code oshi}. */
    String source();

    /** How often the table had to be read once more, because the first attempt broke off. */
    default long retries() {
        return 0;
    }

    /** What cannot be seen this way and why, a short sentence each. */
    default List<String> limitations() {
        return List.of();
    }

    @Override
    default void close() {
        // Most hold nothing open.
    }
}
