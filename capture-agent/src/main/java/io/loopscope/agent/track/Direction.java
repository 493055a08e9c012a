package io.loopscope.agent.track;

/** What one end of a connection has sent, as far as it decides what may be merged. Sequence numbers modulo 2³². */
final class Direction {
    private static final long NO_RUN = -1;

    /** Sequence number of its SYN. */
    int initial;
    /** Where the next segment begins if it is in order. */
    int next;

    boolean known;
    boolean finSent;
    /** The last window it advertised was 0. */
    boolean closedWindow;
    /** Something before {@link #gapEnd} was not captured, and is not known to have arrived. */
    boolean gap;

    int gapEnd;
    /** So many of its next segments stay single: those that answer a SYN, FIN or RST. */
    int single;

    /** The peer has acknowledged something... */
    boolean acknowledged;

    /** ... up to here. */
    int acknowledgedTo;
    /** Data of it was told, and a pure acknowledgment. */
    boolean dataTold;

    boolean acknowledgmentTold;
    boolean timestamps;
    /** The highest TSval. */
    int timestamp;

    /** Position of its run in the queue, which may have been handed over meanwhile. */
    long run = NO_RUN;

    void reset() {
        initial = 0;
        next = 0;
        known = false;
        finSent = false;
        closedWindow = false;
        gap = false;
        gapEnd = 0;
        single = 0;
        acknowledged = false;
        acknowledgedTo = 0;
        forgetKinds();
        timestamps = false;
        timestamp = 0;
        run = NO_RUN;
    }

    /** The next data and the next pure acknowledgment are the first. */
    void forgetKinds() {
        dataTold = false;
        acknowledgmentTold = false;
    }

    void closeRun() {
        run = NO_RUN;
    }

    boolean hasRun() {
        return run != NO_RUN;
    }
}
