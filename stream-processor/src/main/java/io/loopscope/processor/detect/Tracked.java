package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.sockets.SocketFacts;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import io.loopscope.processor.tcp.Timeout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection with all that the detector keeps beside it. As a timer it is the connection's place in the
 * {@link ConnectionTable}: which of them is forgotten next.
 */
final class Tracked extends Timer implements Subject {

    /** How near a connection is to being forgotten, and in which order connections have to make room. */
    enum Phase {
        /** Over, remembered for late segments. */
        CLOSED,
        /**
         * The same after TIME-WAIT. A queue of its own: its last segments are a minute older than those of connections
         * that a RST has just closed, and among them each would have to be searched a place.
         */
        FINISHED,
        /** Both FINs acknowledged: TIME-WAIT. */
        ENDING,
        /** Handshake not finished. */
        HANDSHAKE,
        /** Nothing seen for a while. */
        IDLE,
        /** All others. */
        ACTIVE,
        /** Would have been forgotten, but something is wrong with it. */
        OVERDUE
    }

    private static final List<Side> BOTH_SIDES = List.of(Side.LOW, Side.HIGH);
    private static final List<Side> ONE_SIDE = List.of(Side.LOW);

    private static final Set<TcpState> BEGUN_BY_RECEIPT =
            Set.of(TcpState.ESTABLISHED, TcpState.CLOSE_WAIT, TcpState.FIN_WAIT_2);

    /** One for all connections that have no timer of the TCP core, as open ones. */
    private static final ProtocolTimer[] NO_TIMERS = new ProtocolTimer[ProtocolTimer.TIMEOUTS.size()];

    final Connection connection;
    private final ConnectionTable table;
    /** Of the TCP core; never written while it is {@link #NO_TIMERS}. */
    ProtocolTimer[] protocolTimers = NO_TIMERS;

    final List<Condition> conditions = new ArrayList<>(0);
    Phase phase = Phase.ACTIVE;

    /** Number of the next connection event of this incarnation. */
    int events;

    /** As last counted in the census. */
    @Nullable ListenerMonitor listener;

    Side countedClient = Side.LOW;
    TcpState countedLow = TcpState.CLOSED;
    TcpState countedHigh = TcpState.CLOSED;
    boolean countedHandshake;
    boolean countedIdle;

    /** The handshake's time has been counted. */
    boolean handshakeCounted;

    /** Retransmissions since {@link #retransmissionsSince}, for the storm rule. */
    int retransmissions;

    long retransmissionsSince = Connection.NEVER;

    /** What the socket table says; null while it says nothing. */
    @Nullable KernelEnds kernel;

    /** The incarnation before, while its anomalies are being cleared. */
    private @Nullable ConnectionView past;

    private @Nullable String id;
    private long idOf;

    /** The step that already knows of this connection, so that it is not told for each segment. */
    private @Nullable Step noted;

    private long notedTurn;

    Tracked(Connection connection, ConnectionTable table) {
        this.connection = connection;
        this.table = table;
    }

    FourTuple tuple() {
        return connection.fourTuple();
    }

    /** Id of the current incarnation. */
    String id() {
        if (past != null) {
            return past.id();
        }
        if (kernel != null && kernel.seedId != null) {
            return kernel.seedId;
        }
        String known = id;
        if (known == null || idOf != connection.incarnation()) {
            idOf = connection.incarnation();
            known = Ids.connection(table.hostId(), tuple(), idOf);
            id = known;
        }
        return known;
    }

    Endpoint end(Side side) {
        return connection.endpoint(side);
    }

    Endpoint peer(Side side) {
        return connection.endpoint(side.peer());
    }

    /** Client or server: in a simultaneous open, where nobody is a server, the one whose SYN came second is named so. */
    Role role(Side side) {
        return side == client() ? Role.CLIENT : Role.SERVER;
    }

