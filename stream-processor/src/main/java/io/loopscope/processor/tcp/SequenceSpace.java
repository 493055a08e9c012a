package io.loopscope.processor.tcp;

import org.jspecify.annotations.Nullable;

/**
 * What one end has sent, and what of it was acknowledged, in sequence numbers modulo 2³². Octets that were skipped are
 * kept as holes until they come, or are acknowledged: then the capture has lost them.
 */
final class SequenceSpace {

    /** Farther back than any window reaches (RFC 7323 2.3): acknowledged long ago, or another stream. */
    private static final int REACH_BACK = 1 << 30;

    private static final int NEAR = 1 << 20;

    /** ISS; meaningless unless {@link #initialKnown}. */
    int initial;

    boolean initialKnown;
    /** Any sequence number of this end is known, be it from the peer's acknowledgments. */
    boolean known;
    /** First octet of data that was captured, or ISS + 1; later on, what a repetition can still bring. */
    int first;
    /** After the last octet that was captured, FIN included. */
    int next;
    /** SND.UNA: the highest acknowledgment number the peer has sent. */
    int acknowledged;

    boolean acknowledgedKnown;

    boolean finSent;
    /** After the FIN. */
    int finEnd;
    /** The peer is taken to have received the FIN. */
    boolean finReceived;
    /** An acknowledgment covers the FIN: the peer has received it. */
    boolean finProven;
    /** The FIN was repeated: from now on only an acknowledgment shows that it was received. */
    boolean finDistrusted;

    long uniqueOctets;
    int gaps;
    long missedOctets;

    @Nullable Holes holes;

    /** Begins far beyond the window: not believed until something near it confirms it. */
    @Nullable Segment strange;
    /** An acknowledgment number far beyond the window, likewise. */
    int strangeAcknowledgment;

    boolean strangeAcknowledgmentSeen;

    /** The SYN of this end, or what the peer's acknowledgment says about it. */
    void startAtSyn(int iss) {
        initial = iss;
        initialKnown = true;
        if (!known) {
            startAt(iss + 1);
            acknowledged = iss;
        }
        first = iss + 1;
    }

    /** The SYN with another ISS, before anybody acknowledged the first. */
    void restartAtSyn(int iss) {
        known = false;
        startAtSyn(iss);
    }

    /** Mid-stream: nothing before {@code sequence} is missed. */
    void startAt(int sequence) {
        known = true;
        first = sequence;
        next = sequence;
        acknowledged = sequence;
    }

    /**
     * Places octets {@code [from, to)} that this end sent, {@code to} without FIN. See {@link #isBeyond} for what must not
     * be placed.
     */
    Placement place(int from, int to) {
        if (from == next) {
            advance(to);
            return Placement.NEXT;
        }
        if (Seq.after(from, next)) {
            skip(from);
            advance(to);
            return Placement.AHEAD;
        }
        if (next - from > REACH_BACK) {
            return Placement.OUTSIDE;
        }
        int filled = fill(from, Seq.after(to, next) ? next : to);
        uniqueOctets += filled;
        if (Seq.after(to, next)) {
            advance(to);
            return Placement.OVERLAPPING;
        }
        return filled > 0 ? Placement.FILLING : Placement.OLD;
    }

    /** An honest segment does not begin after the right edge of its receiver's window, nor after what that has got. */
    boolean isBeyond(int sequence, AdvertisedWindow window) {
        return Seq.after(sequence, next)
                && window.edgeKnown
                && Seq.after(sequence, Seq.later(window.edge, acknowledged));
    }

    /** Two numbers this close, of which neither fits, are no accident: the capture lost what led there. */
    boolean isConfirmed(int sequence) {
        return (strange != null && strange.sequence() != sequence && isNear(strange.sequence(), sequence))
                || (strangeAcknowledgmentSeen && isNear(strangeAcknowledgment, sequence));
    }

    /** The same for an acknowledgment number that the peer sent. */
    boolean isAcknowledgmentConfirmed(int acknowledgment) {
        return (strange != null && isNear(strange.sequence(), acknowledgment))
                || (strangeAcknowledgmentSeen
                        && strangeAcknowledgment != acknowledgment
                        && isNear(strangeAcknowledgment, acknowledgment));
    }

    private static boolean isNear(int a, int b) {
        return Math.abs(a - b) < NEAR;
    }

