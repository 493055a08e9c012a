package io.loopscope.processor.tcp;

/**
 * What is presumed of a connection of which only SYN, FIN, RST and windows of 0 are captured. Text shows in the numbers of
 * the next segment. An acknowledgment never shows, but its absence does: SYN, SYN,ACK and FIN are repeated as long as they
 * are not acknowledged. So they are taken to be, until they are repeated.
 */
final class Presumption {

    /** What is farther ahead is another stream's, or nobody's. */
    private static final int REACH = 1 << 30;

    private Presumption() {}

    /** What the numbers of a segment say was sent and acknowledged before it. */
    static void before(Incarnation incarnation, Segment segment) {
        if (segment.syn() || incarnation.closed()) {
            return;
        }
        Endpoint from = incarnation.endpoint(segment.sender());
        Endpoint to = incarnation.peer(from);
        sent(from.sequence, segment.sequence());
        if (segment.ack()) {
            sent(to.sequence, segment.acknowledgment());
        }
    }

    /** Up to there: no octet is missing, it was not to be captured. */
    private static void sent(SequenceSpace sequence, int end) {
        int ahead = end - sequence.next;
        if (sequence.known && !sequence.finSent && ahead > 0 && ahead <= REACH) {
            sequence.place(sequence.next, end);
        }
    }

    /** What has come of a segment as long as it is not repeated. */
    static void after(Incarnation incarnation, Segment segment) {
        Endpoint from = incarnation.endpoint(segment.sender());
        Endpoint to = incarnation.peer(from);
        if (segment.rst() || from == to) {
            return;
        }
        if (segment.syn() && segment.ack()) {
            synAcknowledged(incarnation, from, to, segment.atNanos());
        } else if (segment.fin()) {
            finAcknowledged(incarnation, from, to, segment.atNanos());
        }
    }

    private static void synAcknowledged(Incarnation incarnation, Endpoint from, Endpoint to, long at) {
        if (from.synAckTransmissions == 1 && to.state == TcpState.ESTABLISHED) {
            to.sentBeyondSyn = true;
            from.sequence.acknowledge(from.sequence.initial + 1);
            incarnation.signal(from, Signal.RCV_ACK_OF_SYN, at);
        }
    }

    private static void finAcknowledged(Incarnation incarnation, Endpoint from, Endpoint to, long at) {
        SequenceSpace sequence = from.sequence;
        if (!sequence.finSent || sequence.finProven) {
            return;
        }
        if (from.finRetransmissions == 0) {
            if (sequence.finReceived && to.state != TcpState.CLOSED) {
                sequence.acknowledge(sequence.finEnd);
                incarnation.signal(from, Signal.RCV_ACK_OF_FIN, at);
                incarnation.closeIfOver(at);
            }
        } else if (sequence.finAcknowledged()) {
            sequence.acknowledged = sequence.finEnd - 1;
            incarnation.signal(from, Signal.ACK_OF_FIN_UNDELIVERED, at);
        }
    }
}
