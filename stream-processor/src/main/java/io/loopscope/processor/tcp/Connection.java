package io.loopscope.processor.tcp;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Objects;
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
    /** Empty before the first segment; replaced by each incarnation but the first. Null while {@link #packed}. */
    private @Nullable Incarnation live;

    /** The same as octets; null while it is live. */
    @Nullable PackedIncarnation packed;

    int incarnations;
    Earlier earlier = Earlier.NONE;
    final LastApplied lastOfLow = new LastApplied();
    final LastApplied lastOfHigh = new LastApplied();
    /** A SYN on a synchronized connection, until it is known whether a new incarnation answers to it. */
    @Nullable Segment challenger;

    @Nullable Side listeningSide;

    /** See {@link #controlOnly()}. */
    boolean controlOnly;

    private long nextDeadlineNanos = Long.MAX_VALUE;

    /** Nothing is known yet; {@link #incarnations} is 0 until the first segment. */
    public Connection(FourTuple fourTuple, TcpSettings settings) {
        this.fourTuple = fourTuple;
        this.settings = settings;
        this.live = new Incarnation(this, Side.LOW);
    }

    /**
     * Applies a segment. First lets the time of the segment pass as {@link #at} would.
     *
     * @param segment of this 4-tuple; the caller keeps the capture order
     */
    public void apply(Segment segment, ConnectionListener listener) {
        at(segment.firstNanos(), listener);
        LastApplied last = segment.sender() == Side.LOW ? lastOfLow : lastOfHigh;
        if (settings.redelivery() && last.isRedelivered(segment, current(), earlier)) {
            listener.noticed(this, Notice.REDELIVERED, segment.sender(), segment.atNanos());
            return;
        }
        boolean capturedTwice = last.isCapturedTwice(segment);
        last.note(segment);
        if (challenger != null && answersChallenger(segment, challenger)) {
            accept(challenger, listener);
        }
        apply(segment, capturedTwice, listener);
        nextDeadlineNanos = Deadlines.next(current(), settings);
    }

    private void apply(Segment segment, boolean capturedTwice, ConnectionListener listener) {
        Incarnations.Verdict verdict =
                incarnations == 0 ? Incarnations.Verdict.NEW : Incarnations.of(current(), earlier, segment);
        switch (verdict) {
            case CURRENT -> {
                applyToCurrent(segment, capturedTwice, listener);
                if (challenger != null) {
                    judgeChallenger(segment, challenger, listener);
                }
            }
            case NEW -> {
                begin(segment, listener);
                applyToCurrent(segment, false, listener);
            }
            case EARLIER -> {
                current().endpoint(segment.sender()).count(segment);
                listener.noticed(this, Notice.LATE_SEGMENT, segment.sender(), segment.atNanos());
            }
            case CHALLENGES -> challenge(segment, capturedTwice, listener);
        }
    }

    private void applyToCurrent(Segment segment, boolean capturedTwice, ConnectionListener listener) {
        Incarnation into = current();
        into.listener = listener;
        if (controlOnly) {
            Presumption.before(into, segment);
        }
        Arrival.apply(into, segment, capturedTwice);
        if (controlOnly && !capturedTwice) {
            Presumption.after(into, segment);
        }
        into.listener = ConnectionListener.NONE;
    }

    Incarnation current() {
        Incarnation known = live;
        return known == null ? unpack() : known;
    }

    /**
     * Keeps the state as some two hundred octets instead of a thousand, until it is needed again: for connections from
     * which nothing has been heard for a while. Changes nothing that can be asked.
     */
    public void pack() {
        Incarnation known = live;
        if (known != null && incarnations > 0) {
            packed = PackedIncarnation.of(known);
            live = null;
        }
    }

    /**
     * While it is {@linkplain #pack packed}, keeps its state as a part of these octets instead of a copy, if they have it.
     *
     * @param octets with what {@link #writeTo} wrote, and nobody changes any more
     * @param begin where that begins
     * @param end behind its last octet
     * @return whether it does
     */
    public boolean share(byte[] octets, int begin, int end) {
        PackedIncarnation known = packed;
        if (known == null || known.isIn(octets)) {
            return known != null;
        }
        packed = known.in(octets, begin + ConnectionCodec.startedAt(this), end);
        return packed != known;
    }

    private Incarnation unpack() {
        Incarnation unpacked = Objects.requireNonNull(packed).unpack(this);
        live = unpacked;
        packed = null;
        return unpacked;
    }

    /** The state was read back. */
    void restored(Incarnation incarnation) {
        live = incarnation;
        nextDeadlineNanos = Deadlines.next(current(), settings);
    }

    /** Lets time pass: what was due until {@code nowNanos} happens, with the time it was due at. */
    public void at(long nowNanos, ConnectionListener listener) {
        if (nowNanos >= nextDeadlineNanos) {
            current().listener = listener;
            Deadlines.pass(current(), settings, nowNanos);
            current().listener = ConnectionListener.NONE;
            nextDeadlineNanos = Deadlines.next(current(), settings);
        }
    }

    /** A new incarnation replaces the current one. */
    private void begin(Segment first, ConnectionListener listener) {
        if (incarnations > 0) {
            current().listener = listener;
            current().replaced(first.firstNanos());
            listener.retired(this, first.firstNanos());
            earlier = Earlier.of(current());
            live = new Incarnation(this, Side.LOW);
        }
        incarnations++;
        challenger = null;
        Opening.begin(current(), fourTuple, first, listeningSide);
        listener.opened(this, first.firstNanos());
    }

    /** RFC 5961 4: a SYN on a synchronized connection changes nothing yet. */
    private void challenge(Segment syn, boolean capturedTwice, ConnectionListener listener) {
        Segment before = challenger;
        current().endpoint(syn.sender()).count(syn);
        if (syn.fin()) {
            // No client sends that. Its receiver challenges it like any SYN, and there is nothing to wait for.
            listener.noticed(this, Notice.SYN_FIN, syn.sender(), syn.atNanos());
            listener.noticed(this, Notice.SYN_ON_SYNCHRONISED, syn.sender(), syn.atNanos());
            return;
        }
        if (capturedTwice) {
            listener.noticed(this, Notice.CAPTURED_TWICE, syn.sender(), syn.atNanos());
        } else if (before != null && before.sender() == syn.sender() && before.sequence() == syn.sequence()) {
            // A client in SYN-SENT repeats its SYN; who only wants to disturb gets a challenge ACK and nothing more.
            current().endpoint(syn.sender()).uncount(syn);
            accept(before, listener);
            applyToCurrent(syn, false, listener);
        } else if (before != null && before.sender() != syn.sender()) {
            // Both ends open anew: neither knows the old connection any more.
            current().endpoint(syn.sender()).uncount(syn);
            accept(before, listener);
            applyToCurrent(syn, false, listener);
        } else {
            challenger = syn;
            current().challengedBy = syn.sender();
            listener.noticed(this, Notice.SYN_ON_SYNCHRONISED, syn.sender(), syn.atNanos());
        }
    }

    /**
     * The peer acknowledges the SYN, be it with SYN or RST, or its sender goes on from it: what it met is not known any
     * more. A challenge ACK has the numbers of the incarnation before.
     */
    private static boolean answersChallenger(Segment segment, Segment syn) {
        if (!segment.ack()) {
            return false;
        }
        if (segment.sender() == syn.sender()) {
            return !segment.syn() && !segment.rst() && segment.sequence() == syn.end();
        }
        return Seq.after(segment.acknowledgment(), syn.sequence())
                && Seq.atOrBefore(segment.acknowledgment(), syn.end());
    }

    /** The SYN was in earnest: the incarnation it met is over. */
    private void accept(Segment syn, ConnectionListener listener) {
        current().endpoint(syn.sender()).uncount(syn);
        begin(syn, listener);
        applyToCurrent(syn, false, listener);
    }

    /** What a segment of the old incarnation says about a SYN that met it. */
    private void judgeChallenger(Segment segment, Segment syn, ConnectionListener listener) {
        if (segment.sender() != syn.sender()) {
            if (segment.payloadOctets() == 0 && !segment.fin() && !segment.rst()) {
                listener.noticed(this, Notice.CHALLENGE_ACK, segment.sender(), segment.atNanos());
            }
        } else if (!segment.rst()) {
            challenger = null;
            current().challengedBy = null;
        } else if (current().closed()) {
            Side old = syn.sender().peer();
            accept(syn, listener);
            listener.noticed(this, Notice.TUPLE_REUSE_COLLISION, old, segment.atNanos());
            current().synWasChallenged(syn.sender(), segment.atNanos(), listener);
        }
    }

    /**
     * Since when a timeout is armed, or {@link #NEVER}. It is due {@link TcpSettings#nanos} later, then call {@link #at}
     * (or, for {@link Timeout#FORGET}, drop the object). May change with every call of {@code apply} and {@code at}.
     */
    public long armedSinceNanos(Timeout timeout) {
        return Deadlines.armedSinceNanos(current(), timeout);
    }

    /** When the earliest of all timeouts but {@link Timeout#FORGET} is due; {@link Long#MAX_VALUE} when none is armed. */
    public long nextDeadlineNanos() {
        return nextDeadlineNanos;
    }

    /** The connection is over and {@link TcpSettings#remember} has passed since its last segment. */
    public boolean forgettable(long nowNanos) {
        return closed() && nowNanos - lastNanos() >= settings.nanos(Timeout.FORGET);
    }

    /** Tells whether of its segments from now on only those with SYN, FIN, RST or a window of 0 are captured. */
    public void captureControlOnly(boolean only) {
        controlOnly = only;
    }

    /**
     * Only segments with SYN, FIN, RST or a window of 0 are captured: data and bare acknowledgments are presumed, silence
     * says nothing, counts are incomplete.
     */
    public boolean controlOnly() {
        return controlOnly;
    }

    /**
     * Tells which end is known to listen (from the socket table, or from an incarnation before). Decides who is the
     * client of an incarnation that was picked up in mid-stream, now or later; one whose SYN was seen needs no hint.
     */
    public void listenerIs(Side side) {
        listeningSide = side;
        if (incarnations > 0) {
            current().serverIs(side);
        }
    }

    public FourTuple fourTuple() {
        return fourTuple;
    }

    public TcpSettings settings() {
        return settings;
    }

    /** The end on that side; the same object for both sides of a connection to itself. A live view. */
    public Endpoint endpoint(Side side) {
        return current().endpoint(side);
    }

    /** The end that opened; in a simultaneous open the one whose SYN was captured first. */
    public Side client() {
        return current().client;
    }

    public Role role(Side side) {
        return simultaneousOpen() || side == client() ? Role.CLIENT : Role.SERVER;
    }

    public Initiator initiator() {
        return current().initiator;
    }

    /** Both ends sent a SYN without ACK (RFC 9293 Figure 7): there is no server. */
    public boolean simultaneousOpen() {
        return current().simultaneousOpen;
    }

    /** It began before the capture did: states are a lower bound, counts are incomplete. */
    public boolean partial() {
        return current().initiator == Initiator.INFERRED;
    }

    /**
     * The first segment was a FIN: whether it was the first of two (the other end has yet to close) or the second (it is
     * over) cannot be told from packets, only from the socket table. The state says the former.
     */
    public boolean closeOrderUnknown() {
        return current().startedWithFin;
    }

    /**
     * Names the current incarnation within its 4-tuple: a pure function of the client's ISN, or of the first segment when
     * the capture began in mid-stream. Equal after a replay.
     */
    public long incarnation() {
        return current().id;
    }

    /** How many incarnations were seen, the current one included. */
    public int incarnations() {
        return incarnations;
    }

    /** Time of the first segment of the incarnation; {@link #NEVER} before there is one. */
    public long startedNanos() {
        return current().startedNanos;
    }

    /** Time of the last segment of the incarnation; {@link #NEVER} before there is one. */
    public long lastNanos() {
        return current().lastNanos();
    }

    /** Both ends are CLOSED for good: {@link ConnectionListener#closed} was called. */
    public boolean closed() {
        return current().closed();
    }

    /** Why it is over; null while it is not. */
    public @Nullable CloseReason closeReason() {
        return current().closeReason;
    }

    /** Both FINs were acknowledged: what is left is TIME-WAIT. */
    public boolean finished() {
        return current().finished();
    }

    /** Who sent the first FIN; null when nobody did. */
    public @Nullable Side firstFin() {
        return current().firstFin;
    }

    /** Who sent the RST that ended it; null when none did. */
    public @Nullable Side resetBy() {
        return current().resetBy;
    }

    /** What that RST says about its sender; null when there was none. */
    public @Nullable ResetCause resetCause() {
        return current().resetCause;
    }

    /** The RST that ended it had the ACK bit. */
    public boolean resetWithAck() {
        return current().resetWithAck;
    }

    /**
     * From the first SYN to the ACK that completed the handshake, repetitions included, in nanoseconds; {@link #NEVER}
     * when either was not seen.
     */
    public long handshakeNanos() {
        return current().handshakeNanos;
    }

    /**
     * Since when an end in CLOSE_WAIT or FIN_WAIT_2 waits in silence: since it came into the state, or since the last new
     * data on the half that is still open. Half-close with flowing data is healthy (RFC 9293 3.6.1). {@link #NEVER} in
     * other states.
     */
    public long silentSinceNanos(Side side) {
        return current().silentSinceNanos(endpoint(side));
    }

    /** What was seen, as Zeek's {@code history}: one letter per kind of thing, capitals for the client. */
    public String history() {
        return current().history.letters();
    }

    /** Zeek's {@code conn_state}: S0 S1 SF REJ S2 S3 RSTO RSTR RSTOS0 RSTRH SH SHR OTH. */
    public String connState() {
        return current().connState();
    }

    /**
     * Writes the state in a versioned binary form, without the 4-tuple: about 200 octets. {@link ConnectionCodec} has the
     * layout.
     */
    public void writeTo(DataOutput output) throws IOException {
        ConnectionCodec.write(this, output);
    }

    /**
     * Reads what {@link #writeTo} of this or an earlier release wrote.
     *
     * @throws IOException when the version is unknown, or the input ends early or makes no sense
     */
    public static Connection readFrom(FourTuple fourTuple, TcpSettings settings, DataInput input) throws IOException {
        return ConnectionCodec.read(fourTuple, settings, input);
    }
}
