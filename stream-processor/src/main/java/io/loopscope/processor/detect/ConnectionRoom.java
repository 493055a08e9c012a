package io.loopscope.processor.detect;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Room for connections that all hosts of a process share. Safe for threads: each host belongs to one, the room to all.
 *
 * <p>Nobody reaches into another host's table, which may be another thread's. While there are more connections than room,
 * each host makes room itself when something of it is processed: it forgets its closed connections, and, as long as it has
 * more than a {@linkplain #share fair share}, its oldest handshakes, then its longest idle connections. Shares add up to
 * no more than the room, so that it is exceeded only until the next record, which is a heartbeat at the latest, of a host
 * that has more than its share.
 */
public final class ConnectionRoom {
    private final int most;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger hosts = new AtomicInteger();

    /**
     * Room of which nothing is taken.
     *
     * @param most connections, closed ones included, 1 or more
     * @throws IllegalArgumentException when it is less
     */
    public ConnectionRoom(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("room for " + most + " connections");
        }
        this.most = most;
    }

    /** As much as a number can be. */
    public static ConnectionRoom unbounded() {
        return new ConnectionRoom(Integer.MAX_VALUE);
    }

    /** Connections that there is room for. */
    public int most() {
        return most;
    }

    /** Connections remembered now, closed ones included. */
    public int connections() {
        return connections.get();
    }

    /** There are more connections than room. */
    boolean isExceeded() {
        return connections.get() > most;
    }

    /** Connections for each host when all have the same number. */
    int share() {
        return most / Math.max(1, hosts.get());
    }

    void enter(int itsConnections) {
        hosts.incrementAndGet();
        connections.addAndGet(itsConnections);
    }

    void leave(int itsConnections) {
        hosts.decrementAndGet();
        connections.addAndGet(-itsConnections);
    }

    void add() {
        connections.incrementAndGet();
    }

    void remove() {
        connections.decrementAndGet();
    }
}
