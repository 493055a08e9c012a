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
final class Directions {
    private static final long NO_NAMESPACE = 0;
    private static final int REMEMBERED = 1 << 12;

    private final @Nullable Direction[] directions = new Direction[REMEMBERED];

    /** A connection, seen from the end that sends. */
    record Direction(
            Address source, int sourcePort, Address destination, int destinationPort, FourTuple tuple, Side sender) {

        private static Direction of(SegmentHeader header) {
            Address source = new Address(header.sourceHigh(), header.sourceLow());
            Address destination = new Address(header.destinationHigh(), header.destinationLow());
            FourTuple tuple =
                    FourTuple.of(NO_NAMESPACE, source, header.sourcePort(), destination, header.destinationPort());
            Side sender = FourTuple.side(source, header.sourcePort(), destination, header.destinationPort());
            return new Direction(source, header.sourcePort(), destination, header.destinationPort(), tuple, sender);
        }

        private boolean isOf(SegmentHeader header) {
            return sourcePort == header.sourcePort()
                    && destinationPort == header.destinationPort()
                    && source.low() == header.sourceLow()
                    && destination.low() == header.destinationLow()
                    && source.high() == header.sourceHigh()
                    && destination.high() == header.destinationHigh();
        }
    }

    Direction of(SegmentHeader header) {
        int index = index(header);
        Direction known = directions[index];
        if (known != null && known.isOf(header)) {
            return known;
        }
        Direction direction = Direction.of(header);
        directions[index] = direction;
        return direction;
    }

    private static int index(SegmentHeader header) {
        long mix = header.sourceLow() * 0x9E3779B97F4A7C15L + header.destinationLow();
        mix = mix * 0x9E3779B97F4A7C15L + ((long) header.sourcePort() << 16 | header.destinationPort());
        return (int) ((mix * 0x9E3779B97F4A7C15L) >>> 52);
    }
}
