package io.loopscope.processor.tcp;

/**
 * What a valid RST says about the end that sent it. Measured on Linux: a RST with ACK comes from the owner of a socket,
 * a RST without ACK from a kernel that has no full socket for the segment it answers.
 */
public enum ResetCause {
    /** Answers a SYN: nobody listens. */
    REFUSED,
    /** With ACK: the owner closed with SO_LINGER 0 or exited. */
    ABORTED,
    /** With ACK, after data that its receiver never answered: closed while data was unread. */
    UNREAD_DATA,
    /** With ACK, after keepalive probes that nobody answered: keepalive gave the peer up. */
    KEEPALIVE_GAVE_UP,
    /** Without ACK, from an end that never closed: it has lost the connection (half-open, RFC 9293 3.5.1). */
    NO_SOCKET,
    /** Without ACK, from an end that had sent its FIN: data met an orphan, or a socket that was closed already. */
    AFTER_CLOSE
}
