package io.loopscope.processor.tcp;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Everything known about one {@link FourTuple} of one host: its current incarnation, and enough of the one before to tell
 * its late segments.
 *
 * <p>Two verbs change it: {@link #apply} takes a segment, {@link #at} takes the time. Time only comes in; a segment is
 * also a time. The object stays with its 4-tuple through all incarnations: a new ISN starts a new one, even while the old
 * one is open. Not thread-safe.
 *
 * <p>A connection of a socket to itself ({@link FourTuple#selfConnected}) has one endpoint:
 * {@code endpoint(LOW) == endpoint(HIGH)}; its segments are sent by {@link Side#LOW}.
 */
public final class Connection {

    /** "It has not happened", where a time is expected. Smaller than any time, so that {@code max} does what it should. */
    public static final long NEVER = Long.MIN_VALUE;

    private final FourTuple fourTuple;
    private final TcpSettings settings;
    private Endpoint low = new Endpoint(Side.LOW);
    private Endpoint high;
    private Side client = Side.LOW;
    private Initiator initiator = Initiator.INFERRED;
    private long startedNanos = NEVER;
    private int incarnations;

    /** Nothing is known yet; {@link #incarnations} is 0 until the first segment. */
    public Connection(FourTuple fourTuple, TcpSettings settings) {
        this.fourTuple = fourTuple;
        this.settings = settings;
        this.high = fourTuple.selfConnected() ? low : new Endpoint(Side.HIGH);
    }

    /**
     * Applies a segment. First lets the time of the segment pass as {@link #at} would.
     *
     * @param segment of this 4-tuple; the caller keeps the capture order
     */
    public void apply(Segment segment, ConnectionListener listener) {
        // Counts only, until the machine is in: API delivery for the modules that build on it.
        if (incarnations == 0) {
            incarnations = 1;
            startedNanos = segment.firstNanos();
            client = segment.sender();
            listener.opened(this, startedNanos);
        }
        Endpoint from = endpoint(segment.sender());
        from.segments += segment.count();
        from.octets += segment.payloadOctets();
        from.lastSegmentNanos = segment.atNanos();
    }

    /** Lets time pass: what was due until {@code nowNanos} happens, with the time it was due at. */
    public void at(long nowNanos, ConnectionListener listener) {}

    /**
     * Since when a timeout is armed, or {@link #NEVER}. It is due {@link TcpSettings#nanos} later, then call {@link #at}
     * (or, for {@link Timeout#FORGET}, drop the object). May change with every call of {@code apply} and {@code at}.
     */
    public long armedSinceNanos(Timeout timeout) {
        return NEVER;
    }

    /** When the earliest of all timeouts but {@link Timeout#FORGET} is due; {@link Long#MAX_VALUE} when none is armed. */
    public long nextDeadlineNanos() {
        return Long.MAX_VALUE;
    }

    /** The connection is over and {@link TcpSettings#remember} has passed since its last segment. */
    public boolean forgettable(long nowNanos) {
        return false;
    }

    /**
     * Tells which end is known to listen (from the socket table, or from an incarnation before). Decides who is the
     * client of an incarnation that was picked up in mid-stream, now or later; one whose SYN was seen needs no hint.
     */
    public void listenerIs(Side side) {}

    public FourTuple fourTuple() {
        return fourTuple;
    }

    public TcpSettings settings() {
        return settings;
    }

    /** The end on that side; the same object for both sides of a connection to itself. A live view. */
    public Endpoint endpoint(Side side) {
        return side == Side.LOW ? low : high;
    }

    /** The end that opened; in a simultaneous open the one whose SYN was captured first. */
    public Side client() {
        return client;
    }

    public Role role(Side side) {
        return simultaneousOpen() || side == client ? Role.CLIENT : Role.SERVER;
    }

    public Initiator initiator() {
        return initiator;
    }

    /** Both ends sent a SYN without ACK (RFC 9293 Figure 7): there is no server. */
    public boolean simultaneousOpen() {
        return false;
    }

    /** It began before the capture did: states are a lower bound, counts are incomplete. */
    public boolean partial() {
        return initiator == Initiator.INFERRED;
    }

    /**
     * The first segment was a FIN: whether it was the first of two (the other end has yet to close) or the second (it is
     * over) cannot be told from packets, only from the socket table. The state says the former.
     */
    public boolean closeOrderUnknown() {
        return false;
    }

    /**
     * Names the current incarnation within its 4-tuple: a pure function of the client's ISN, or of the first segment when
     * the capture began in mid-stream. Equal after a replay.
     */
    public long incarnation() {
        return 0;
    }

    /** How many incarnations were seen, the current one included. */
    public int incarnations() {
        return incarnations;
    }

    /** Time of the first segment of the incarnation; {@link #NEVER} before there is one. */
    public long startedNanos() {
        return startedNanos;
    }

    /** Time of the last segment of the incarnation; {@link #NEVER} before there is one. */
    public long lastNanos() {
        return Math.max(low.lastSegmentNanos, high.lastSegmentNanos);
    }

    /** Both ends are CLOSED for good: {@link ConnectionListener#closed} was called. */
    public boolean closed() {
        return false;
    }

    /** Why it is over; null while it is not. */
    public @Nullable CloseReason closeReason() {
        return null;
    }

    /** Both FINs were acknowledged: what is left is TIME-WAIT. */
    public boolean finished() {
        return low.finAcknowledged() && high.finAcknowledged();
    }

    /** Who sent the first FIN; null when nobody did. */
    public @Nullable Side firstFin() {
        return null;
    }

    /** Who sent the RST that ended it; null when none did. */
    public @Nullable Side resetBy() {
        return null;
    }

    /** What that RST says about its sender; null when there was none. */
    public @Nullable ResetCause resetCause() {
        return null;
    }

    /** The RST that ended it had the ACK bit. */
    public boolean resetWithAck() {
        return false;
    }

    /**
     * From the first SYN to the ACK that completed the handshake, repetitions included, in nanoseconds; {@link #NEVER}
     * when either was not seen.
     */
    public long handshakeNanos() {
        return NEVER;
    }

    /**
     * Since when an end in CLOSE_WAIT or FIN_WAIT_2 waits in silence: since it came into the state, or since the last new
     * data on the half that is still open. Half-close with flowing data is healthy (RFC 9293 3.6.1). {@link #NEVER} in
     * other states.
     */
    public long silentSinceNanos(Side side) {
        return NEVER;
    }

    /** What was seen, as Zeek's {@code history}: one letter per kind of thing, capitals for the client. */
    public String history() {
        return "";
    }

    /** Zeek's {@code conn_state}: S0 S1 SF REJ S2 S3 RSTO RSTR RSTOS0 RSTRH SH SHR OTH. */
    public String connState() {
        return "OTH";
    }

    /** Writes the state, in a versioned binary form without the 4-tuple. */
    public void writeTo(DataOutput output) throws IOException {
        output.writeByte(0);
    }

    /**
     * Reads what {@link #writeTo} of this or an earlier release wrote.
     *
     * @throws IOException when the version is unknown or the input ends early
     */
    public static Connection readFrom(FourTuple fourTuple, TcpSettings settings, DataInput input) throws IOException {
        input.readByte();
        return new Connection(fourTuple, settings);
    }
}
