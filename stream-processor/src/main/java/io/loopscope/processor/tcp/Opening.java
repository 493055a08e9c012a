package io.loopscope.processor.tcp;

import org.jspecify.annotations.Nullable;

/** What the first segment of an incarnation says about it before anything else: who is the client, and its name. */
final class Opening {

    /** Tells the ids of incarnations that were picked up in mid-stream from those that are an ISN. */
    private static final long MID_STREAM = 1L << 62;

    private Opening() {}

    /** @param incarnation one that is still empty */
    static void begin(Incarnation incarnation, FourTuple fourTuple, Segment first, @Nullable Side listening) {
        Initiator initiator = initiator(first);
        Side client = client(fourTuple, first, initiator, listening);
        incarnation.client = client;
        incarnation.initiator = initiator;
        incarnation.startedNanos = first.firstNanos();
        incarnation.startedWithFin = initiator == Initiator.INFERRED && first.fin();
        incarnation.id = id(first, initiator);
        if (client != first.sender()) {
            incarnation.history.flip();
        }
    }

    private static Initiator initiator(Segment first) {
        if (!first.syn() || first.rst()) {
            return Initiator.INFERRED;
        }
        return first.ack() ? Initiator.SYNACK : Initiator.SYN;
    }

    private static Side client(FourTuple fourTuple, Segment first, Initiator initiator, @Nullable Side listening) {
        if (fourTuple.selfConnected()) {
            return Side.LOW;
        }
        return switch (initiator) {
            case SYN -> first.sender();
            case SYNACK -> first.sender().peer();
            case INFERRED -> {
                if (listening != null) {
                    yield listening.peer();
                }
                int byPort = Integer.compare(fourTuple.port(Side.LOW), fourTuple.port(Side.HIGH));
                if (byPort == 0) {
                    yield first.sender();
                }
                yield byPort > 0 ? Side.LOW : Side.HIGH;
            }
        };
    }

    /** The ISN of the client, whether its SYN was captured or the SYN,ACK for it; else what is special of the segment. */
    private static long id(Segment first, Initiator initiator) {
        return switch (initiator) {
            case SYN -> Seq.toUnsigned(first.sequence());
            case SYNACK -> Seq.toUnsigned(first.acknowledgment() - 1);
            case INFERRED -> {
                long mixed = (first.firstNanos() ^ Seq.toUnsigned(first.sequence()) << 20) * 0x9E3779B97F4A7C15L;
                yield MID_STREAM | mixed >>> 2;
            }
        };
    }
}