    /** {@code server 127.0.0.1:13306}. */
    String name(Side side) {
        String role = role(side) == Role.CLIENT ? "client " : "server ";
        return role + SocketText.of(tuple().address(side), tuple().port(side));
    }

    Side client() {
        if (past != null) {
            return past.client();
        }
        return onlyInTable() && kernel != null ? kernel.seedClient : connection.client();
    }

    /** Of one of its ends: which state is believed. */
    TcpState state(Side side) {
        return kernel == null ? end(side).state() : Verdict.of(this, side).state();
    }

    /** As the segments say, unless the kernel has ended it without one. */
    TcpState wireState(Side side) {
        return isOver(side) ? TcpState.CLOSED : end(side).state();
    }

    /** The kernel has ended it without a segment. */
    boolean isOver(Side side) {
        return kernel != null && kernel.isOver(side);
    }

    /** No segment of it was ever seen. */
    boolean onlyInTable() {
        return connection.incarnations() == 0;
    }

    /** It is over, by the segments or by the table. */
    boolean isClosed() {
        return connection.closed() || (kernel != null && kernel.ended);
    }

    /** When it last gave a sign of life. */
    long lastNanos() {
        return kernel == null ? connection.lastNanos() : Math.max(connection.lastNanos(), kernel.aliveNanos);
    }

    @Nullable KernelEnd kernelEnd(Side side) {
        // A connection of a socket to itself has one socket.
        return kernel == null ? null : kernel.end(tuple().selfConnected() ? Side.LOW : side);
    }

    /** What the table shows of an end now; null when it shows nothing. */
    @Nullable SocketFacts facts(Side side) {
        KernelEnd end = kernelEnd(side);
        return end == null ? null : end.facts();
    }

    /** A connection of a socket to itself has one. */
    List<Side> sides() {
        return tuple().selfConnected() ? ONE_SIDE : BOTH_SIDES;
    }

    HostContext host() {
        return table.host();
    }

    Side server() {
        return client().peer();
    }

    /** What follows is about an earlier incarnation; null: about the current one again. */
    void speakOf(@Nullable ConnectionView earlier) {
        past = earlier;
    }

    ConnectionView view() {
        if (past != null) {
            return past;
        }
        Side client = client();
        return new ConnectionView(
                id(),
                tuple(),
                client,
                connection.initiator(),
                connection.partial(),
                state(client),
                sinceNanos(client),
                state(client.peer()),
                sinceNanos(client.peer()),
                connection.history());
    }

    /** Since when an end is in the state that is believed. */
    private long sinceNanos(Side side) {
        KernelEnd of = kernelEnd(side);
        if (of != null && Verdict.of(this, side).evidence() == Evidence.KERNEL) {
            // States that begin with a received segment are no younger than what was received last.
            boolean received = BEGUN_BY_RECEIPT.contains(state(side)) && of.quietSinceNanos() != Connection.NEVER;
            return received ? Math.min(of.sinceNanos(), of.quietSinceNanos()) : of.sinceNanos();
        }
        return end(side).sinceNanos();
    }

    boolean hasOpenAnomaly() {
        for (Condition condition : conditions) {
            if (condition.isOpen()) {
                return true;
            }
        }
        return false;
    }

    /** Something that happened to it is still told: it may outlive the incarnation. */
    boolean hasHappening() {
        if (conditions.isEmpty()) {
            return false; // As nearly always: asked for each segment, so not worth an iterator.
        }
        for (Condition condition : conditions) {
            if (condition.rule == null) {
                return true;
            }
        }
        return false;
    }

    /**
     * Established on both ends, and everything that depends on its state is in step with that already: its phase, the
     * counts of its listener, and the timers of the TCP core, which has none for such a connection. All that can have
     * changed since is when it was last heard of, and what the {@link Rules} ask besides states.
     *
     * <p>Only by the segments: what the socket table says of a connection may change without one.
     */
    boolean isSteady() {
        return phase == Phase.ACTIVE
                && countedLow == TcpState.ESTABLISHED
                && countedHigh == TcpState.ESTABLISHED
                && end(Side.LOW).state() == TcpState.ESTABLISHED
                && end(Side.HIGH).state() == TcpState.ESTABLISHED
                && kernel == null
                && handshakeCounted
                && !countedIdle
                && countedClient == connection.client()
                && !connection.finished()
                && connection.nextDeadlineNanos() == Long.MAX_VALUE
                && noProtocolTimer();
    }

