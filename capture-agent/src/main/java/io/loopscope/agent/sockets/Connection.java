package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.SegmentHeader;

/**
 * A 4-tuple without direction: both ends' sockets and all segments between them have the same.
 *
 * @param one the endpoint that sorts first, by address and port as unsigned numbers
 * @param other the other one
 */
public record Connection(Endpoint one, Endpoint other) {

    /** The connection of two endpoints, whichever comes first. */
    public static Connection between(Endpoint a, Endpoint b) {
        return compare(a, b) <= 0 ? new Connection(a, b) : new Connection(b, a);
    }

    static Connection of(SegmentHeader header) {
        return between(
                new Endpoint(header.sourceHigh(), header.sourceLow(), header.sourcePort()),
                new Endpoint(header.destinationHigh(), header.destinationLow(), header.destinationPort()));
    }

    private static int compare(Endpoint a, Endpoint b) {
        int byHigh = Long.compareUnsigned(a.high(), b.high());
        int byLow = byHigh != 0 ? byHigh : Long.compareUnsigned(a.low(), b.low());
        return byLow != 0 ? byLow : Integer.compare(a.port(), b.port());
    }
}
