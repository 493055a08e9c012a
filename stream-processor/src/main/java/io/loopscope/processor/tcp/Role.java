package io.loopscope.processor.tcp;

/** Which part an end played in opening the connection. In a simultaneous open (RFC 9293 3.5) both are clients. */
public enum Role {
    /** The active opener: it sent the SYN. */
    CLIENT,
    /** The passive opener: it was listening. */
    SERVER
}
