package io.loopscope.agent.sockets;

import java.io.IOException;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/** A table that has to be read by a thread of its namespace, because it is a file and not a socket. */
final class DistantSocketTable implements SocketTable {
    private final NetworkNamespace namespace;
    private final SocketTable table;

    private DistantSocketTable(NetworkNamespace namespace, SocketTable table) {
        this.namespace = namespace;
        this.table = table;
    }

    /** The table of a namespace, from wherever it is read. */
    static SocketTable open(NetworkNamespace namespace, Detail detail) throws IOException {
        SocketTable table = namespace.read(() -> SocketTable.open(detail));
        return namespace.isOwn() || table instanceof NetlinkSocketTable
                ? table
                : new DistantSocketTable(namespace, table);
    }

    @Override
    public List<SocketEntry> read(Predicate<? super SocketEntry> wanted) throws IOException {
        return namespace.read(() -> table.read(wanted));
    }

    @Override
    public List<SocketEntry> read(Predicate<? super SocketEntry> wanted, LongPredicate known) throws IOException {
        return namespace.read(() -> table.read(wanted, known));
    }

    @Override
    public String source() {
        return table.source();
    }

    @Override
    public long retries() {
        return table.retries();
    }

    @Override
    public List<String> limitations() {
        return table.limitations();
    }

    @Override
    public void close() {
        table.close();
    }
}
