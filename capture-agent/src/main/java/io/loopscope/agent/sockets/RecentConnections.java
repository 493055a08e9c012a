package io.loopscope.agent.sockets;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/** A bounded set of connections; the one that was added first goes first. */
final class RecentConnections {
    private final int most;
    private final Set<Connection> connections = new LinkedHashSet<>();

    RecentConnections(int most) {
        this.most = most;
    }

    void add(Connection connection) {
        if (connections.size() == most && !connections.contains(connection)) {
            Iterator<Connection> first = connections.iterator();
            first.next();
            first.remove();
        }
        connections.add(connection);
    }

    void remove(Connection connection) {
        connections.remove(connection);
    }

    boolean contains(Connection connection) {
        return connections.contains(connection);
    }
}
