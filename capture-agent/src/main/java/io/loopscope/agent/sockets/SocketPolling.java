package io.loopscope.agent.sockets;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Polls the table again and again, and finds out what is to be told: sockets of connections that stay on this host, and
 * listeners; not those of the pipeline itself. For one thread; {@link #limitations} and counters for any.
 */
public final class SocketPolling implements AutoCloseable {
    /** More are not kept, so that memory is bounded; what is over this is counted. */
    private static final int MOST_IN_TIME_WAIT = 32_768;
    /** With more than this a poll fails: leaving some out would look as if they were gone. */
    private static final int MOST_OTHERS = 65_536;

    /** Tells about the table's namespace. */
    @FunctionalInterface
    public interface Facts {
        /** What holds now. */
        NamespaceFacts read() throws IOException;
    }

    /**
     * What a polling needs of its host.
     *
     * @param table to read
     * @param owners to ask
     * @param ownSockets the pipeline's sockets
     * @param ownTraffic the pipeline's connections, also those that are closing
     * @param facts of the table's namespace, now
     * @param cpuNs CPU time of the polling thread
     */
    public record Host(
            SocketTable table,
            SocketOwners owners,
            OwnSockets ownSockets,
            OwnTraffic ownTraffic,
            Facts facts,
            LongSupplier cpuNs) {

        /**
         * A namespace, and the processes of this host.
         *
         * @throws IOException if the namespace cannot be entered
         */
        public static Host in(
                NetworkNamespace namespace, OwnSockets ownSockets, OwnTraffic ownTraffic, LongSupplier cpuNs)
                throws IOException {
            return new Host(
                    DistantSocketTable.open(namespace, SocketTable.Detail.AGES),
                    SocketOwners.ofProc(),
                    ownSockets,
                    ownTraffic,
                    () -> namespace.read(NamespaceFacts::ofThisThread),
                    cpuNs);
        }
    }

    private final Host host;
    private final Predicate<SocketEntry> wanted;
    private final boolean onlyLoopback;
    private final OwnerCache owners;
    private final SocketHistory history = new SocketHistory();
    private final LongAdder excludedOwn = new LongAdder();
    private final LongAdder leftOut = new LongAdder();
    private volatile List<String> limitations = List.of();

    /**
     * A polling that has told nothing yet.
     *
     * @param wanted which sockets settings leave in
     * @param onlyLoopback whether connections that leave the host are left out
     * @param cpuShare of one core that looking for owners may cost in the long run
     */
    public SocketPolling(Host host, Predicate<SocketEntry> wanted, boolean onlyLoopback, double cpuShare) {
        this.host = host;
        this.wanted = wanted;
        this.onlyLoopback = onlyLoopback;
        owners = new OwnerCache(host.owners(), host.cpuNs(), cpuShare);
    }

    /**
     * Reads the table once.
     *
     * @param id of the poll
     * @param timeNs the time now
     * @param full whether to tell everything
     * @throws IOException if the table could not be read wholly: then nothing is told, and nothing is gone
     */
    public SocketPoll poll(long id, long timeNs, boolean full) throws IOException {
        NamespaceFacts facts = host.facts().read();
        Admission admission = new Admission(facts);
        history.begin();
        // What is in TIME-WAIT stays as it is until it is gone: only a full round needs it again.
        List<SocketEntry> entries = host.table().read(admission, full ? cookie -> false : history::seesAgain);
        if (admission.others > MOST_OTHERS) {
            throw new SocketTableException("more than " + MOST_OTHERS + " sockets are not kept");
        }
        List<PolledSocket> sockets = withoutOwn(entries, facts).stream()
                .map(entry -> polled(entry, timeNs))
                .collect(Collectors.toCollection(ArrayList::new));
        if (full) {
            owners.refresh(
                    sockets.stream().map(socket -> socket.entry().inode()).collect(Collectors.toSet()));
        }
        owners.look(Suspects.among(sockets, timeNs, owners), timeNs);
        sockets.replaceAll(this::withOwner);
        SocketChanges changes = history.next(sockets, full);
        leftOut.add(admission.leftOut);
        limitations = Stream.of(host.table().limitations(), owners.limitations(), admission.limitations())
                .flatMap(List::stream)
                .toList();
        return new SocketPoll(id, timeNs, full, changes.sockets(), changes.gone(), facts);
    }

    /** Decides for each socket of the dump whether it is kept. */
    private final class Admission implements Predicate<SocketEntry> {
        private final NamespaceFacts facts;
        private final int knownInTimeWait = history.inTimeWait();
        private int newInTimeWait;
        private int leftOut;
        private int others;

        Admission(NamespaceFacts facts) {
            this.facts = facts;
        }

        @Override
        public boolean test(SocketEntry entry) {
            boolean local = entry.state() == SocketState.LISTEN
                    || !onlyLoopback
                    || (facts.isLocal(entry.local()) && facts.isLocal(entry.remote()));
            if (!local || entry.state() == SocketState.CLOSED || !wanted.test(entry)) {
                return false;
            }
            return entry.state() == SocketState.TIME_WAIT ? hasRoomInTimeWait(entry) : ++others <= MOST_OTHERS;
        }

        /** Those that were told of come first: else a full table would change with every poll for no reason. */
        private boolean hasRoomInTimeWait(SocketEntry entry) {
            if (history.knowsInTimeWait(entry.cookie())) {
                return true;
            }
            boolean room = knownInTimeWait + newInTimeWait < MOST_IN_TIME_WAIT;
            newInTimeWait += room ? 1 : 0;
            leftOut += room ? 0 : 1;
            return room;
        }

        List<String> limitations() {
            return leftOut == 0
                    ? List.of()
                    : List.of("of " + MOST_IN_TIME_WAIT + " sockets in TIME_WAIT and more the rest is left out, as if"
                            + " they were gone");
        }
    }

    private List<SocketEntry> withoutOwn(List<SocketEntry> entries, NamespaceFacts facts) {
        OwnSockets.Inodes own = host.ownSockets().read();
        Set<Connection> connections = new HashSet<>();
        List<Endpoint> listeners = new ArrayList<>();
        for (SocketEntry entry : entries) {
            if (own.has(entry)) {
                if (entry.state() == SocketState.LISTEN) {
                    listeners.add(entry.local());
                } else {
                    connections.add(entry.connection());
                }
            }
        }
        EndpointSet ownListeners = new EndpointSet(listeners, facts.localAddresses());
        List<SocketEntry> others = entries.stream()
                .filter(entry -> entry.state() == SocketState.LISTEN
                        ? !own.has(entry)
                        : !isOwn(entry, connections, ownListeners))
                .toList();
        excludedOwn.add(entries.size() - others.size());
        return host.ownTraffic().listed(others, facts.localAddresses());
    }

    private boolean isOwn(SocketEntry entry, Set<Connection> connections, EndpointSet ownListeners) {
        return ownListeners.contains(entry.local())
                || ownListeners.contains(entry.remote())
                || (!connections.isEmpty() && connections.contains(entry.connection()))
                || host.ownTraffic().owns(entry.connection());
    }

    private PolledSocket polled(SocketEntry entry, long timeNs) {
        PolledSocket before = history.told(entry);
        return new PolledSocket(entry, null, before == null ? timeNs : before.firstSeenNs(), timeNs);
    }

    private PolledSocket withOwner(PolledSocket socket) {
        SocketOwner owner = owners.get(socket.entry().inode());
        return owner == null ? socket : new PolledSocket(socket.entry(), owner, socket.firstSeenNs(), socket.readNs());
    }

    /** Sockets of the pipeline that were left out, summed over all polls. */
    public long excludedOwn() {
        return excludedOwn.sum();
    }

    /** Sockets left out because there were too many, summed over all polls. */
    public long leftOut() {
        return leftOut.sum();
    }

    /** How often owners were looked for. */
    public long ownerWalks() {
        return owners.walks();
    }

    /** How often the table had to be read once more. */
    public long retries() {
        return host.table().retries();
    }

    /** What cannot be seen here and why, a short sentence each, as of the last poll. */
    public List<String> limitations() {
        return limitations;
    }

    @Override
    public void close() {
        host.table().close();
    }
}
