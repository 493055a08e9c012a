package io.loopscope.processor.tcp;

/** RSTs: which count (RFC 9293 3.10.7.3 and 3.10.7.4, RFC 5961 3), and what they say. */
final class Resets {

    private enum Verdict {
        ACCEPTED,
        IN_DOUBT,
        OUT_OF_WINDOW
    }

    private Resets() {}

    static void received(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        long at = segment.atNanos();
        switch (judge(incarnation, segment, from, to)) {
            case ACCEPTED -> accept(incarnation, from, to, segment.ack(), at);
            case IN_DOUBT -> {
                incarnation.doubtfulResetBy = from.side();
                incarnation.doubtfulResetWithAck = segment.ack();
                incarnation.doubtSinceNanos = at;
                incarnation.notice(Notice.RST_IN_DOUBT, from, at);
            }
            case OUT_OF_WINDOW -> incarnation.notice(Notice.RST_OUT_OF_WINDOW, from, at);
        }
    }

    private static Verdict judge(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        if (to.state == TcpState.SYN_SENT) {
            return answersSyn(segment, to) ? Verdict.ACCEPTED : Verdict.OUT_OF_WINDOW;
        }
        if (incarnation.simultaneousOpen && to.state == TcpState.SYN_RECEIVED && answersSyn(segment, to)) {
            // Who refuses a SYN has none of its own under way: the one that seemed to cross never arrived.
            return Verdict.ACCEPTED;
        }
        SequenceSpace sent = from.sequence;
        if (!sent.known || isExact(segment.sequence(), sent, to.state)) {
            return Verdict.ACCEPTED;
        }
        if (from.state == TcpState.SYN_SENT) {
            return abandonsSyn(segment, from, to) ? Verdict.ACCEPTED : Verdict.OUT_OF_WINDOW;
        }
        if (!isInWindow(segment.sequence(), sent, to)) {
            return Verdict.OUT_OF_WINDOW;
        }
        // A request that is not yet a socket is dropped by any RST in the window.
        return to.state == TcpState.SYN_RECEIVED ? Verdict.ACCEPTED : Verdict.IN_DOUBT;
    }

    private static boolean answersSyn(Segment segment, Endpoint to) {
        return segment.ack()
                && Seq.after(segment.acknowledgment(), to.sequence.initial)
                && Seq.atOrBefore(segment.acknowledgment(), to.sequence.next);
    }

    /** Unasked, on its own SYN. One that was asked for answers something from an older incarnation, and ends only that. */
    private static boolean abandonsSyn(Segment segment, Endpoint from, Endpoint to) {
        return to.segments == 0 && segment.sequence() == from.sequence.initial;
    }

    /** RCV.NXT of the receiver: all that was sent, or what it acknowledged itself when something is under way. */
    private static boolean isExact(int sequence, SequenceSpace sent, TcpState receiver) {
        if (sequence == sent.expected() || (sent.acknowledgedKnown && sequence == sent.acknowledged)) {
            return true;
        }
        if (!sent.acknowledgedKnown && sent.initialKnown && sequence == sent.initial + 1) {
            // The text on its SYN was not taken (RFC 7413).
            return true;
        }
        // Linux takes a RST that stands on the FIN: its sender answers data that crossed its FIN.
        boolean closing =
                receiver == TcpState.CLOSE_WAIT || receiver == TcpState.LAST_ACK || receiver == TcpState.CLOSING;
        return closing && sent.finSent && sequence == sent.finEnd - 1;
    }

    private static boolean isInWindow(int sequence, SequenceSpace sent, Endpoint to) {
        AdvertisedWindow window = to.advertised;
        // The window of a SYN is not scaled.
        int shift = to.state == TcpState.SYN_RECEIVED ? 0 : AdvertisedWindow.MAX_SCALE;
        int begin = sent.acknowledgedKnown ? sent.acknowledged : sent.next;
        int end = window.edgeKnown ? Seq.later(window.edge, sent.next) : sent.next + (0xFFFF << shift);
        return Seq.atOrAfter(sequence, begin) && Seq.before(sequence, end);
    }

    private static void accept(Incarnation incarnation, Endpoint from, Endpoint to, boolean withAck, long at) {
        if (!incarnation.finished()) {
            incarnation.resetBy = from.side();
            incarnation.resetWithAck = withAck;
            incarnation.resetCause = cause(incarnation, from, to, withAck);
        }
        incarnation.doubtfulResetBy = null;
        incarnation.notice(Notice.RST_ACCEPTED, from, at);
        incarnation.signal(from, Signal.SND_RST, at);
        incarnation.signal(to, Signal.RCV_RST, at);
        from.over = true;
        to.over = true;
    }

    private static ResetCause cause(Incarnation incarnation, Endpoint from, Endpoint to, boolean withAck) {
        if (to.state == TcpState.SYN_SENT) {
            return ResetCause.REFUSED;
        }
        if (!withAck) {
            return from.finSent() ? ResetCause.AFTER_CLOSE : ResetCause.NO_SOCKET;
        }
        if (from.unansweredKeepalives > 0) {
            return ResetCause.KEEPALIVE_GAVE_UP;
        }
        boolean unanswered = to.lastDataNanos > from.lastDataNanos && !incarnation.isClient(from);
        return unanswered ? ResetCause.UNREAD_DATA : ResetCause.ABORTED;
    }

    /** A doubtful RST meets a sign of life: of the end it hit, a challenge ACK; of the end it claims to come from, a lie. */
    static void answered(Incarnation incarnation, Endpoint by, long at) {
        if (incarnation.doubtfulResetBy == null) {
            return;
        }
        boolean challenge = by != incarnation.endpoint(incarnation.doubtfulResetBy);
        incarnation.doubtfulResetBy = null;
        if (challenge) {
            incarnation.notice(Notice.CHALLENGE_ACK, by, at);
        }
    }

    /** Nobody objected: the capture has missed what would have made the RST exact. */
    static void unchallenged(Incarnation incarnation, long at) {
        Side by = incarnation.doubtfulResetBy;
        if (by != null) {
            Endpoint from = incarnation.endpoint(by);
            accept(incarnation, from, incarnation.peer(from), incarnation.doubtfulResetWithAck, at);
        }
    }
}
