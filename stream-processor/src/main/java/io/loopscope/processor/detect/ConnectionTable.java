package io.loopscope.processor.detect;

import io.loopscope.processor.detect.Counters.Counter;
import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.detect.Tracked.Phase;
import io.loopscope.processor.tcp.CloseReason;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import io.loopscope.processor.tcp.Timeout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a host, closed ones included for as long as late segments may come. Bounded: when it is full, closed
 * ones go first, then the oldest handshakes, then the longest idle ones. So do those of a host that takes more than its part
 * of the {@link ConnectionRoom} of all.
 */
final class ConnectionTable {

    /** 146 years. */
    private static final long UNTIL_IT_IS_OVER = Long.MAX_VALUE / 2;

    /** In the order in which they have to make room. */
    private static final List<Phase> PHASES = List.of(Phase.values());

    private final HostContext host;
    private final Map<FourTuple, Tracked> connections = new HashMap<>();
    private final ConditionEngine conditions;
    private final ListenerTable listeners;
    private final Roll roll;
    private final ConnectionEvents events;
    private final SocketWatch table;
    private final Quarantine quarantine;
    private final EnumCounts<Phase> inPhase = new EnumCounts<>(Phase.class);
    private final Map<Phase, TimerQueue> queues = new EnumMap<>(Phase.class);
    private final ProtocolTimers protocolTimers;
    private ConnectionRoom room = ConnectionRoom.unbounded();

    ConnectionTable(
            HostContext host, ConditionEngine conditions, ListenerTable listeners, Roll roll, ConnectionEvents events) {
        this.host = host;
        this.conditions = conditions;
        this.listeners = listeners;
        this.roll = roll;
        this.events = events;
        this.quarantine = new Quarantine(host, this, conditions, events);
        host.timers.fireWith(quarantine::fire);
        this.table = new SocketWatch(host, this, listeners, events);
        for (Phase phase : Phase.values()) {
            // Two phases of equal duration must not share a queue: its head is who makes room first.
            queues.put(phase, host.timers.queue(Clock.HOST, phase, staysNanos(phase)));
        }
        protocolTimers = new ProtocolTimers(host);
    }

    String hostId() {
        return host.hostId;
    }

    HostContext host() {
        return host;
    }

    int size() {
        return connections.size();
    }

    /** For what is done with single connections. */
    Quarantine quarantine() {
        return quarantine;
    }

    /** What comes from the socket table. */
    SocketWatch table() {
        return table;
    }

    @Nullable Tracked get(FourTuple tuple) {
        return connections.get(tuple);
    }

    /** All of them in order. */
    List<Tracked> all() {
        List<Tracked> all = new ArrayList<>(connections.values());
        all.sort(Tracked::compareTuple);
        return all;
    }

    void apply(FourTuple tuple, Segment segment, boolean controlOnly) {
        if (host.out().isQuarantined(tuple)) {
            host.counters.add(Counter.SEGMENTS_QUARANTINED, segment.count());
            return;
        }
        Tracked tracked = connections.get(tuple);
        if (tracked == null) {
            tracked = add(new Connection(tuple, host.tcp));
            Side listening = listeners.listeningSide(tuple);
            if (listening != null) {
                tracked.connection.listenerIs(listening);
            }
        }
        int before = quarantine.mark();
        try {
            tracked.connection.captureControlOnly(controlOnly);
            apply(tracked, segment);
            makeRoom(tracked);
        } catch (RuntimeException bug) {
            quarantine.failed(tracked, before, bug);
        }
    }

    private void apply(Tracked tracked, Segment segment) {
        SocketWatch.beforeSegment(tracked, segment);
        events.begin(tracked, segment);
        tracked.connection.apply(segment, events);
        events.end();
        if (host.polls.lastNanos() != Connection.NEVER) {
            table.segment(tracked);
        }
        if (tracked.isSteady() && conditions.nothingToSay(tracked)) {
            settleSteady(tracked, segment.atNanos());
        } else {
            settle(tracked, segment.atNanos());
        }
        roll.listener(tracked).alarms().segments(segment.count(), segment.atNanos());
    }

    /** A timeout of the TCP core is due. */
    void protocolDue(Tracked tracked, long nowNanos) {
        events.begin(tracked, null);
        tracked.connection.at(nowNanos, events);
        events.end();
        settle(tracked, nowNanos);
    }

    /** Brings all that depends on a connection in step with it. */
    void settle(Tracked tracked, long nowNanos) {
        tracked.changed(host.out());
        place(tracked);
        roll.count(tracked, nowNanos);
        conditions.evaluate(tracked, nowNanos);
        protocolTimers.arm(tracked);
    }

    /** All that {@link #settle} does for one that {@linkplain Tracked#isSteady is steady}, as most segments leave theirs. */
    private void settleSteady(Tracked tracked, long nowNanos) {
        tracked.changed(host.out());
        move(tracked, Phase.ACTIVE, tracked.lastNanos());
        roll.listener(tracked).alarms().leakMayHaveChanged(nowNanos);
    }

