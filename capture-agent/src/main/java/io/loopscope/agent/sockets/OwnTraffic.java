package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.SegmentHeader;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Tells the pipeline's own segments from everybody else's. {@link #covers} and {@link #owns} may be asked by any thread,
 * the rest by the publishing thread only.
 */
public interface OwnTraffic extends AutoCloseable {
    /** Nothing is own: for a capture file, whose connections are not of this host. */
    OwnTraffic NONE = new NoOwnTraffic();

    /**
     * Own traffic by the kernel's sockets.
     *
     * @param ownSockets which sockets are own
     * @param brokers the endpoints of the pipeline's brokers as far as they are known; asked often, must not block
     * @param clock of this host
     * @param namespace whose segments are judged; the pipeline itself may be in another one
     * @param openConnections how many connections Kafka's client of this process has now
     * @throws IOException if the namespace cannot be entered
     */
    static OwnTraffic bySockets(
            OwnSockets ownSockets,
            Supplier<Collection<Endpoint>> brokers,
            Clock clock,
            NetworkNamespace namespace,
            LongSupplier openConnections)
            throws IOException {
        SocketTable table = DistantSocketTable.open(namespace, SocketTable.Detail.OWNED);
        // What listens on a loopback address of another namespace is somebody else's, whatever its port.
        Supplier<Collection<Endpoint>> reachable = namespace.isOwn()
                ? brokers
                : () -> brokers.get().stream()
                        .filter(broker -> !broker.isLoopback())
                        .toList();
        SocketOwnTraffic own =
                new SocketOwnTraffic(ownSockets, table, reachable, clock, () -> LocalAddresses.of(namespace));
        // In another namespace this process has no connection, so that there is nothing to prove.
        return namespace.isOwn()
                ? own.proving(new OwnTrafficProof(
                        OwnSockets.ofProcesses(Set.of(), Set.of()), table, own::owns, openConnections))
                : own;
    }

    /**
     * The same, and beside the pipeline's connections those that lists of programs leave out.
     *
     * @param own the pipeline's
     * @param include names of programs, or words of their command lines; empty for all
     * @param exclude the same; empty for none
     * @throws IOException if the namespace cannot be entered
     */
    static OwnTraffic withPrograms(
            OwnTraffic own, Set<String> include, Set<String> exclude, Clock clock, NetworkNamespace namespace)
            throws IOException {
        if (include.isEmpty() && exclude.isEmpty()) {
            return own;
        }
        ProgramLedger ledger = new ProgramLedger(
                include.isEmpty() ? null : OwnSockets.ofPrograms(include),
                exclude.isEmpty() ? null : OwnSockets.ofPrograms(exclude));
        SocketTable table = DistantSocketTable.open(namespace, SocketTable.Detail.BASIC);
        return new ProgramTraffic(own, ledger, table, clock, () -> LocalAddresses.of(namespace));
    }

    /** What a segment is. */
    enum Verdict {
        /** Somebody else's: publish it. */
        FOREIGN,
        /** Of a socket of the pipeline. */
        OWN,
        /**
         * To or from a broker of the pipeline, on a connection that was gone before anybody could see whose it was,
         * at a time when the pipeline itself was not connected there, or when the broker was dying. It is left out: were
         * it the agent's own attempt to connect, it would publish its own trouble.
         */
        UNATTRIBUTED,
        /** Somebody else's, and left out by a list of programs. */
        LISTED_OUT
    }

    /** A quick answer from what is known: true means certainly own. */
    boolean covers(SegmentHeader header);

    /** The same for a connection of the kernel's table, which may be closing already. */
    boolean owns(Connection connection);

    /**
     * The full answer; looks at the kernel's sockets when it has to.
     *
     * @param header the segment
     * @param timeNs when it was captured, nanoseconds since 1970-01-01T00:00:00Z
     */
    Verdict judge(SegmentHeader header, long timeNs);

    /** Looks at the kernel's sockets if they may have changed; call it every second, and when clients have connected. */
    void refresh();

    /**
     * Those of a reading of the kernel's table that the lists of programs let pass; by any thread.
     *
     * @param localAddresses the host's addresses, with port 0
     */
    List<SocketEntry> listed(List<SocketEntry> sockets, Collection<Endpoint> localAddresses);

    /** Connections that a list of programs could not decide, because they were over before a look; by any thread. */
    long unattributedConnections();

    /** What cannot be told apart here and why, a short sentence each; empty when all is well. */
    List<String> limitations();

    /** Lets go of the kernel's table. */
    @Override
    void close();
}
