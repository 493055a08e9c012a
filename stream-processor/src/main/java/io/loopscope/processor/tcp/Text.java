package io.loopscope.processor.tcp;

/** Where the text of a segment falls: new, again, early, late (RFC 9293 3.10.7.4, first and seventh; RFC 7323 5). */
final class Text {

    /** Reordering is younger than this or than a round trip; later it is a retransmission. */
    private static final long REORDERING_NANOS = 3_000_000;
    /** RFC 7323 5.5: a timestamp this old says nothing any more. */
    private static final long TIMESTAMP_LIFE_NANOS = 24L * 24 * 3600 * 1_000_000_000;

    private Text() {}

    /** Places a segment without SYN; tells whether its receiver can accept it. */
    static boolean place(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to, long idleNanos) {
        boolean text = segment.payloadOctets() > 0;
        if ((text || segment.fin()) && isOldTimestamp(segment, from, idleNanos)) {
            incarnation.notice(Notice.PAWS_REJECTED, from, segment.atNanos());
            return false;
        }
        SequenceSpace sequence = from.sequence;
        if (text && !segment.fin() && sequence.finSent && Seq.atOrAfter(segment.dataEnd(), sequence.finEnd)) {
            incarnation.notice(Notice.DATA_AFTER_FIN, from, segment.atNanos());
            return true;
        }
        rememberTimestamp(segment, from);
        return place(incarnation, segment, from, to);
    }

    /** Text of any segment, one with SYN included; tells whether its receiver can accept it. */
    static boolean place(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        int begin = segment.dataSequence();
        if (from.sequence.isBeyond(begin, to.advertised)) {
            if (!from.sequence.isConfirmed(begin)) {
                from.sequence.strange = segment;
                incarnation.notice(Notice.OUT_OF_WINDOW, from, segment.atNanos());
                return false;
            }
            believeStrange(incarnation, from, to);
            believeStrange(incarnation, to, from);
        }
        return placeBelieved(incarnation, segment, from, to);
    }

    /** What seemed to be far out of the window was in it: the capture had lost what led there. */
    static void believeStrange(Incarnation incarnation, Endpoint from, Endpoint to) {
        Segment strange = from.sequence.strange;
        from.sequence.strange = null;
        if (strange != null) {
            placeBelieved(incarnation, strange, from, to);
            if (strange.fin()) {
                Closing.finSent(incarnation, strange, from, to);
            }
        }
    }

    private static boolean placeBelieved(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        SequenceSpace sequence = from.sequence;
        int gaps = sequence.gaps;
        int overlap = sequence.next - segment.dataSequence();
        Placement placement = sequence.place(segment.dataSequence(), segment.dataEnd());
        if (sequence.gaps > gaps) {
            incarnation.notice(Notice.CAPTURE_LOSS, from, segment.atNanos());
        }
        if (segment.payloadOctets() > 0) {
            text(incarnation, segment, from, to, placement, overlap);
        }
        if (placement == Placement.AHEAD) {
            sequence.skipped(segment.atNanos());
            incarnation.notice(Notice.GAP, from, segment.atNanos());
        } else if (placement == Placement.OUTSIDE) {
            incarnation.notice(Notice.OUT_OF_WINDOW, from, segment.atNanos());
        }
        return placement != Placement.OUTSIDE;
    }

    private static void text(
            Incarnation incarnation, Segment segment, Endpoint from, Endpoint to, Placement placement, int overlap) {
        long at = segment.atNanos();
        switch (placement) {
            case NEXT, AHEAD -> {
                if (segment.run() == null) {
                    from.roundTrip.sent(segment.dataEnd(), at);
                }
                if (to.advertised.isZero() && segment.payloadOctets() == 1) {
                    Probes.intoZeroWindow(incarnation, from, to, at);
                }
            }
            case FILLING -> {
                if (at - skippedNanos(incarnation, from) <= Math.max(REORDERING_NANOS, incarnation.roundTripNanos())) {
                    from.outOfOrder++;
                    incarnation.notice(Notice.OUT_OF_ORDER, from, at);
                } else {
                    again(incarnation, from, to, at);
                }
            }
            case OVERLAPPING -> {
                // The one octet of a window probe is sent again with the rest behind it.
                if (overlap > 1) {
                    again(incarnation, from, to, at);
                }
            }
            case OLD -> again(incarnation, from, to, at);
            case OUTSIDE -> {}
        }
        if (placement != Placement.OLD && placement != Placement.OUTSIDE) {
            from.lastDataNanos = at;
        }
    }

    /** When the octets that come now were skipped; what lies before the capture was skipped when it began. */
    private static long skippedNanos(Incarnation incarnation, Endpoint from) {
        return from.sequence.holes == null ? incarnation.startedNanos : from.sequence.holes.madeNanos;
    }

    private static void again(Incarnation incarnation, Endpoint from, Endpoint to, long at) {
        from.retransmissions++;
        from.unansweredRetransmissions++;
        from.roundTrip.repeated();
        incarnation.notice(Notice.RETRANSMISSION, from, at);
        Closing.textAgain(incarnation, from, to, at);
    }

    private static boolean isOldTimestamp(Segment segment, Endpoint from, long idleNanos) {
        return segment.options().timestamps()
                && from.timestampKnown
                && Seq.before(segment.options().timestampValue(), from.timestamp)
                && idleNanos < TIMESTAMP_LIFE_NANOS;
    }

    /** RFC 7323 4.3: only a segment that begins at or before the last acknowledgment sent updates TS.Recent. */
    private static void rememberTimestamp(Segment segment, Endpoint from) {
        if (!segment.options().timestamps()) {
            return;
        }
        int value = segment.options().timestampValue();
        boolean inOrder = Seq.atOrBefore(segment.sequence(), from.sequence.acknowledged);
        if (!from.timestampKnown || (inOrder && Seq.after(value, from.timestamp))) {
            from.timestamp = value;
            from.timestampKnown = true;
        }
    }
}