    private boolean noProtocolTimer() {
        for (ProtocolTimer timer : protocolTimers) {
            if (timer != null && timer.isNew(Connection.NEVER)) {
                return false;
            }
        }
        return true;
    }

    /** Tells the step once that the stored value has to be written. */
    void changed(Step step) {
        if (noted != step || notedTurn != step.turn()) {
            noted = step;
            notedTurn = step.turn();
            step.changed(tuple());
        }
    }

    ProtocolTimer protocolTimer(int index) {
        ProtocolTimer timer = protocolTimers[index];
        if (timer == null) {
            timer = new ProtocolTimer(this, index);
            if (protocolTimers == NO_TIMERS) {
                protocolTimers = new ProtocolTimer[ProtocolTimer.TIMEOUTS.size()];
            }
            protocolTimers[index] = timer;
        }
        return timer;
    }

    /** Nothing is expected of it for long: it takes as little memory as it can until then. */
    void pack() {
        connection.pack();
        id = null;
        if (protocolTimers != NO_TIMERS && noneNeeded()) {
            protocolTimers = NO_TIMERS;
        }
    }

    private boolean noneNeeded() {
        for (ProtocolTimer timer : protocolTimers) {
            if (timer != null && (timer.armed() || timer.isNew(Connection.NEVER))) {
                return false;
            }
        }
        return true;
    }

    int compareTuple(Tracked other) {
        FourTuple a = tuple();
        FourTuple b = other.tuple();
        int byLow = a.low().compareTo(b.low());
        if (byLow != 0) {
            return byLow;
        }
        int byHigh = a.high().compareTo(b.high());
        if (byHigh != 0) {
            return byHigh;
        }
        if (a.lowPort() != b.lowPort()) {
            return Integer.compare(a.lowPort(), b.lowPort());
        }
        return a.highPort() != b.highPort()
                ? Integer.compare(a.highPort(), b.highPort())
                : Long.compare(a.networkNamespace(), b.networkNamespace());
    }

    @Override
    public AnomalyScope scope() {
        return AnomalyScope.CONNECTION;
    }

    @Override
    void due(long atNanos) {
        table.due(this, atNanos);
    }

    /** Something about it is over that may have kept it from being forgotten. */
    void mayExpire(long nowNanos) {
        table.mayExpire(this, nowNanos);
    }

    /** One of the TCP core's own timeouts is due. */
    void protocolDue(long atNanos) {
        table.protocolDue(this, atNanos);
    }

    @Override
    Subject subject() {
        return this;
    }

    @Override
    int slot() {
        return 0;
    }

    /** The timers of the TCP core, one for each {@link Timeout} but the last. */
    static final class ProtocolTimer extends Timer {

        static final List<Timeout> TIMEOUTS = List.of(Timeout.TIME_WAIT, Timeout.GIVE_UP, Timeout.RESET_DOUBT);

        private final Tracked tracked;
        private final int index;
        private long sinceNanos = Connection.NEVER;

        ProtocolTimer(Tracked tracked, int index) {
            this.tracked = tracked;
            this.index = index;
        }

        /** It is not the one that is armed, or that has fired and changed nothing. */
        boolean isNew(long since) {
            return since != sinceNanos;
        }

        void armedSince(long since) {
            sinceNanos = since;
        }

        @Override
        void due(long atNanos) {
            tracked.protocolDue(atNanos);
        }

        @Override
        Subject subject() {
            return tracked;
        }

        @Override
        int slot() {
            return 1 + index;
        }
    }
}
