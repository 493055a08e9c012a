package io.loopscope.processor.tcp;

/** SYNs, and what shows that a handshake is over (RFC 9293 3.5 and 3.10.7.3, RFC 7413). */
final class Handshake {

    /** The octets that can get lost before anybody sees something; ISNs differ by far more. */
    private static final int NEAR = 1 << 20;
    /** Linux: tcp_synack_retries. */
    private static final int SYN_ACK_RETRIES = 5;

    private Handshake() {}

    static void syn(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        if (segment.fin()) {
            incarnation.notice(Notice.SYN_FIN, from, segment.atNanos());
        }
        if (segment.ack()) {
            synAck(incarnation, segment, from, to);
        } else if (from.synTransmissions == 0 && incarnation.closed()) {
            incarnation.notice(Notice.LATE_SEGMENT, from, segment.atNanos());
        } else if (from.synTransmissions++ == 0) {
            firstSyn(incarnation, segment, from, to);
        } else {
            synAgain(incarnation, from, to, segment.atNanos());
        }
    }

    private static void firstSyn(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        long at = segment.atNanos();
        incarnation.initiator = Initiator.SYN;
        startAtSyn(segment, from, to);
        incarnation.signal(from, Signal.SND_SYN, at);
        if (to.state == TcpState.SYN_SENT) {
            // Figure 7: each has sent a SYN before it got the other's. A connection to itself does so with one SYN.
            incarnation.simultaneousOpen = true;
            incarnation.signal(to, Signal.RCV_SYN, at);
            incarnation.signal(from, Signal.RCV_SYN, at);
        } else if (!segment.fin()) {
            incarnation.signal(to, Signal.RCV_SYN, at);
        }
        synText(incarnation, segment, from, to);
    }

    private static void startAtSyn(Segment segment, Endpoint from, Endpoint to) {
        from.sequence.startAtSyn(segment.sequence());
        from.advertised.offer(segment.options());
        from.roundTrip.sent(segment.sequence() + 1, segment.atNanos());
        if (to.hasOpened()) {
            from.advertised.settle(to.advertised.offeredScale != Options.ABSENT);
            to.advertised.settle(from.advertised.offeredScale != Options.ABSENT);
        } else if (segment.ack()) {
            // A SYN,ACK has the option only when the SYN had it, but the SYN's shift count was not captured.
            from.advertised.settle(true);
        }
    }

    private static void synText(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        if (segment.payloadOctets() > 0) {
            incarnation.notice(Notice.SYN_WITH_DATA, from, segment.atNanos());
            Text.place(incarnation, segment, from, to);
        }
    }

    /** The SYN again: what it did the first time it did not do, or its answer never came. */
    private static void synAgain(Incarnation incarnation, Endpoint from, Endpoint to, long at) {
        if (incarnation.closed()) {
            reopen(incarnation, from, to, at);
            return;
        }
        incarnation.notice(Notice.SYN_RETRANSMITTED, from, at);
        from.roundTrip.repeated();
        if (!to.hasOpened()) {
            incarnation.signal(to, Signal.SYN_UNDELIVERED, at);
        } else if (!from.sentBeyondSyn) {
            incarnation.signal(from, Signal.SYN_ACK_UNDELIVERED, at);
            if (incarnation.simultaneousOpen && from.synAckTransmissions == 0) {
                incarnation.signal(from, Signal.SND_SYN, at);
            }
        }
    }

    /** Some stacks try a refused SYN again with the same ISN. */
    private static void reopen(Incarnation incarnation, Endpoint from, Endpoint to, long at) {
        if (incarnation.closeReason != CloseReason.REFUSED) {
            incarnation.notice(Notice.LATE_SEGMENT, from, at);
            return;
        }
        incarnation.notice(Notice.SYN_RETRANSMITTED, from, at);
        incarnation.resetBy = null;
        incarnation.resetCause = null;
        to.over = false;
        incarnation.signal(from, Signal.SND_SYN, at);
        incarnation.signal(to, Signal.RCV_SYN, at);
    }

