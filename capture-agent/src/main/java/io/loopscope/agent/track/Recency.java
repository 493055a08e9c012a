package io.loopscope.agent.track;

/** Connections of a table by when they were touched: a list through their own fields. */
final class Recency {
    private final ConnectionTable table;
    private int first = TrackedConnection.NONE;
    private int newest = TrackedConnection.NONE;
    private int size;

    Recency(ConnectionTable table) {
        this.table = table;
    }

    boolean isEmpty() {
        return first == TrackedConnection.NONE;
    }

    int size() {
        return size;
    }

    /** The one touched the longest ago; there must be one. */
    TrackedConnection oldest() {
        return table.at(first);
    }

    boolean isNewest(TrackedConnection connection) {
        return newest == connection.index;
    }

    void append(TrackedConnection connection) {
        connection.before = newest;
        connection.after = TrackedConnection.NONE;
        if (newest == TrackedConnection.NONE) {
            first = connection.index;
        } else {
            table.at(newest).after = connection.index;
        }
        newest = connection.index;
        size++;
    }

    void remove(TrackedConnection connection) {
        size--;
        if (connection.before == TrackedConnection.NONE) {
            first = connection.after;
        } else {
            table.at(connection.before).after = connection.after;
        }
        if (connection.after == TrackedConnection.NONE) {
            newest = connection.before;
        } else {
            table.at(connection.after).before = connection.before;
        }
    }
}
