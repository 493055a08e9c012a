package io.loopscope.processor.tcp;

/** What the ACK field says: proof that its sender received, and news for its receiver (RFC 9293 3.10.7.4, fifth). */
final class Acknowledgment {

    private Acknowledgment() {}

    /** A segment that acknowledges what cannot have been sent is dropped (RFC 5961 5). */
    static boolean isPlausible(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        SequenceSpace sent = to.sequence;
        int acknowledgment = segment.acknowledgment();
        // Inside a run the window has moved on with the acknowledgments that were merged.
        if (segment.run() != null || sent.canBeAcknowledged(acknowledgment, from.advertised)) {
            return true;
        }
        if (sent.isAcknowledgmentConfirmed(acknowledgment)) {
            Text.believeStrange(incarnation, to, from);
            Text.believeStrange(incarnation, from, to);
            return true;
        }
        if (standsWhereExpected(segment, from) && sent.isAhead(acknowledgment)) {
            // Its own number is exact, so it is no stranger's: the capture has lost what the peer sent.
            return true;
        }
        if (segment.fin() || from.sequence.isBeyond(segment.dataSequence(), to.advertised)) {
            // An answer to it would confirm both.
            from.sequence.strange = segment;
        }
        sent.strangeAcknowledgment = acknowledgment;
        sent.strangeAcknowledgmentSeen = true;
        incarnation.notice(Notice.ACK_OF_UNSENT, from, segment.atNanos());
        return false;
    }

    /** A FIN, or text, that follows at once on what its sender has sent before. */
    private static boolean standsWhereExpected(Segment segment, Endpoint from) {
        boolean takesSpace = segment.payloadOctets() > 0 || segment.fin();
        return takesSpace && from.sequence.known && segment.sequence() == from.sequence.next;
    }

    /** The sender has received everything up to the acknowledgment number. */
    static void received(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        SequenceSpace sent = to.sequence;
        if (sent.finSent && !sent.finProven && Seq.atOrAfter(segment.acknowledgment(), sent.finEnd)) {
            sent.finProven = true;
            if (!sent.finReceived) {
                sent.finReceived = true;
                incarnation.signal(from, Signal.RCV_FIN, segment.firstNanos());
            }
        }
    }

    /** The acknowledgment is believed to arrive. */
    static void delivered(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        SequenceSpace sent = to.sequence;
        int acknowledgment = segment.acknowledgment();
        int gaps = sent.gaps;
        long tail = sent.unseenTail();
        if (sent.acknowledge(acknowledgment) && segment.run() == null) {
            to.roundTrip.acknowledged(acknowledgment, segment.atNanos());
        }
        if (sent.gaps > gaps) {
            incarnation.notice(Notice.CAPTURE_LOSS, to, segment.atNanos());
        }
        if (segment.run() == null) {
            for (int i = gaps + (sent.unseenTail() > tail ? -1 : 0); i < sent.gaps; i++) {
                incarnation.history.gap(incarnation.isClient(to));
            }
        }
        if (to.state == TcpState.SYN_RECEIVED && !to.ackOfSynDistrusted && acknowledgesSyn(sent)) {
            incarnation.signal(to, Signal.RCV_ACK_OF_SYN, segment.firstNanos());
        }
        if (sent.finAcknowledged()) {
            incarnation.signal(to, Signal.RCV_ACK_OF_FIN, segment.firstNanos());
        }
    }

    private static boolean acknowledgesSyn(SequenceSpace sent) {
        return !sent.initialKnown || Seq.after(sent.acknowledged, sent.initial);
    }
}
