package io.loopscope.processor.tcp;

/**
 * FINs (RFC 9293 3.6 and 3.10.7.4, eighth). A FIN that was captured in order is believed to have arrived, an
 * acknowledgment proves it, a repetition takes the belief back.
 */
final class Closing {

    /** A round trip, when none was measured. */
    private static final long CROSSING_NANOS = 3_000_000;

    private Closing() {}

    static void finSent(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        SequenceSpace sequence = from.sequence;
        int end = segment.end();
        if (!sequence.finSent) {
            first(incarnation, segment, from, to);
        } else if (end == sequence.finEnd) {
            again(incarnation, from, to, segment.atNanos());
        } else if (Seq.after(end, sequence.finEnd)) {
            // No stack moves its FIN. What counts is the last one, as long as nobody acknowledged the first.
            incarnation.notice(Notice.DATA_AFTER_FIN, from, segment.atNanos());
            if (!sequence.finProven) {
                sequence.sendFin(end);
            }
        }
    }

    private static void first(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        long at = segment.atNanos();
        boolean crossed = to.sequence.finReceived && Seq.before(segment.acknowledgment(), to.sequence.finEnd);
        from.sequence.sendFin(segment.end());
        if (crossed) {
            // Figure 13: it had not got the peer's FIN yet. That one is still believed to be on its way.
            incarnation.signal(from, Signal.SND_FIN_CROSSED, at);
            incarnation.signal(from, Signal.RCV_FIN, at);
        } else {
            incarnation.signal(from, Signal.SND_FIN, at);
        }
    }

    private static void again(Incarnation incarnation, Endpoint from, Endpoint to, long at) {
        SequenceSpace sequence = from.sequence;
        from.finRetransmissions++;
        if (from.state == TcpState.CLOSED && !to.finSent()) {
            // It was given up too early: the capture has missed repetitions.
            incarnation.signal(from, Signal.PROVEN_ESTABLISHED, at);
            incarnation.signal(from, Signal.SND_FIN, at);
        }
        from.roundTrip.repeated();
        if (sequence.finProven) {
            incarnation.notice(Notice.FIN_RETRANSMITTED_SPURIOUSLY, from, at);
            if (!crossedAcknowledgment(incarnation, from, at)) {
                incarnation.signal(from, Signal.ACK_OF_FIN_UNDELIVERED, at);
            }
        } else {
            incarnation.notice(Notice.FIN_RETRANSMITTED, from, at);
            undelivered(incarnation, sequence, to, at);
        }
    }

    /** Text before the FIN again: the peer misses some of it, and a FIN counts when all before it is there. */
    static void textAgain(Incarnation incarnation, Endpoint from, Endpoint to, long at) {
        if (from.sequence.finReceived && !from.sequence.finProven) {
            undelivered(incarnation, from.sequence, to, at);
        }
    }

    private static void undelivered(Incarnation incarnation, SequenceSpace sequence, Endpoint to, long at) {
        sequence.finReceived = false;
        sequence.finDistrusted = true;
        incarnation.signal(to, Signal.FIN_UNDELIVERED, at);
    }

    /**
     * Within a round trip of the acknowledgment the repeated FIN was under way already when that came. No retransmission
     * timer is that short, but some stacks send their FIN again with the ACK of a FIN that crossed it.
     */
    private static boolean crossedAcknowledgment(Incarnation incarnation, Endpoint from, long at) {
        return at - from.sinceNanos <= Math.max(CROSSING_NANOS, incarnation.roundTripNanos());
    }

    /** A FIN arrives when nothing before it is missing: perhaps with a later segment than its own. */
    static void deliverFin(Incarnation incarnation, Endpoint from, Endpoint to, long at) {
        SequenceSpace sequence = from.sequence;
        boolean waiting = sequence.finSent && !sequence.finReceived && !sequence.finDistrusted;
        if (waiting && to.state.synchronised() && sequence.finInOrder()) {
            sequence.finReceived = true;
            incarnation.signal(to, Signal.RCV_FIN, at);
            if (sequence.finAcknowledged()) {
                // The acknowledgment was captured before the FIN.
                sequence.finProven = true;
                incarnation.signal(from, Signal.RCV_ACK_OF_FIN, at);
            }
        }
    }
}
