package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.SegmentHeader;
import java.util.Collection;
import java.util.List;

/** See {@link OwnTraffic#NONE}. */
final class NoOwnTraffic implements OwnTraffic {
    @Override
    public boolean covers(SegmentHeader header) {
        return false;
    }

    @Override
    public boolean owns(Connection connection) {
        return false;
    }

    @Override
    public Verdict judge(SegmentHeader header, long timeNs) {
        return Verdict.FOREIGN;
    }

    @Override
    public void refresh() {
        // Nothing to look at.
    }

    @Override
    public List<SocketEntry> listed(List<SocketEntry> sockets, Collection<Endpoint> addresses) {
        return sockets;
    }

    @Override
    public long unattributedConnections() {
        return 0;
    }

    @Override
    public List<String> limitations() {
        return List.of();
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
