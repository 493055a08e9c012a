package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Initiator;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;

/** Keeps the counts of listeners in step with the connections: which listener's they are, and in which states. */
final class Roll {

    private final ListenerTable listeners;
    private final ConditionEngine conditions;

    Roll(ListenerTable listeners, ConditionEngine conditions) {
        this.listeners = listeners;
        this.conditions = conditions;
    }

    /** The listener that a connection counts for. */
    ListenerMonitor listener(Tracked tracked) {
        ListenerMonitor known = tracked.listener;
        return known == null ? assign(tracked) : known;
    }

    /** A new incarnation begins: nothing of it is counted yet. */
    void restart(Tracked tracked) {
        remove(tracked);
        assign(tracked);
    }

    /** Counts a connection as it is now. */
    void count(Tracked tracked, long nowNanos) {
        ListenerMonitor listener = listener(tracked);
        if (tracked.countedClient != tracked.client()) {
            // What was taken for the server is the client: its anomalies are told anew, of the other listener.
            conditions.endAll(tracked, ClearReason.PROGRESSED, nowNanos);
            restart(tracked);
            listener = listener(tracked);
        }
        countStates(tracked, listener);
        countHandshake(tracked, listener, nowNanos);
        countIdle(tracked, listener);
        KernelCensus.count(tracked, listener);
        listener.alarms().leakMayHaveChanged(nowNanos);
    }

    /** As {@link #count}, at a poll of the socket table: what it says can be compared with the segments now. */
    void countAtPoll(Tracked tracked, long nowNanos) {
        count(tracked, nowNanos);
        KernelCensus.compare(tracked, listener(tracked));
    }

    /** Counts a connection that was stored; nothing follows from it. */
    void restore(Tracked tracked) {
        ListenerMonitor listener = assign(tracked);
        countStates(tracked, listener);
        if (inHandshake(tracked)) {
            tracked.countedHandshake = true;
            listener.addHandshake(1);
        }
        countIdle(tracked, listener);
        KernelCensus.restore(tracked, listener);
        for (Condition condition : tracked.conditions) {
            boolean told =
                    condition.telling == Condition.Telling.SINGLY || condition.telling == Condition.Telling.ROLLED_UP;
            if (condition.isOpen() && told) {
                listener.restore(condition);
            }
        }
    }

    /** The connection counts for nobody any more. */
    void remove(Tracked tracked) {
        ListenerMonitor listener = tracked.listener;
        if (listener == null) {
            return;
        }
        countState(tracked, listener, Side.LOW, tracked.countedLow, TcpState.CLOSED);
        countState(tracked, listener, Side.HIGH, tracked.countedHigh, TcpState.CLOSED);
        tracked.countedLow = TcpState.CLOSED;
        tracked.countedHigh = TcpState.CLOSED;
        if (tracked.countedHandshake) {
            tracked.countedHandshake = false;
            listener.addHandshake(-1);
        }
        if (tracked.countedIdle) {
            tracked.countedIdle = false;
            listener.addIdle(-1);
        }
        KernelCensus.remove(tracked, listener);
        tracked.listener = null;
        listener.addConnection(-1);
    }

    private ListenerMonitor assign(Tracked tracked) {
        ListenerMonitor listener = listeners.of(tracked.tuple(), tracked.server());
        tracked.listener = listener;
        tracked.countedClient = tracked.client();
        listener.addConnection(1);
        return listener;
    }

    private static void countStates(Tracked tracked, ListenerMonitor listener) {
        TcpState low = tracked.wireState(Side.LOW);
        if (low != tracked.countedLow) {
            countState(tracked, listener, Side.LOW, tracked.countedLow, low);
            tracked.countedLow = low;
        }
        TcpState high = tracked.wireState(Side.HIGH);
        if (high != tracked.countedHigh) {
            countState(tracked, listener, Side.HIGH, tracked.countedHigh, high);
            tracked.countedHigh = high;
        }
    }

    private static void countState(Tracked tracked, ListenerMonitor listener, Side side, TcpState from, TcpState to) {
        // A connection of a socket to itself has one end.
        boolean sameAsLow = side == Side.HIGH && tracked.tuple().selfConnected();
        if (from == to || sameAsLow) {
            return;
        }
        // By the role it was counted in, which a later handshake may correct.
        Role role = side == tracked.countedClient ? Role.CLIENT : Role.SERVER;
        listener.census.add(role, from, -1);
        listener.census.add(role, to, 1);
        listener.censusChanged();
    }

    private static void countHandshake(Tracked tracked, ListenerMonitor listener, long nowNanos) {
        Connection connection = tracked.connection;
        boolean handshake = inHandshake(tracked);
        if (handshake && !tracked.countedHandshake) {
            tracked.countedHandshake = true;
            listener.addHandshake(1);
            listener.alarms().handshakeBegun(nowNanos);
        } else if (!handshake && tracked.countedHandshake) {
            tracked.countedHandshake = false;
            listener.addHandshake(-1);
        }
        if (!handshake && !tracked.handshakeCounted && isComplete(tracked)) {
            tracked.handshakeCounted = true;
            if (connection.initiator() != Initiator.INFERRED) {
                listener.prove();
                listener.alarms().handshakeCompleted(connection.handshakeNanos(), nowNanos);
            }
        }
    }

    private static boolean inHandshake(Tracked tracked) {
        return isOpening(tracked.wireState(Side.LOW)) || isOpening(tracked.wireState(Side.HIGH));
    }

    private static boolean isOpening(TcpState state) {
        return state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED;
    }

    private static boolean isComplete(Tracked tracked) {
        return tracked.end(Side.LOW).state().synchronised()
                && tracked.end(Side.HIGH).state().synchronised();
    }

    private static void countIdle(Tracked tracked, ListenerMonitor listener) {
        boolean idle = tracked.phase == Tracked.Phase.IDLE
                && !tracked.connection.controlOnly()
                && tracked.state(Side.LOW) == TcpState.ESTABLISHED
                && tracked.state(Side.HIGH) == TcpState.ESTABLISHED;
        if (idle != tracked.countedIdle) {
            tracked.countedIdle = idle;
            listener.addIdle(idle ? 1 : -1);
        }
    }
}