    private static void synAck(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        long at = segment.atNanos();
        boolean again = from.synAckTransmissions > 0 && segment.sequence() == from.sequence.initial;
        if (!again && !isAcceptableAnswer(segment, from, to)) {
            incarnation.notice(Notice.STALE_SYN_ACK, from, at);
            return;
        }
        if (again) {
            from.synAckTransmissions++;
            synAckAgain(incarnation, from, to, at);
        } else {
            firstSynAck(incarnation, segment, from, to);
        }
        from.advertised.advertiseOnSyn(segment.acknowledgment(), segment.window());
        if (to.sequence.acknowledge(segment.acknowledgment())) {
            to.roundTrip.acknowledged(segment.acknowledgment(), at);
        }
        synText(incarnation, segment, from, to);
    }

    private static boolean isAcceptableAnswer(Segment segment, Endpoint from, Endpoint to) {
        if (from.synAckTransmissions > 0 && to.sentBeyondSyn) {
            return false;
        }
        // The SYN with the text it acknowledges (RFC 7413) may not have been captured, only its repetition without.
        return !to.sequence.initialKnown
                || acknowledgesSyn(segment, to.sequence)
                || (from.synAckTransmissions == 0 && wasMissed(segment, to.sequence));
    }

    private static boolean acknowledgesSyn(Segment segment, SequenceSpace sent) {
        return Seq.after(segment.acknowledgment(), sent.initial) && Seq.atOrBefore(segment.acknowledgment(), sent.next);
    }

    private static void firstSynAck(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        long at = segment.atNanos();
        from.synAckTransmissions = 1;
        if (from.sequence.initialKnown && segment.sequence() != from.sequence.initial) {
            // It answers the repeated SYN from scratch, as with SYN cookies: nobody has acknowledged the first answer.
            from.sequence.restartAtSyn(segment.sequence());
        }
        startAtSyn(segment, from, to);
        incarnation.signal(from, Signal.SND_SYN_ACK, at);
        if (!to.sequence.initialKnown) {
            to.sequence.startAtSyn(segment.acknowledgment() - 1);
            incarnation.signal(to, Signal.SND_SYN, at);
        }
        incarnation.fastOpen = Seq.after(segment.acknowledgment(), to.sequence.initial + 1);
        incarnation.signal(to, Signal.RCV_SYN_ACK, at);
    }

    /**
     * The SYN,ACK again: its sender is still in SYN-RECEIVED, whatever acknowledgment was captured (full accept queue).
     * And a peer that has not acknowledged the first one at once never got it.
     */
    private static void synAckAgain(Incarnation incarnation, Endpoint from, Endpoint to, long at) {
        incarnation.notice(Notice.SYN_ACK_RETRANSMITTED, from, at);
        from.roundTrip.repeated();
        if (!hasLeftHandshake(incarnation, from, to)) {
            from.ackOfSynDistrusted |= from.state.synchronised();
            to.sequence.finReceived = false;
            incarnation.signal(from, Signal.ACK_OF_SYN_UNDELIVERED, at);
        }
        boolean hasIt = to.sentBeyondSyn || to.synAckTransmissions > 0;
        if (!hasIt) {
            incarnation.signal(to, Signal.SYN_ACK_UNDELIVERED, at);
        }
    }

    /** It has sent text, or acknowledged some: no SYN,ACK of it is younger than that, but one may have been captured late. */
    private static boolean hasLeftHandshake(Incarnation incarnation, Endpoint from, Endpoint to) {
        boolean acknowledgedText = to.sequence.initialKnown
                && to.sequence.acknowledgedKnown
                && Seq.after(to.sequence.acknowledged, to.sequence.initial + 1);
        return !incarnation.fastOpen && (from.sequence.uniqueOctets > 0 || acknowledgedText);
    }

