package io.loopscope.agent.track;

/** A connection in a {@link ConnectionTable}; filled again for another one when it has been evicted. */
final class TrackedConnection {
    static final int NONE = -1;

    /** Its own place in the table. */
    final int index;

    final Direction low = new Direction();
    final Direction high = new Direction();
    /** A RST or both FINs were seen: the first to go when there is no room. */
    boolean closed;

    // The key: which end is low is the table's own affair.
    long lowAddressHigh;
    long lowAddressLow;
    long highAddressHigh;
    long highAddressLow;
    int ports;
    int hash;

    // Neighbours in the list of connections that are as closed as it, by when they were touched.
    int before = NONE;
    int after = NONE;

    TrackedConnection(int index) {
        this.index = index;
    }

    /** Ends the runs of both directions: what comes next is told after them. */
    void closeRuns() {
        low.closeRun();
        high.closeRun();
    }
}