    /** Puts a connection into the queue of what it is now, behind all that were touched before. */
    private void place(Tracked tracked) {
        Phase phase = phase(tracked);
        move(tracked, phase, since(tracked, phase));
    }

    private void move(Tracked tracked, Phase phase, long since) {
        if (phase == tracked.phase && tracked.armed() && tracked.key == since) {
            return;
        }
        inPhase.add(tracked.phase, -1);
        inPhase.add(phase, 1);
        tracked.phase = phase;
        host.timers.arm(tracked, queue(phase), since);
    }

    private static Phase phase(Tracked tracked) {
        Connection connection = tracked.connection;
        if (!connection.closed() && tracked.isClosed()) {
            return Phase.CLOSED;
        }
        if (connection.closed()) {
            return connection.closeReason() == CloseReason.FINISHED ? Phase.FINISHED : Phase.CLOSED;
        }
        if (connection.finished()) {
            return Phase.ENDING;
        }
        boolean opening = isOpening(connection, Side.LOW) || isOpening(connection, Side.HIGH);
        return opening ? Phase.HANDSHAKE : Phase.ACTIVE;
    }

    private static boolean isOpening(Connection connection, Side side) {
        TcpState state = connection.endpoint(side).state();
        return state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED;
    }

    private static long since(Tracked tracked, Phase phase) {
        long armed = isOver(phase) ? tracked.connection.armedSinceNanos(Timeout.FORGET) : Connection.NEVER;
        return armed == Connection.NEVER ? tracked.lastNanos() : armed;
    }

    private TimerQueue queue(Phase phase) {
        return Objects.requireNonNull(queues.get(phase));
    }

    /** How long a connection may be in a phase. */
    private long staysNanos(Phase phase) {
        DetectorSettings.Limits limits = host.settings.limits();
        return switch (phase) {
            case CLOSED, FINISHED -> host.tcp.nanos(Timeout.FORGET);
            case HANDSHAKE -> limits.forgetHandshake().toNanos();
            case ACTIVE -> limits.idleAfter().toNanos();
            case IDLE, ENDING -> limits.forgetIdle().toNanos();
            case OVERDUE -> UNTIL_IT_IS_OVER;
        };
    }

    /** A connection has been in its phase for as long as it may. */
    void due(Tracked tracked, long nowNanos) {
        tracked.changed(host.out());
        switch (tracked.phase) {
            case CLOSED, FINISHED -> forget(tracked, nowNanos);
            case ACTIVE -> becomeIdle(tracked, nowNanos);
            case HANDSHAKE, IDLE, ENDING, OVERDUE -> expire(tracked, nowNanos);
        }
    }

    private void becomeIdle(Tracked tracked, long nowNanos) {
        move(tracked, Phase.IDLE, tracked.lastNanos());
        roll.count(tracked, nowNanos);
        tracked.pack();
    }

    private void expire(Tracked tracked, long nowNanos) {
        if (tracked.hasOpenAnomaly()) {
            // What is wrong now is not forgotten.
            move(tracked, Phase.OVERDUE, tracked.lastNanos());
        } else if (tracked.kernel != null && tracked.kernel.anyPresent() && tracked.phase == Phase.IDLE) {
            // Silent, and alive: the table shows it.
            move(tracked, Phase.IDLE, nowNanos);
        } else {
            host.counters.add(Counter.EXPIRED, 1);
            giveUp(tracked, ClearReason.EXPIRED, Summaries.EXPIRED, nowNanos);
        }
    }

    /** An anomaly is over that may have kept the connection from being forgotten. */
    void mayExpire(Tracked tracked, long nowNanos) {
        if (tracked.phase == Phase.OVERDUE && connections.get(tracked.tuple()) == tracked) {
            expire(tracked, nowNanos);
        }
    }

    private void makeRoom(Tracked newest) {
        DetectorSettings.Limits limits = host.settings.limits();
        while (inPhase.get(Phase.HANDSHAKE) > limits.maxHandshakes()) {
            evict(Phase.HANDSHAKE, newest);
        }
        while (connections.size() > limits.maxConnections()) {
            Phase phase = firstToGo(newest);
            if (phase == null) {
                throw new IllegalStateException("no room for " + newest.tuple() + " among " + connections.size());
            }
            evict(phase, newest);
        }
        makeRoomForOthers(newest);
    }

    /** This host is one of those that share the room, until it {@linkplain #leave leaves} it. */
    void enter(ConnectionRoom shared) {
        room = shared;
        room.enter(connections.size());
    }

    /** It is forgotten here: its connections take no room any more. */
    void leave() {
        room.leave(connections.size());
        room = ConnectionRoom.unbounded();
    }

    /** Gives up connections while all hosts together have too many. */
    void makeRoomForOthers() {
        makeRoomForOthers(null);
    }

    private void makeRoomForOthers(@Nullable Tracked newest) {
        while (room.isExceeded()) {
            Phase phase = firstToGo(newest);
            if (phase == null || !(isOver(phase) || connections.size() > room.share())) {
                return; // It is others who have too many.
            }
            evict(phase, newest);
        }
    }