    /**
     * A segment that has nothing to do with the handshake under way: an end that lives in an older incarnation answers a
     * SYN with a bare ACK of what it had (Figure 9), and some stacks acknowledge a SYN before they answer it.
     */
    static boolean isForeign(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        boolean answersSyn = to.state == TcpState.SYN_SENT && !from.hasOpened();
        if (!answersSyn || !to.sequence.initialKnown) {
            return false;
        }
        if (wasMissed(segment, to.sequence)) {
            return false;
        }
        if (acknowledgesSyn(segment, to.sequence)) {
            return segment.payloadOctets() == 0
                    && !segment.fin()
                    && segment.acknowledgment() == to.sequence.initial + 1
                    && !to.sentBeyondSyn;
        }
        incarnation.notice(Notice.CHALLENGE_ACK, from, segment.atNanos());
        if (!incarnation.collisionTold) {
            incarnation.collisionTold = true;
            incarnation.notice(Notice.TUPLE_REUSE_COLLISION, from, segment.atNanos());
        }
        incarnation.signal(from, Signal.SYN_UNDELIVERED, segment.atNanos());
        return true;
    }

    /**
     * It acknowledges more than the SYN, but not so much more that it could be about another ISN: the capture has lost
     * the SYN,ACK and what followed.
     */
    private static boolean wasMissed(Segment segment, SequenceSpace sent) {
        int ahead = segment.acknowledgment() - sent.next;
        return ahead > 0 && ahead < NEAR;
    }

    /**
     * An end whose repeated SYN,ACK was acknowledged is in SYN-RECEIVED (full accept queue) as long as it goes on
     * repeating. When it stops before it has to, an acknowledgment was taken after all. When both opened, its SYNs count.
     */
    static boolean stoppedRepeatingSynAck(Endpoint end, Endpoint peer) {
        return end.state == TcpState.SYN_RECEIVED
                && peer.state != TcpState.CLOSED
                && end.ackOfSynDistrusted
                && end.synTransmissions + end.synAckTransmissions <= SYN_ACK_RETRIES;
    }

    /** Only a synchronized end sends a segment with ACK and without SYN and RST, and it has a synchronized peer. */
    static void proves(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        long at = segment.firstNanos();
        from.sentBeyondSyn = true;
        switch (from.state) {
            case CLOSED -> {
                // Silence alone ended the handshake of an end that is over without FIN and RST. It lives.
                if (!from.over || !from.finSent()) {
                    incarnation.signal(from, Signal.PROVEN_ESTABLISHED, at);
                }
            }
            case SYN_SENT -> incarnation.signal(from, Signal.RCV_SYN_ACK, at);
            case SYN_RECEIVED -> {
                boolean opening = maySendBeforeEstablished(incarnation, segment, from, to)
                        || isStillOpening(incarnation, segment, from, to);
                if (!opening) {
                    incarnation.signal(from, Signal.RCV_ACK_OF_SYN, at);
                }
            }
            default -> {}
        }
        boolean unknown = to.state == TcpState.CLOSED && !to.over;
        if (from.state.synchronised() && (unknown || to.state == TcpState.SYN_SENT)) {
            incarnation.signal(to, Signal.PROVEN_ESTABLISHED, at);
        }
    }

    /**
     * As long as its own SYN was not acknowledged: text with Fast Open, and always a bare ACK of nothing but the SYN, the
     * answer to an unacceptable segment (RFC 9293 3.10.7.4, first).
     */
    private static boolean maySendBeforeEstablished(
            Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        SequenceSpace sent = from.sequence;
        boolean synAcknowledged = sent.acknowledgedKnown && Seq.after(sent.acknowledged, sent.initial);
        if (synAcknowledged) {
            return false;
        }
        boolean bare = segment.payloadOctets() == 0 && !segment.fin();
        boolean ofSynOnly =
                to.sequence.initialKnown && Seq.atOrBefore(segment.acknowledgment(), to.sequence.initial + 1);
        return incarnation.fastOpen || (bare && ofSynOnly);
    }

    /**
     * With Fast Open a server sends text while it goes on repeating its SYN,ACK. What shows that it has received more than
     * the SYN is an acknowledgment of more, or text that is repeated: while its SYN,ACK waits, only that is.
     */
    private static boolean isStillOpening(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        return incarnation.fastOpen
                && from.ackOfSynDistrusted
                && from.unansweredRetransmissions == 0
                && Seq.atOrBefore(segment.acknowledgment(), to.sequence.acknowledged);
    }
}
