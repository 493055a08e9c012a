package io.loopscope.processor.tcp;

/**
 * What only time can tell. Each has one duration ({@link TcpSettings#nanos}), and is armed with the event time of its
 * host, so a queue per host and timeout is always sorted.
 */
public enum Timeout {
    /** An end leaves TIME-WAIT. */
    TIME_WAIT,
    /** An end that has to retransmit a SYN or a FIN has not: its kernel gave up. */
    GIVE_UP,
    /** Nobody challenged a RST that was in the window, but not exact: it counts. */
    RESET_DOUBT,
    /** The closed connection may be forgotten: the owner drops the object. */
    FORGET
}
