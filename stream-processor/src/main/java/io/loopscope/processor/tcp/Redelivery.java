package io.loopscope.processor.tcp;

/**
 * Segments that were applied before. The times of one sender never go back, so a segment from its past is either
 * delivered again, or the host's clock was set back: then it brings something new.
 */
final class Redelivery {

    private Redelivery() {}

    static boolean is(Incarnation incarnation, Segment segment) {
        Endpoint from = incarnation.endpoint(segment.sender());
        if (from.segments == 0 || segment.atNanos() > from.lastSegmentNanos) {
            return false;
        }
        if (segment.atNanos() == from.lastSegmentNanos) {
            return segment.fingerprint() == from.lastFingerprint;
        }
        return bringsNothingNew(segment, from, incarnation.peer(from));
    }

    private static boolean bringsNothingNew(Segment segment, Endpoint from, Endpoint to) {
        SequenceSpace sent = from.sequence;
        if (segment.rst()) {
            return from.resets > 0;
        }
        if (segment.syn()) {
            return sent.initialKnown && segment.sequence() == sent.initial;
        }
        boolean oldText = sent.known && Seq.atOrBefore(segment.end(), sent.next) && (!segment.fin() || sent.finSent);
        boolean oldAck = !segment.ack()
                || (to.sequence.acknowledgedKnown
                        && Seq.atOrBefore(segment.acknowledgment(), to.sequence.acknowledged));
        return oldText && oldAck;
    }
}
