package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Own traffic, and beside it that of programs which settings include or exclude. Each new connection is judged by a look at
 * the kernel's sockets that is later than its SYN. Who was gone before the look is nobody's: it is counted.
 */
final class ProgramTraffic implements OwnTraffic {
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(50);
    private static final Duration THOROUGH_INTERVAL = Duration.ofSeconds(1);
    /** A look is followed by a rest of so many times what it took. */
    private static final int REST = 10;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final OwnTraffic own;
    private final ProgramLedger ledger;
    private final SocketTable table;
    private final Clock clock;
    private final Supplier<List<Endpoint>> localAddresses;
    private final AtomicLong unattributed = new AtomicLong();
    private long lookedAtNs = Long.MIN_VALUE;
    private long nextLookNs = Long.MIN_VALUE;
    private Instant thoroughAt = Instant.MIN;
    private List<Endpoint> local = List.of();
    private volatile List<String> limitations = List.of();

    ProgramTraffic(
            OwnTraffic own,
            ProgramLedger ledger,
            SocketTable table,
            Clock clock,
            Supplier<List<Endpoint>> localAddresses) {
        this.own = own;
        this.ledger = ledger;
        this.table = table;
        this.clock = clock;
        this.localAddresses = localAddresses;
    }

    @Override
    public boolean covers(SegmentHeader header) {
        return own.covers(header);
    }

    @Override
    public boolean owns(Connection connection) {
        return own.owns(connection);
    }

    @Override
    public Verdict judge(SegmentHeader header, long timeNs) {
        Verdict verdict = own.judge(header, timeNs);
        return verdict != Verdict.FOREIGN || passes(header, timeNs) ? verdict : Verdict.LISTED_OUT;
    }

    private boolean passes(SegmentHeader header, long timeNs) {
        boolean opening = (header.flags() & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN;
        Boolean passes = ledger.passes(header, opening, timeNs);
        if (passes != null) {
            return passes;
        }
        if (opening) {
            ledger.forget(header);
        }
        if (!opening || lookedAtNs <= timeNs) {
            awaitNextLook();
            look();
            passes = ledger.passes(header, opening, timeNs);
        }
        if (passes != null) {
            return passes;
        }
        unattributed.incrementAndGet();
        return ledger.giveUp(header, nowNs());
    }

    /** Not more often, so that a storm of connections is judged by few looks. */
    private void awaitNextLook() {
        long wait = nextLookNs - nowNs();
        if (nextLookNs != Long.MIN_VALUE && wait > 0) {
            LockSupport.parkNanos(this, wait);
        }
    }

    private void look() {
        Instant now = clock.instant();
        long beganNs = nowNs();
        if (Duration.between(thoroughAt, now).abs().compareTo(THOROUGH_INTERVAL) >= 0) {
            thoroughAt = now;
            ledger.findProcesses();
            local = localAddresses.get();
        }
        try {
            ledger.update(table, local, beganNs);
            limitations = List.of();
        } catch (IOException e) {
            limitations =
                    List.of("the kernel's socket table cannot be read, so nobody knows which connections are of the"
                            + " programs that agent.include.programs and agent.exclude.programs name: "
                            + e.getMessage());
        }
        lookedAtNs = beganNs;
        long endedNs = nowNs();
        nextLookNs = endedNs
                + Math.min(NANOS_PER_SECOND, Math.max(LEAST_INTERVAL.toNanos(), REST * Math.max(0, endedNs - beganNs)));
    }

    @Override
    public void refresh() {
        own.refresh();
        if (Duration.between(thoroughAt, clock.instant()).abs().compareTo(THOROUGH_INTERVAL) >= 0) {
            look();
        }
    }

    @Override
    public List<SocketEntry> listed(List<SocketEntry> sockets, Collection<Endpoint> addresses) {
        return ledger.passing(sockets, addresses);
    }

    @Override
    public long unattributedConnections() {
        return unattributed.get();
    }

    @Override
    public List<String> limitations() {
        return Stream.concat(own.limitations().stream(), limitations.stream()).toList();
    }

    @Override
    public void close() {
        table.close();
        own.close();
    }

    private long nowNs() {
        Instant now = clock.instant();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
    }
}
