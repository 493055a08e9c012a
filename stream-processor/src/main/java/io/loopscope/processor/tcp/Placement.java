package io.loopscope.processor.tcp;

/** Where a segment falls in what its sender has sent so far. */
enum Placement {
    /** Begins where all before ended: the usual case. */
    NEXT,
    /** Begins after the end of all before: something between is missing. */
    AHEAD,
    /** Brings octets that were missing. */
    FILLING,
    /** Begins before the end of all before and ends after it: old and new octets. */
    OVERLAPPING,
    /** Brings nothing that was not there before. */
    OLD,
    /** So far away that its receiver cannot have a window for it. */
    OUTSIDE
}
