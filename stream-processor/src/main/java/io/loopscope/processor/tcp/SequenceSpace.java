package io.loopscope.processor.tcp;

/** What one end has sent, and what of it was acknowledged. */
final class SequenceSpace {

    int initial;
    boolean initialKnown;
    int next;
    int acknowledged;
    boolean finSent;
    int finEnd;
    long uniqueOctets;
    int gaps;
    long missedOctets;

    boolean finAcknowledged() {
        return finSent && Seq.atOrAfter(acknowledged, finEnd);
    }

    long inFlight() {
        return Math.max(0, next - acknowledged);
    }
}
