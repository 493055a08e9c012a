package io.loopscope.processor.tcp;

/**
 * The last segment of one sender, across incarnations: by it a segment is known that was applied before or captured twice.
 */
final class LastApplied {

    /** Two equal segments of one sender within this time are one segment that was captured twice. */
    private static final long CAPTURED_TWICE_NANOS = 1_000_000;

    long atNanos = Connection.NEVER;
    int fingerprint;

    void note(Segment segment) {
        atNanos = segment.atNanos();
        fingerprint = segment.fingerprint();
    }

    /**
     * Whether the segment was applied before. The times of one sender never go back, so a segment from its past is either
     * delivered again, or the host's clock was set back: then it brings something new.
     */
    boolean isRedelivered(Segment segment, Incarnation current, Earlier earlier) {
        if (segment.atNanos() > atNanos) {
            return false;
        }
        if (segment.atNanos() == atNanos) {
            return segment.fingerprint() == fingerprint;
        }
        Endpoint from = current.endpoint(segment.sender());
        return bringsNothingNew(segment, from, current.peer(from))
                || (segment.syn() && earlier.had(segment.sender(), segment.sequence()));
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

    /** Takes sequence space, and equals the last segment of its sender so soon after it that no timer was involved. */
    boolean isCapturedTwice(Segment segment) {
        boolean takesSpace = segment.payloadOctets() > 0 || segment.syn() || segment.fin();
        return takesSpace
                && !segment.rst()
                && segment.run() == null
                && atNanos != Connection.NEVER
                && segment.atNanos() - atNanos <= CAPTURED_TWICE_NANOS
                && segment.fingerprint() == fingerprint;
    }
}