    private static boolean isOver(Phase phase) {
        return phase == Phase.CLOSED || phase == Phase.FINISHED;
    }

    private @Nullable Phase firstToGo(@Nullable Tracked newest) {
        for (Phase phase : PHASES) {
            long others = inPhase.get(phase) - (newest != null && newest.phase == phase ? 1 : 0);
            if (others > 0) {
                return phase;
            }
        }
        return null;
    }

    private void evict(Phase phase, @Nullable Tracked newest) {
        Timer eldest = queue(phase).head();
        if (!((newest != null && eldest == newest ? newest.next : eldest) instanceof Tracked victim)) {
            throw new IllegalStateException("nobody to evict among " + inPhase.get(phase) + " in " + phase);
        }
        host.counters.add(
                switch (phase) {
                    case CLOSED, FINISHED -> Counter.EVICTED_CLOSED;
                    case HANDSHAKE -> Counter.EVICTED_HANDSHAKES;
                    case ENDING, IDLE, ACTIVE, OVERDUE -> Counter.EVICTED_OPEN;
                },
                1);
        giveUp(victim, ClearReason.EVICTED, Summaries.EVICTED, host.nowNanos());
    }

    /** Forgets a connection; one that is open is told as closed. */
    void giveUp(Tracked tracked, ClearReason reason, String endReason, long nowNanos) {
        int before = quarantine.mark();
        try {
            conditions.endAll(tracked, reason, nowNanos);
            if (!tracked.isClosed()) {
                events.givenUp(tracked, endReason, nowNanos);
            }
            drop(tracked);
        } catch (RuntimeException bug) {
            quarantine.failed(tracked, before, bug);
        }
    }

    /** Nothing is known of this host any more. */
    void giveUpAll(ClearReason reason, long nowNanos) {
        for (Tracked tracked : all()) {
            giveUp(tracked, reason, Summaries.EXPIRED, nowNanos);
        }
    }

    /** A connection as it was stored; its anomalies were read before. */
    void restore(Tracked tracked) {
        connections.put(tracked.tuple(), tracked);
        inPhase.add(tracked.phase, 1);
        place(tracked);
        long idleSince =
                tracked.lastNanos() + host.settings.limits().idleAfter().toNanos();
        if (tracked.phase == Phase.ACTIVE && idleSince <= host.nowNanos()) {
            move(tracked, Phase.IDLE, tracked.lastNanos());
        }
        roll.restore(tracked);
        table.restore(tracked);
        protocolTimers.arm(tracked);
        if (tracked.phase == Phase.IDLE) {
            tracked.pack();
        }
    }

    Tracked stored(Connection connection) {
        return new Tracked(connection, this);
    }

    private void forget(Tracked tracked, long nowNanos) {
        conditions.endAll(tracked, ClearReason.CLOSED, nowNanos);
        drop(tracked);
    }

    /** Forgets a connection whose handling failed; it may be half forgotten already. */
    void abandon(Tracked tracked) {
        if (connections.get(tracked.tuple()) == tracked) {
            drop(tracked);
        }
    }

    private void drop(Tracked tracked) {
        if (!tracked.onlyInTable()) {
            host.retired.retired(tracked::id, tracked.connection);
        }
        tracked.changed(host.out());
        table.dropped(tracked);
        roll.remove(tracked);
        host.timers.cancel(tracked);
        protocolTimers.cancel(tracked);
        inPhase.add(tracked.phase, -1);
        if (connections.remove(tracked.tuple()) != null) {
            room.remove();
        }
    }

    /** A connection that only the table shows. */
    Tracked seed(FourTuple tuple, Side client, String id, long aliveNanos) {
        Tracked tracked = add(new Connection(tuple, host.tcp));
        tracked.connection.listenerIs(client.peer());
        KernelEnds kernel = new KernelEnds();
        kernel.seedId = id;
        kernel.seedClient = client;
        kernel.aliveNanos = aliveNanos;
        tracked.kernel = kernel;
        place(tracked);
        tracked.changed(host.out());
        makeRoom(tracked);
        return tracked;
    }

    /** The table says something new about a connection. */
    void settleByTable(Tracked tracked, boolean ended, long nowNanos) {
        if (ended) {
            conditions.endConditions(tracked, ClearReason.GONE, nowNanos);
            place(tracked);
        }
        roll.countAtPoll(tracked, nowNanos);
        conditions.evaluate(tracked, nowNanos);
    }

    /** What the table shows now is another connection than this one, which is over. */
    void replace(Tracked tracked, long nowNanos) {
        quarantine.guard(tracked, () -> forget(tracked, nowNanos));
    }

    /** All of them, in no order. */
    Collection<Tracked> unordered() {
        return connections.values();
    }

    private Tracked add(Connection connection) {
        Tracked tracked = new Tracked(connection, this);
        connections.put(connection.fourTuple(), tracked);
        room.add();
        inPhase.add(tracked.phase, 1);
        return tracked;
    }
}
