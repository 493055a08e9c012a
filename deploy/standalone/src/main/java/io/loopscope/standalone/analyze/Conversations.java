package io.loopscope.standalone.analyze;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Side;
import org.jspecify.annotations.Nullable;

/**
 * The 4-tuples of headers. Most packets belong to a connection that was seen a moment ago: its 4-tuple is remembered
 * instead of made again, in a table of fixed size in which a new one takes the place of an old one.
 */
final class Conversations {
    private static final long NO_NAMESPACE = 0;
    private static final int BITS = 12;
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final @Nullable Conversation[] remembered = new Conversation[1 << BITS];

    /** Both ends in plain numbers beside the 4-tuple: to compare them takes one object in the processor's cache, not three. */
    private record Conversation(
            FourTuple tuple, long lowHigh, long lowLow, int lowPort, long highHigh, long highLow, int highPort) {

        static Conversation of(SegmentHeader header) {
            FourTuple tuple = FourTuple.of(
                    NO_NAMESPACE,
                    Address.of(header.sourceHigh(), header.sourceLow()),
                    header.sourcePort(),
                    Address.of(header.destinationHigh(), header.destinationLow()),
                    header.destinationPort());
            Address low = tuple.low();
            Address high = tuple.high();
            return new Conversation(
                    tuple, low.high(), low.low(), tuple.lowPort(), high.high(), high.low(), tuple.highPort());
        }

        boolean isFromLow(SegmentHeader header) {
            return lowPort == header.sourcePort()
                    && highPort == header.destinationPort()
                    && lowLow == header.sourceLow()
                    && highLow == header.destinationLow()
                    && lowHigh == header.sourceHigh()
                    && highHigh == header.destinationHigh();
        }

        boolean isFromHigh(SegmentHeader header) {
            return highPort == header.sourcePort()
                    && lowPort == header.destinationPort()
                    && highLow == header.sourceLow()
                    && lowLow == header.destinationLow()
                    && highHigh == header.sourceHigh()
                    && lowHigh == header.destinationHigh();
        }
    }

    private FourTuple tuple = new FourTuple(NO_NAMESPACE, new Address(0, 0), 0, new Address(0, 0), 0);
    private Side sender = Side.LOW;

    /** Finds the 4-tuple of a header, for {@link #tuple} and {@link #sender} to tell. */
    void find(SegmentHeader header) {
        int index = index(header);
        Conversation known = remembered[index];
        boolean fromLow = known != null && known.isFromLow(header);
        if (known == null || !(fromLow || known.isFromHigh(header))) {
            known = Conversation.of(header);
            remembered[index] = known;
            fromLow = known.isFromLow(header);
        }
        tuple = known.tuple;
        sender = fromLow ? Side.LOW : Side.HIGH;
    }

    /** Equal for both directions. */
    private static int index(SegmentHeader header) {
        long source = (header.sourceLow() * SPREAD + header.sourcePort()) * SPREAD;
        long destination = (header.destinationLow() * SPREAD + header.destinationPort()) * SPREAD;
        return (int) (((source + destination) * SPREAD) >>> (Long.SIZE - BITS));
    }

    /** Of the header found last; the same object for many packets of a connection. */
    FourTuple tuple() {
        return tuple;
    }

    /** Who sent the segment found last; {@link Side#LOW} on a connection of a socket to itself. */
    Side sender() {
        return sender;
    }
}
