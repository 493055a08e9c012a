package io.loopscope.processor.tcp;

/** Which incarnation of a 4-tuple a segment belongs to: a new ISN is a new incarnation. */
final class Incarnations {

    /** What to do with a segment. */
    enum Verdict {
        /** It belongs to the current incarnation. */
        CURRENT,
        /** It begins a new one. */
        NEW,
        /** It is left over from an earlier one. */
        EARLIER,
        /** A SYN on a synchronized connection: what comes next tells whether it is a new incarnation or a lie. */
        CHALLENGES
    }

    /** Numbers this close to the current ones are late segments, not another connection. */
    private static final int NEAR = 1 << 22;

    /** A SYN carries no more than one segment. */
    private static final int LARGEST_SYN_TEXT = 0xFFFF;

    private Incarnations() {}

    static Verdict of(Incarnation current, Earlier earlier, Segment segment) {
        Endpoint from = current.endpoint(segment.sender());
        Endpoint to = current.peer(from);
        if (segment.syn() && !segment.rst()) {
            return segment.ack() ? ofSynAck(current, earlier, segment, from, to) : ofSyn(earlier, segment, from, to);
        }
        if (!current.closed() || segment.rst() || !segment.ack()) {
            return Verdict.CURRENT;
        }
        // Silence was all that spoke for its end. It lives: the capture has missed what came between.
        boolean lives = current.closeReason == CloseReason.GAVE_UP && isNear(segment.acknowledgment(), to.sequence);
        return lives || isUnrelated(segment, from, to) ? Verdict.NEW : Verdict.CURRENT;
    }

    private static Verdict ofSyn(Earlier earlier, Segment segment, Endpoint from, Endpoint to) {
        if (isSynOf(segment, from.sequence) || isSynBehindSynAck(segment, from)) {
            return Verdict.CURRENT;
        }
        if (earlier.had(from.side(), segment.sequence())) {
            return Verdict.EARLIER;
        }
        boolean simultaneous = to.state == TcpState.SYN_SENT && !from.sequence.known && from != to;
        if (simultaneous) {
            return Verdict.CURRENT;
        }
        return isAlive(from) && isAlive(to) ? Verdict.CHALLENGES : Verdict.NEW;
    }

    private static Verdict ofSynAck(Incarnation current, Earlier earlier, Segment segment, Endpoint from, Endpoint to) {
        if (isSynOf(segment, from.sequence)) {
            return Verdict.CURRENT;
        }
        SequenceSpace sent = to.sequence;
        boolean answers = sent.initialKnown
                ? Seq.after(segment.acknowledgment(), sent.initial)
                        && Seq.atOrBefore(segment.acknowledgment(), sent.next)
                : sent.known && segment.acknowledgment() == sent.first;
        if (answers && !current.closed()) {
            return Verdict.CURRENT;
        }
        if (earlier.had(from.side(), segment.sequence())) {
            return Verdict.EARLIER;
        }
        // A client that waits for its own answer is not moved by the answer to somebody else's SYN.
        return to.state == TcpState.SYN_SENT ? Verdict.CURRENT : Verdict.NEW;
    }

    /** The SYN of the current incarnation: again, or captured after what it opened, perhaps with data (RFC 7413). */
    private static boolean isSynOf(Segment segment, SequenceSpace sent) {
        if (sent.initialKnown) {
            return segment.sequence() == sent.initial;
        }
        return sent.known && isTextOnSyn(sent.first - 1 - segment.sequence());
    }

    /** What was taken for the ISN is what the SYN,ACK acknowledged: perhaps text on a SYN that was not captured, too. */
    private static boolean isSynBehindSynAck(Segment segment, Endpoint from) {
        return from.synTransmissions == 0
                && from.sequence.initialKnown
                && isTextOnSyn(from.sequence.initial - segment.sequence());
    }

    private static boolean isTextOnSyn(int octets) {
        return octets >= 0 && octets <= LARGEST_SYN_TEXT;
    }

    private static boolean isAlive(Endpoint end) {
        return end.state.synchronised() && end.state != TcpState.TIME_WAIT;
    }

    private static boolean isUnrelated(Segment segment, Endpoint from, Endpoint to) {
        boolean sequenceNear = isNear(segment.sequence(), from.sequence);
        boolean acknowledgmentNear = isNear(segment.acknowledgment(), to.sequence);
        return from.sequence.known && to.sequence.known && !sequenceNear && !acknowledgmentNear;
    }

    private static boolean isNear(int number, SequenceSpace space) {
        return space.known && Math.abs(number - space.next) < NEAR;
    }
}
