package io.loopscope.processor.tcp;

/** Why an incarnation of a connection is over. */
public enum CloseReason {
    /** Both ends sent a FIN and both FINs were acknowledged (RFC 9293 3.6). */
    FINISHED,
    /** A valid RST came before both FINs were acknowledged. */
    RESET,
    /** The SYN was answered by a RST (RFC 9293 3.5.3). */
    REFUSED,
    /** An end that had to retransmit fell silent for longer than any retransmission timer: its kernel gave up. */
    GAVE_UP,
    /** A new incarnation took the 4-tuple while this one was still open. */
    TUPLE_REUSED
}
