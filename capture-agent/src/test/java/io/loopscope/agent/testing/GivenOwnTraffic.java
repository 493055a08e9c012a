package io.loopscope.agent.testing;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.sockets.Connection;
import io.loopscope.agent.sockets.Endpoint;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.sockets.SocketEntry;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * Own is what a test says.
 *
 * @param own which segments are
 */
public record GivenOwnTraffic(Predicate<SegmentHeader> own) implements OwnTraffic {
    /** What it says of itself. */
    public static final String LIMITATION = "a limitation";

    /** Everything to and from a port. */
    public static OwnTraffic ofPort(int port) {
        return new GivenOwnTraffic(header -> header.sourcePort() == port || header.destinationPort() == port);
    }

    @Override
    public boolean covers(SegmentHeader header) {
        return own.test(header);
    }

    @Override
    public boolean owns(Connection connection) {
        return false;
    }

    @Override
    public Verdict judge(SegmentHeader header, long timeNs) {
        return own.test(header) ? Verdict.OWN : Verdict.FOREIGN;
    }

    @Override
    public void refresh() {
        // It stays so.
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
        return List.of(LIMITATION);
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
