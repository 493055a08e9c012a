package io.loopscope.processor.detect;

/** What an anomaly is about. */
public enum AnomalyScope {
    /** One incarnation of a connection. */
    CONNECTION,
    /** All connections of one server address and port. */
    LISTENER,
    /** The host, its capture or its agent. */
    HOST
}
