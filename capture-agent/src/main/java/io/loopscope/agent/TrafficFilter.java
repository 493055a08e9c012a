package io.loopscope.agent;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.sockets.Endpoint;
import io.loopscope.agent.sockets.SocketEntry;
import io.loopscope.agent.sockets.SocketState;
import io.loopscope.agent.track.Fidelity;
import io.loopscope.agent.track.FidelityByPort;
import java.util.BitSet;

/**
 * The include and exclude lists of ports and addresses, and what fidelity {@code control} leaves out. A segment counts by either of its ends: it passes when some end is
 * on each include list that is not empty, and no end is on an exclude list.
 */
final class TrafficFilter {
    private final BitSet includedPorts = new BitSet();
    private final BitSet excludedPorts = new BitSet();
    private final boolean everyPort;
    private final AddressSet includedAddresses;
    private final AddressSet excludedAddresses;

    private final FidelityByPort fidelity;
    private final boolean anyControl;

    TrafficFilter(AgentSettings.TrafficList include, AgentSettings.TrafficList exclude, FidelityByPort fidelity) {
        this.fidelity = fidelity;
        anyControl = fidelity.uses(Fidelity.CONTROL);
        include.ports().forEach(includedPorts::set);
        exclude.ports().forEach(excludedPorts::set);
        everyPort = include.ports().isEmpty();
        includedAddresses = new AddressSet(include.addresses());
        excludedAddresses = new AddressSet(exclude.addresses());
    }

    static TrafficFilter of(AgentSettings settings) {
        return new TrafficFilter(settings.include(), settings.exclude(), settings.fidelity());
    }

    boolean passes(SegmentHeader header) {
        return !(anyControl && isLeftOutByFidelity(header)) && isListed(header);
    }

    /** The kernel's filter has done so already where it can look: not behind extension headers, nor in a file. */
    private boolean isLeftOutByFidelity(SegmentHeader header) {
        return !TcpFlags.isControl(header.flags())
                && header.window() != 0
                && fidelity.of(header.sourcePort(), header.destinationPort()) == Fidelity.CONTROL;
    }

    private boolean isListed(SegmentHeader header) {
        return passesPorts(header.sourcePort(), header.destinationPort())
                && (includedAddresses.isEmpty()
                        || includedAddresses.contains(header.sourceHigh(), header.sourceLow())
                        || includedAddresses.contains(header.destinationHigh(), header.destinationLow()))
                && !excludedAddresses.contains(header.sourceHigh(), header.sourceLow())
                && !excludedAddresses.contains(header.destinationHigh(), header.destinationLow());
    }

    /**
     * The same for a socket. A listener has no peer; one on the wildcard address serves every address, so no list of
     * addresses leaves it out.
     */
    boolean passes(SocketEntry socket) {
        if (!passesPorts(socket.local().port(), socket.remote().port())) {
            return false;
        }
        if (socket.state() == SocketState.LISTEN) {
            return socket.local().isWildcard()
                    || ((includedAddresses.isEmpty() || contains(includedAddresses, socket.local()))
                            && !contains(excludedAddresses, socket.local()));
        }
        return (includedAddresses.isEmpty()
                        || contains(includedAddresses, socket.local())
                        || contains(includedAddresses, socket.remote()))
                && !contains(excludedAddresses, socket.local())
                && !contains(excludedAddresses, socket.remote());
    }

    private static boolean contains(AddressSet set, Endpoint endpoint) {
        return set.contains(endpoint.high(), endpoint.low());
    }

    private boolean passesPorts(int source, int destination) {
        return (everyPort || includedPorts.get(source) || includedPorts.get(destination))
                && !excludedPorts.get(source)
                && !excludedPorts.get(destination);
    }
}
