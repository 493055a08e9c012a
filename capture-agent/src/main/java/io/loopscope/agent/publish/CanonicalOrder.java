package io.loopscope.agent.publish;

import io.loopscope.agent.parse.IpAddress;
import io.loopscope.agent.parse.SegmentHeader;

/** The order of a connection's two sockets in records: by address length, address octets, port, all unsigned. */
final class CanonicalOrder {
    private CanonicalOrder() {}

    /** Negative when the sender sorts before the receiver; zero for a connection from a socket to itself. */
    static int compareEnds(SegmentHeader header) {
        boolean sourceIsIpv4 = IpAddress.isIpv4(header.sourceHigh(), header.sourceLow());
        boolean destinationIsIpv4 = IpAddress.isIpv4(header.destinationHigh(), header.destinationLow());
        if (sourceIsIpv4 != destinationIsIpv4) {
            return sourceIsIpv4 ? -1 : 1;
        }
        int byHigh = Long.compareUnsigned(header.sourceHigh(), header.destinationHigh());
        int byLow = byHigh != 0 ? byHigh : Long.compareUnsigned(header.sourceLow(), header.destinationLow());
        return byLow != 0 ? byLow : Integer.compare(header.sourcePort(), header.destinationPort());
    }
}
