package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.SegmentHeader;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** An unchanging set of endpoints that can be asked for each packet. */
final class EndpointSet {
    private final BitSet ports = new BitSet();
    private final BitSet wildcardPorts = new BitSet();
    private final Set<Endpoint> endpoints;
    private final Set<Endpoint> localAddresses;

    /**
     * Holds endpoints.
     *
     * @param endpoints one with a wildcard address stands for its port at each address of the host
     * @param localAddresses the host's addresses, with port 0; loopback addresses need not be among them
     */
    EndpointSet(Collection<Endpoint> endpoints, Collection<Endpoint> localAddresses) {
        this.endpoints = new HashSet<>(endpoints);
        this.localAddresses = new HashSet<>(localAddresses);
        for (Endpoint endpoint : endpoints) {
            (endpoint.isWildcard() ? wildcardPorts : ports).set(endpoint.port());
        }
    }

    /** True when either end of the segment is in the set. */
    boolean touches(SegmentHeader header) {
        return contains(header.sourceHigh(), header.sourceLow(), header.sourcePort())
                || contains(header.destinationHigh(), header.destinationLow(), header.destinationPort());
    }

    boolean contains(Endpoint endpoint) {
        return contains(endpoint.high(), endpoint.low(), endpoint.port());
    }

    private boolean contains(long high, long low, int port) {
        // Almost every packet is done with after these two bits.
        return (ports.get(port) && endpoints.contains(new Endpoint(high, low, port)))
                || (wildcardPorts.get(port) && new Endpoint(high, low, port).isLocal(localAddresses));
    }
}
