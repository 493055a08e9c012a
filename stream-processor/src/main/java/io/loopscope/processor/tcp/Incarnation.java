package io.loopscope.processor.tcp;

import org.jspecify.annotations.Nullable;

/**
 * One life of a 4-tuple, from SYN to the last CLOSED: its two ends, and what belongs to both. The rules that move it are
 * in {@link Arrival}, {@link Handshake}, {@link Acknowledgment}, {@link Closing}, {@link Resets} and {@link Probes}; all
 * state changes and notices go through this class.
 */
final class Incarnation {

    private final Connection connection;
    final Endpoint low;
    /** The same object as {@link #low} on a connection of a socket to itself. */
    final Endpoint high;

    final ZeekHistory history = new ZeekHistory();
    Side client;
    Initiator initiator = Initiator.INFERRED;
    long id;
    long startedNanos;
    boolean simultaneousOpen;
    /** The SYN carried data and the SYN,ACK acknowledged it: the server may send before it is ESTABLISHED (RFC 7413). */
    boolean fastOpen;

    boolean startedWithFin;
    boolean collisionTold;
    /** Who sent a SYN with another ISN while this incarnation was synchronized. */
    @Nullable Side challengedBy;

    long handshakeNanos = Connection.NEVER;

    @Nullable Side firstFin;

    @Nullable CloseReason closeReason;

    @Nullable Side resetBy;

    @Nullable ResetCause resetCause;

    boolean resetWithAck;

    /** Who sent a RST that was in the window, but not exact. */
    @Nullable Side doubtfulResetBy;

    boolean doubtfulResetWithAck;
    long doubtSinceNanos = Connection.NEVER;

    /** Hears what the segment at hand causes. */
    ConnectionListener listener = ConnectionListener.NONE;

    Incarnation(Connection connection, Side client) {
        this.connection = connection;
        this.client = client;
        this.low = new Endpoint(Side.LOW);
        this.high = connection.fourTuple().selfConnected() ? low : new Endpoint(Side.HIGH);
    }

    Endpoint endpoint(Side side) {
        return side == Side.LOW ? low : high;
    }

    Endpoint peer(Endpoint end) {
        return end == low ? high : low;
    }

    boolean isClient(Endpoint end) {
        return end == endpoint(client);
    }

    boolean closed() {
        return closeReason != null;
    }

    boolean finished() {
        return low.sequence.finAcknowledged() && high.sequence.finAcknowledged();
    }

    long lastNanos() {
        return Math.max(low.lastSegmentNanos, high.lastSegmentNanos);
    }

    void notice(Notice notice, Endpoint by, long atNanos) {
        listener.noticed(connection, notice, by.side(), atNanos);
    }

    /** The only place where a state changes. */
    void signal(Endpoint end, Signal signal, long atNanos) {
        TcpState from = end.state;
        TcpState to = from.on(signal);
        if (to == from) {
            return;
        }
        end.state = to;
        end.sinceNanos = atNanos;
        end.over = to == TcpState.CLOSED && signal != Signal.SYN_UNDELIVERED;
        if (to == TcpState.TIME_WAIT) {
            end.timeWaitNanos = atNanos;
        }
        if (to == TcpState.ESTABLISHED && handshakeNanos == Connection.NEVER) {
            noteHandshake(atNanos);
        }
        listener.stateChanged(connection, end.side(), from, to, signal, atNanos);
    }

    private void noteHandshake(long atNanos) {
        boolean both = low.state == TcpState.ESTABLISHED && high.state == TcpState.ESTABLISHED;
        if (both && initiator == Initiator.SYN) {
            handshakeNanos = atNanos - startedNanos;
        }
    }

    /**
     * The round trip of the handshake, or 0 when it is not known or something was repeated in it. Unlike the running
     * estimate it is the same whether segments come one by one or in runs, so states may depend on it.
     */
    long roundTripNanos() {
        boolean once = low.synTransmissions + low.synAckTransmissions == 1
                && high.synTransmissions + high.synAckTransmissions == 1;
        return once ? Math.max(0, handshakeNanos) : 0;
    }

    /** After every segment and every timeout: is it over? */
    void closeIfOver(long atNanos) {
        boolean over = low.state == TcpState.CLOSED && high.state == TcpState.CLOSED && (low.over || high.over);
        if (!over) {
            closeReason = null;
        } else if (closeReason == null) {
            closeReason = reason();
            listener.closed(connection, closeReason, atNanos);
        }
    }

    private CloseReason reason() {
        if (finished()) {
            return CloseReason.FINISHED;
        }
        if (resetBy == null) {
            return CloseReason.GAVE_UP;
        }
        if (resetBy == challengedBy) {
            // The challenge ACK told its kernel about a connection it did not know any more.
            return CloseReason.TUPLE_REUSED;
        }
        return resetCause == ResetCause.REFUSED ? CloseReason.REFUSED : CloseReason.RESET;
    }

    /** A new incarnation takes the 4-tuple: this one is over whatever its states are. */
    void replaced(long atNanos) {
        if (closeReason == null) {
            closeReason = finished() ? CloseReason.FINISHED : CloseReason.TUPLE_REUSED;
            listener.closed(connection, closeReason, atNanos);
        }
    }

    /** The SYN that opened it met an end that still lived in an older incarnation, and was not taken. */
    void synWasChallenged(Side by, long atNanos, ConnectionListener to) {
        listener = to;
        collisionTold = true;
        signal(endpoint(by.peer()), Signal.SYN_UNDELIVERED, atNanos);
    }

    /** See {@link Connection#silentSinceNanos}. */
    long silentSinceNanos(Endpoint end) {
        return switch (end.state) {
            case CLOSE_WAIT -> Math.max(end.sinceNanos, end.lastDataNanos);
            case FIN_WAIT_2 -> Math.max(end.sinceNanos, peer(end).lastDataNanos);
            default -> Connection.NEVER;
        };
    }

    String connState() {
        return history.connState(low.sequence.uniqueOctets + high.sequence.uniqueOctets == 0);
    }

    /** The end that listens is known: an inferred client may turn out to be the server. */
    void serverIs(Side server) {
        if (initiator == Initiator.INFERRED && client == server && low != high) {
            client = server.peer();
            history.flip();
        }
    }
}
