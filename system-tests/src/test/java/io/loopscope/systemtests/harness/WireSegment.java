package io.loopscope.systemtests.harness;

import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Side;
import java.util.function.Consumer;

/**
 * A segment reduced to what two observers of the same wire must agree on. Numbers are absolute; the acknowledgment is 0
 * when ACK is off; time is in microseconds since 1970, as tcpdump's files have it.
 */
public record WireSegment(
        long timeMicros,
        String source,
        String destination,
        int flags,
        long sequence,
        long acknowledgment,
        int window,
        long payloadOctets) {
    private static final String LETTERS = "FSRP.UEWe";
    private static final int ACK = 16;
    private static final int NANOS_PER_MICRO = 1000;

    /** The same for whoever has another clock: two taps on one interface stamp a packet one after the other. */
    public WireSegment withoutTime() {
        return new WireSegment(0, source, destination, flags, sequence, acknowledgment, window, payloadOctets);
    }

    /** Whether it is of the connection of these two sockets. */
    boolean joins(String one, String other) {
        return (source.equals(one) && destination.equals(other)) || (source.equals(other) && destination.equals(one));
    }

    /** tcpdump's letters as the bits of the TCP header. */
    static int flags(String letters) {
        int bits = 0;
        if (!letters.equals("none")) {
            for (int i = 0; i < letters.length(); i++) {
                int bit = LETTERS.indexOf(letters.charAt(i));
                if (bit < 0) {
                    throw new IllegalArgumentException("unknown flag in " + letters);
                }
                bits |= 1 << bit;
            }
        }
        return bits;
    }

    /** The segments of a published batch, in its order; a run as one, with the octets of all. */
    static void each(CaptureBatch batch, Consumer<WireSegment> consumer) {
        for (CapturedSegment segment : batch.getSegments()) {
            ConnectionRef tuple = batch.getConnections().get(segment.getConnection());
            String low = ConnectionKey.text(FourTuple.socket(tuple.getLow()));
            String high = ConnectionKey.text(FourTuple.socket(tuple.getHigh()));
            boolean fromLow = segment.getSender() == Side.LOW;
            consumer.accept(new WireSegment(
                    (batch.getBaseTimeNs() + segment.getTimeDeltaNs()) / NANOS_PER_MICRO,
                    fromLow ? low : high,
                    fromLow ? high : low,
                    segment.getFlags(),
                    segment.getSequence(),
                    (segment.getFlags() & ACK) == 0 ? 0 : segment.getAcknowledgment(),
                    segment.getWindow(),
                    segment.getPayloadOctets()));
        }
    }
}
