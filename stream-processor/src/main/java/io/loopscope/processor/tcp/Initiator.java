package io.loopscope.processor.tcp;

/** How it is known which end is the client. */
public enum Initiator {
    /** The client's SYN was captured. */
    SYN,
    /** The SYN was missed, the SYN,ACK that answers it was captured. */
    SYNACK,
    /** The capture began in mid-stream: a known listener, else the lower port, is taken for the server. */
    INFERRED
}
