package io.loopscope.processor.tcp;

/**
 * What one segment means for its incarnation, in the order of RFC 9293 3.10.7.4: is it acceptable, RST, SYN, ACK, text,
 * FIN. First what it says about its sender, whose state is older than the segment, then about its receiver.
 */
final class Arrival {

    private Arrival() {}

    static void apply(Incarnation incarnation, Segment segment, boolean capturedTwice) {
        Endpoint from = incarnation.endpoint(segment.sender());
        Endpoint to = incarnation.peer(from);
        long idleNanos = from.segments == 0 ? 0 : segment.atNanos() - from.lastSegmentNanos;
        incarnation.history.segment(incarnation.isClient(from), segment, isOld(from.sequence, segment));
        from.count(segment);
        if (incarnation.firstFin == null && segment.fin() && !segment.rst()) {
            incarnation.firstFin = from.side();
        }
        if (capturedTwice) {
            incarnation.notice(Notice.CAPTURED_TWICE, from, segment.atNanos());
        } else {
            process(incarnation, segment, from, to, idleNanos);
        }
        incarnation.closeIfOver(segment.atNanos());
    }

    /** Has data, and nothing beyond what this end has sent before. */
    private static boolean isOld(SequenceSpace sequence, Segment segment) {
        return segment.payloadOctets() > 0 && sequence.known && Seq.atOrBefore(segment.end(), sequence.next);
    }

    private static void process(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to, long idleNanos) {
        long at = segment.firstNanos();
        boolean reopens = segment.syn() && !segment.ack();
        if (incarnation.closed() && !reopens) {
            late(incarnation, segment, from);
            return;
        }
        if (segment.rst()) {
            if (segment.syn()) {
                incarnation.notice(Notice.SYN_RST, from, at);
            }
            Resets.received(incarnation, segment, from, to);
            return;
        }
        answer(incarnation, from, to, at);
        if (segment.syn()) {
            Handshake.syn(incarnation, segment, from, to);
        } else if (!segment.ack()) {
            withoutAck(incarnation, segment, from);
        } else if (!Handshake.isForeign(incarnation, segment, from, to)) {
            synchronised(incarnation, segment, from, to, idleNanos);
        }
    }

    /** It was under way when the connection ended: it moves nothing any more, but its text was captured. */
    private static void late(Incarnation incarnation, Segment segment, Endpoint from) {
        incarnation.notice(Notice.LATE_SEGMENT, from, segment.atNanos());
        if (from.sequence.known && segment.payloadOctets() > 0) {
            from.sequence.place(segment.dataSequence(), segment.dataEnd());
        }
    }

    /** Whatever this end sends answers what the peer was waiting for. */
    private static void answer(Incarnation incarnation, Endpoint from, Endpoint to, long at) {
        to.unansweredRetransmissions = 0;
        if (to.unansweredKeepalives > 0 && from != to) {
            to.unansweredKeepalives = 0;
            incarnation.notice(Notice.KEEPALIVE_ANSWERED, from, at);
        }
        Resets.answered(incarnation, from, at);
    }

    /** The receiver drops it (RFC 9293 3.10.7.4, fifth). A scanner's FIN still shows what the sender pretends. */
    private static void withoutAck(Incarnation incarnation, Segment segment, Endpoint from) {
        boolean none = (segment.flags() & (TcpFlags.STEERING | TcpFlags.PSH | TcpFlags.URG)) == 0;
        incarnation.notice(none ? Notice.NO_FLAGS : Notice.NO_ACK, from, segment.atNanos());
        if (segment.fin() && from.state == TcpState.CLOSED && !from.over) {
            incarnation.signal(from, Signal.PROVEN_ESTABLISHED, segment.atNanos());
            from.sequence.startAt(segment.sequence());
            from.sequence.sendFin(segment.end());
            incarnation.signal(from, Signal.SND_FIN, segment.atNanos());
        }
    }

    /** A segment with ACK and without SYN and RST. */
    private static void synchronised(
            Incarnation incarnation, Segment segment, Endpoint from, Endpoint to, long idleNanos) {
        long at = segment.firstNanos();
        if (!from.sequence.known) {
            from.sequence.startAt(segment.sequence());
        }
        if (!Acknowledgment.isPlausible(incarnation, segment, from, to)) {
            return;
        }
        if (Probes.isProbe(segment, from, to, idleNanos)) {
            Probes.sent(incarnation, segment, from, to);
        } else if (!Text.place(incarnation, segment, from, to, idleNanos)) {
            return;
        }
        Handshake.proves(incarnation, segment, from, to);
        Acknowledgment.received(incarnation, segment, from, to);
        if (segment.fin()) {
            Closing.finSent(incarnation, segment, from, to);
        }
        Acknowledgment.delivered(incarnation, segment, from, to);
        Closing.deliverFin(incarnation, from, to, at);
        if (to.state == TcpState.TIME_WAIT && from != to) {
            to.timeWaitNanos = segment.atNanos();
        }
        Probes.window(incarnation, segment, from, to);
    }
}
