package io.loopscope.processor.tcp;

/** Times one segment of an end after the other: SRTT of RFC 6298 with Karn's rule. */
final class RoundTrip {

    /** The acknowledgment number that ends the running measurement. */
    int timedSequence;

    /** When the timed segment was sent; {@link Connection#NEVER} when none is timed. */
    long timedNanos = Connection.NEVER;

    private static final int UNKNOWN = -1;

    /** In units of 16 ns, so that 34 s fit in an int. */
    int smoothed = UNKNOWN;

    private static final int UNIT = 16;

    /** New data or a SYN that ends at {@code end} was sent. */
    void sent(int end, long atNanos) {
        if (timedNanos == Connection.NEVER) {
            timedSequence = end;
            timedNanos = atNanos;
        }
    }

    /** A segment was repeated: an acknowledgment could be for either copy (Karn). */
    void repeated() {
        timedNanos = Connection.NEVER;
    }

    void acknowledged(int acknowledgment, long atNanos) {
        if (timedNanos != Connection.NEVER && Seq.atOrAfter(acknowledgment, timedSequence)) {
            sample(atNanos - timedNanos);
            timedNanos = Connection.NEVER;
        }
    }

    private void sample(long nanos) {
        int units = (int) Math.max(0, Math.min(nanos / UNIT, Integer.MAX_VALUE));
        smoothed = smoothed == UNKNOWN ? units : smoothed + (units - smoothed) / 8;
    }

    long smoothedNanos() {
        return smoothed == UNKNOWN ? Connection.NEVER : (long) smoothed * UNIT;
    }
}
