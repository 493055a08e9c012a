package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Own traffic by sockets. A segment of a connection that touches a broker is judged by a look at the kernel's sockets
 * that is later than the connection's SYN: whose socket is it? All others pass unless a look has shown them to be own.
 */
final class SocketOwnTraffic implements OwnTraffic {
    /** Looks are not made more often; a storm of connections to a broker is judged by few of them. */
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(50);
    /** All processes are gone through, which costs more, not more often than this when there is no occasion... */
    private static final Duration THOROUGH_INTERVAL = Duration.ofSeconds(5);
    /** ... nor than this when there is. */
    private static final Duration LEAST_THOROUGH_INTERVAL = Duration.ofSeconds(1);

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final OwnSockets ownSockets;
    private final Supplier<Collection<Endpoint>> brokers;
    private final SocketLedger ledger;
    private final SocketTable table;
    private final Clock clock;
    private final Supplier<List<Endpoint>> localAddresses;
    private Instant lookedAt = Instant.MIN;
    private Instant thoroughAt = Instant.MIN;
    private Set<Long> inodes = Set.of();
    private @Nullable OwnTrafficProof proof;

    SocketOwnTraffic(
            OwnSockets ownSockets,
            SocketTable table,
            Supplier<Collection<Endpoint>> brokers,
            Clock clock,
            Supplier<List<Endpoint>> localAddresses) {
        this.localAddresses = localAddresses;
        this.ownSockets = ownSockets;
        this.brokers = brokers;
        this.clock = clock;
        this.table = table;
        ledger = new SocketLedger(table);
    }

    /** Its refreshes prove that it knows the connections of this process. */
    SocketOwnTraffic proving(OwnTrafficProof by) {
        proof = by;
        return this;
    }

    @Override
    public boolean covers(SegmentHeader header) {
        return ledger.covers(header);
    }

    @Override
    public boolean owns(Connection connection) {
        return ledger.owns(connection);
    }

    @Override
    public Verdict judge(SegmentHeader header, long timeNs) {
        if (ledger.isOfOwnListener(header)) {
            return Verdict.OWN;
        }
        if (!ledger.isSuspect(header)) {
            return Verdict.FOREIGN;
        }
        Connection connection = Connection.of(header);
        boolean opening = (header.flags() & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN;
        if (opening) {
            ledger.forgetUnlessOwn(connection);
        }
        if (opening ? nanos(lookedAt) <= timeNs : !ledger.knows(connection)) {
            lookForAttribution();
        }
        return ledger.verdict(connection, Instant.ofEpochSecond(timeNs / NANOS_PER_SECOND, timeNs % NANOS_PER_SECOND));
    }

    private void lookForAttribution() {
        Duration since = Duration.between(lookedAt, clock.instant());
        if (since.compareTo(LEAST_INTERVAL) < 0 && !since.isNegative()) {
            LockSupport.parkNanos(LEAST_INTERVAL.minus(since).toNanos());
        }
        look(LEAST_THOROUGH_INTERVAL);
    }

    @Override
    public void refresh() {
        boolean changed = ledger.setBrokers(brokers.get());
        boolean due = Duration.between(thoroughAt, clock.instant()).compareTo(THOROUGH_INTERVAL) >= 0;
        if (changed || due || !ownSockets.read().inodes().equals(inodes)) {
            look(THOROUGH_INTERVAL);
        }
        if (proof != null) {
            // A connection may be made between the look and the proof: it will have been seen by the second.
            if (!proof.holds(inodes)) {
                look(THOROUGH_INTERVAL);
                proof.attempt(inodes);
            }
        }
    }

    private void look(Duration thoroughInterval) {
        Instant now = clock.instant();
        ledger.setBrokers(brokers.get());
        if (Duration.between(thoroughAt, now).compareTo(thoroughInterval) >= 0) {
            thoroughAt = now;
            ownSockets.findProcesses();
            ledger.setLocalAddresses(localAddresses.get());
        }
        inodes = ledger.update(ownSockets, clock);
        lookedAt = now;
    }

    @Override
    public List<SocketEntry> listed(List<SocketEntry> sockets, Collection<Endpoint> addresses) {
        return sockets;
    }

    @Override
    public long unattributedConnections() {
        return 0;
    }

    @Override
    public List<String> limitations() {
        return proof == null
                ? ledger.limitations()
                : Stream.concat(ledger.limitations().stream(), proof.limitations().stream())
                        .toList();
    }

    @Override
    public void close() {
        table.close();
    }

    /** Far enough in both directions that nothing overflows. */
    private static long nanos(Instant time) {
        return time.equals(Instant.MIN) ? Long.MIN_VALUE : time.getEpochSecond() * NANOS_PER_SECOND + time.getNano();
    }
}
