package io.loopscope.processor.tcp;

/**
 * Keepalives (RFC 9293 3.8.4) and window probes (3.8.6.1). On Linux both have the same shape, one octet below SND.NXT
 * with no or one octet of text: the window the peer last advertised tells which it is. Neither is a retransmission.
 */
final class Probes {

    /** After a FIN, an older ACK that was overtaken by it has the same shape, but comes at once. */
    private static final long AFTER_FIN_NANOS = 100_000_000;

    private Probes() {}

    static boolean isProbe(Segment segment, Endpoint from, Endpoint to, long idleNanos) {
        SequenceSpace sent = from.sequence;
        if (segment.payloadOctets() > 1 || segment.sequence() != sent.next - 1 || segment.fin()) {
            return false;
        }
        if (segment.run() != null || (sent.finSent && idleNanos < AFTER_FIN_NANOS)) {
            return false;
        }
        boolean allAcknowledged = sent.acknowledgedKnown && Seq.atOrAfter(sent.acknowledged, sent.next);
        return allAcknowledged || (to.advertised.isZero() && segment.payloadOctets() == 1);
    }

    static void sent(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        if (to.advertised.isZero()) {
            intoZeroWindow(incarnation, from, to, segment.atNanos());
        } else {
            from.unansweredKeepalives++;
            incarnation.notice(Notice.KEEPALIVE_PROBE, from, segment.atNanos());
        }
    }

    static void intoZeroWindow(Incarnation incarnation, Endpoint from, Endpoint to, long at) {
        to.advertised.probes++;
        incarnation.notice(Notice.WINDOW_PROBE, from, at);
    }

    /** Takes in the window that the sender advertises to its peer. */
    static void window(Incarnation incarnation, Segment segment, Endpoint from, Endpoint to) {
        long at = segment.atNanos();
        AdvertisedWindow window = from.advertised;
        boolean newest = segment.acknowledgment() == to.sequence.acknowledged;
        if (!newest && window.edgeKnown) {
            return;
        }
        if (window.advertise(segment.acknowledgment(), segment.window(), newest)) {
            incarnation.notice(Notice.WINDOW_SHRUNK, from, at);
        }
        // A window is of no interest to a peer that has sent its FIN.
        if (segment.window() == 0 && !to.sequence.finSent) {
            window.zeroWindows++;
            if (!window.isZero()) {
                window.zeroSinceNanos = at;
                window.probes = 0;
                incarnation.notice(Notice.ZERO_WINDOW_BEGAN, from, at);
            }
        } else if (window.isZero()) {
            window.zeroSinceNanos = Connection.NEVER;
            window.probes = 0;
            incarnation.notice(Notice.ZERO_WINDOW_ENDED, from, at);
        }
    }
}
