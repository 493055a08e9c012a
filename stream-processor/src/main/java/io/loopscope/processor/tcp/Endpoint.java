package io.loopscope.processor.tcp;

/**
 * One end of a connection: its RFC 9293 state, and what it has sent and been sent. Read by everybody, written by the
 * core alone. All counts belong to the current incarnation and to what this end <em>sent</em>.
 */
public final class Endpoint {

    private final Side side;
    TcpState state = TcpState.CLOSED;
    long sinceNanos = Connection.NEVER;
    /** CLOSED because the connection is over for this end, not because it has not begun. */
    boolean over;

    long firstSegmentNanos = Connection.NEVER;
    long lastSegmentNanos = Connection.NEVER;
    long lastDataNanos = Connection.NEVER;
    long segments;
    long octets;
    int retransmissions;
    int outOfOrder;
    int syns;
    int synAcks;
    int fins;
    int resets;

    int finRetransmissions;
    int synTransmissions;
    int synAckTransmissions;
    int unansweredRetransmissions;
    int unansweredKeepalives;
    /** It has sent more than SYNs and RSTs in this incarnation: it has received the SYN of its peer. */
    boolean sentBeyondSyn;
    /** A SYN,ACK was repeated although its acknowledgment was captured: only this end itself can show that it has it. */
    boolean ackOfSynDistrusted;
    /** Since when the 2 MSL run: a repeated FIN starts them again. */
    long timeWaitNanos = Connection.NEVER;
    /** TS.Recent of the peer (RFC 7323): the timestamp this end's next segment must not fall behind. */
    int timestamp;

    boolean timestampKnown;

    final SequenceSpace sequence = new SequenceSpace();
    final AdvertisedWindow advertised = new AdvertisedWindow();
    final RoundTrip roundTrip = new RoundTrip();

    Endpoint(Side side) {
        this.side = side;
    }

    void count(Segment segment) {
        if (segments == 0) {
            firstSegmentNanos = segment.firstNanos();
        }
        segments += segment.count();
        octets += segment.payloadOctets();
        lastSegmentNanos = segment.atNanos();
        if ((segment.flags() & (TcpFlags.SYN | TcpFlags.FIN | TcpFlags.RST)) != 0) {
            countControl(segment);
        }
    }

    private void countControl(Segment segment) {
        if (segment.syn() && segment.ack()) {
            synAcks++;
        } else if (segment.syn()) {
            syns++;
        }
        if (segment.fin()) {
            fins++;
        }
        if (segment.rst()) {
            resets++;
        }
    }

    /** A SYN that was counted here opens the next incarnation. */
    void uncount(Segment syn) {
        segments -= syn.count();
        octets -= syn.payloadOctets();
        syns--;
    }

    /** It has sent a SYN of this incarnation; late ones of another are counted, too. */
    boolean hasOpened() {
        return synTransmissions + synAckTransmissions > 0;
    }

    /** Which end of the 4-tuple this is. */
    public Side side() {
        return side;
    }

    public TcpState state() {
        return state;
    }

    /** When it came into its state; {@link Connection#NEVER} before the first change. */
    public long sinceNanos() {
        return sinceNanos;
    }

    /** Time of the first segment it sent; {@link Connection#NEVER} when it sent none. */
    public long firstSegmentNanos() {
        return firstSegmentNanos;
    }

    /** Time of the last segment it sent; {@link Connection#NEVER} when it sent none. */
    public long lastSegmentNanos() {
        return lastSegmentNanos;
    }

    /** Time of the last segment it sent with data that was new; {@link Connection#NEVER} when it sent none. */
    public long lastDataNanos() {
        return lastDataNanos;
    }

    /** Segments it sent, repetitions included. */
    public long segments() {
        return segments;
    }

    /** Octets of data it sent, repetitions included. */
    public long octets() {
        return octets;
    }

    /** Distinct octets of data that were captured. */
    public long uniqueOctets() {
        return sequence.uniqueOctets;
    }

    /** Segments that brought data again. Keepalives, window probes and double captures do not count. */
    public int retransmissions() {
        return retransmissions;
    }

    /** Segments that filled a gap they had been overtaken in. */
    public int outOfOrder() {
        return outOfOrder;
    }

    /** Segments with SYN and without ACK. */
    public int syns() {
        return syns;
    }

    /** Segments with SYN and ACK. */
    public int synAcks() {
        return synAcks;
    }

    /** Segments with FIN. */
    public int fins() {
        return fins;
    }

    /** Segments with RST. */
    public int resets() {
        return resets;
    }

    /** It has sent a FIN that counts. */
    public boolean finSent() {
        return sequence.finSent;
    }

    /** Its FIN was acknowledged. */
    public boolean finAcknowledged() {
        return sequence.finAcknowledged();
    }

    /** How often it repeated its FIN. */
    public int finRetransmissions() {
        return finRetransmissions;
    }

    /** How often it sent its SYN (without ACK): 1 is one transmission and no repetition. */
    public int synTransmissions() {
        return synTransmissions;
    }

    /** How often it sent its SYN,ACK: 1 is one transmission and no repetition. */
    public int synAckTransmissions() {
        return synAckTransmissions;
    }

    /** Retransmissions of data since the peer last sent anything. */
    public int unansweredRetransmissions() {
        return unansweredRetransmissions;
    }

    /** Keepalive probes since the peer last sent anything. */
    public int unansweredKeepalives() {
        return unansweredKeepalives;
    }

    /** Since when it has advertised a window of 0; {@link Connection#NEVER} when its window is open. */
    public long zeroWindowSinceNanos() {
        return advertised.zeroSinceNanos;
    }

    /** Probes the <em>peer</em> has sent into this end's zero window since it closed. */
    public int windowProbes() {
        return advertised.probes;
    }

    /** Segments with window 0, as Zeek counts them: no RST, nor after the peer's FIN. */
    public int zeroWindows() {
        return advertised.zeroWindows;
    }

    /** The window it last advertised, scaled, in octets. */
    public long window() {
        return advertised.octets();
    }

    /** MSS option of its SYN in octets, or {@link Options#ABSENT}. */
    public int maximumSegmentSize() {
        return advertised.maximumSegmentSize;
    }

    /** Window scale option of its SYN (0 to 14), or {@link Options#ABSENT}. */
    public int windowScale() {
        return advertised.offeredScale;
    }

    /** Its initial sequence number is known: its SYN was captured or follows from the peer's acknowledgment of it. */
    public boolean initialSequenceKnown() {
        return sequence.initialKnown;
    }

    /** ISS as an unsigned number; meaningless unless {@link #initialSequenceKnown}. */
    public long initialSequence() {
        return Seq.toUnsigned(sequence.initial);
    }

    /** Octets in flight: sent and not yet acknowledged, SYN and FIN included. */
    public long unacknowledgedOctets() {
        return sequence.inFlight();
    }

    /** Places where octets this end sent were acknowledged but never captured: proof that the capture lost segments. */
    public int gaps() {
        return sequence.gaps;
    }

    /** How many octets were acknowledged but never captured. */
    public long missedOctets() {
        return sequence.missedOctets;
    }

    /**
     * Smoothed round-trip time in nanoseconds, from this end's data to its acknowledgment (RFC 6298, Karn's rule);
     * {@link Connection#NEVER} before the first sample. On loopback it is the time the peer's kernel or delayed
     * acknowledgment takes.
     */
    public long roundTripNanos() {
        return roundTrip.smoothedNanos();
    }
}
