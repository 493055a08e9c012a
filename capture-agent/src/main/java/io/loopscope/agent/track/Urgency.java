package io.loopscope.agent.track;

/** How soon an item is to be published. From the least to the most urgent. */
public enum Urgency {
    /** There is nothing to publish. */
    NONE,
    /** Of a connection that is coalesced: the longer it may wait, the more segments it may stand for. */
    COALESCED,
    /** Of a connection whose segments are all told. */
    SINGLE,
    /** SYN, FIN or RST, and what answers them. */
    CONTROL;

    Urgency or(Urgency other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