    private void skip(int to) {
        if (Seq.atOrAfter(acknowledged, to)) {
            missed(to - next);
        }
        if (holes == null) {
            holes = new Holes();
        }
        holes.add(next, to);
        if (Seq.after(acknowledged, next) && Seq.before(acknowledged, to)) {
            missed(acknowledged - next);
        }
        next = to;
        forgetOutOfReach();
    }

    /** When octets were skipped. */
    void skipped(long atNanos) {
        if (holes != null) {
            holes.madeNanos = atNanos;
        }
    }

    private void advance(int to) {
        if (to != next) {
            uniqueOctets += Seq.distance(next, to);
            next = to;
            strange = null;
            strangeAcknowledgmentSeen = false;
            forgetOutOfReach();
        }
    }

    /** Numbers that stay behind for 2³¹ octets would come up again as if they were ahead. */
    private void forgetOutOfReach() {
        int horizon = next - REACH_BACK;
        first = Seq.later(first, horizon);
        acknowledged = Seq.later(acknowledged, horizon);
        if (holes != null) {
            holes.forgetBefore(horizon);
        }
    }

    private int fill(int from, int to) {
        int filled = 0;
        if (holes != null && !holes.isEmpty()) {
            // What was acknowledged before it was captured was not missed after all, only late.
            int late = holes.fill(from, Seq.before(to, acknowledged) ? to : acknowledged);
            missedOctets -= late;
            filled = late + holes.fill(from, to);
        }
        if (!initialKnown && Seq.before(from, first)) {
            filled += (Seq.before(to, first) ? to : first) - from;
            first = from;
        }
        return filled;
    }

    /** Takes the FIN into sequence space. */
    void sendFin(int end) {
        finSent = true;
        finEnd = end;
        next = Seq.later(next, end);
    }

    /** Nothing before the FIN is missing, but what the peer has and the capture has not. */
    boolean finInOrder() {
        return next == finEnd && (holes == null || !holes.anyFrom(acknowledged));
    }

    boolean finAcknowledged() {
        return finSent && acknowledgedKnown && Seq.atOrAfter(acknowledged, finEnd);
    }

    /** Whether the peer can acknowledge this: what was sent, or what was not captured but fits in its window. */
    boolean canBeAcknowledged(int acknowledgment, AdvertisedWindow window) {
        if (!known || Seq.atOrBefore(acknowledgment, next)) {
            return !known || next - acknowledgment <= REACH_BACK;
        }
        if (!acknowledgedKnown) {
            return acknowledgment - next <= REACH_BACK;
        }
        return !finSent && (!window.edgeKnown || Seq.atOrBefore(acknowledgment, window.edge));
    }

    /** Beyond all that was captured, but not so far that it looks like the past. */
    boolean isAhead(int acknowledgment) {
        int ahead = acknowledgment - next;
        return ahead > 0 && ahead <= REACH_BACK && !finSent;
    }

    /** The peer sends this acknowledgment number; tells whether it acknowledges more than all before. */
    boolean acknowledge(int acknowledgment) {
        if (!acknowledgedKnown) {
            return acknowledgeFirst(acknowledgment);
        }
        if (Seq.atOrBefore(acknowledgment, acknowledged)) {
            return false;
        }
        if (holes != null) {
            missed(holes.countWithin(acknowledged, acknowledgment), holes.octetsWithin(acknowledged, acknowledgment));
        }
        acknowledged = acknowledgment;
        return true;
    }

    /** In mid-stream the first one shows where the capture began: what lies before it was not missed. */
    private boolean acknowledgeFirst(int acknowledgment) {
        acknowledgedKnown = true;
        if (!known) {
            startAt(acknowledgment);
            return false;
        }
        boolean advanced = Seq.after(acknowledgment, acknowledged);
        acknowledged = acknowledgment;
        if (!initialKnown && !finSent) {
            next = Seq.later(next, acknowledgment);
        }
        return advanced;
    }

    private void missed(int octets) {
        missed(1, octets);
    }

    private void missed(int places, int octets) {
        gaps += places;
        missedOctets += octets;
    }

    long inFlight() {
        return known && Seq.after(next, acknowledged) ? Seq.distance(acknowledged, next) : 0;
    }

    /** Octets at the end that were acknowledged but not captured; perhaps they are still to come. */
    long unseenTail() {
        return known && Seq.after(acknowledged, next) ? Seq.distance(next, acknowledged) : 0;
    }

    /** What the peer expects next if it got all that was sent: where an honest RST of this end stands. */
    int expected() {
        return Seq.later(next, acknowledged);
    }
}
