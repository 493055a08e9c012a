package io.loopscope.agent.sockets;

import java.io.IOException;

/** The kernel's socket table could not be read, or not wholly: then nothing of it counts. */
public final class SocketTableException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean momentary;

    SocketTableException(String message) {
        this(message, false);
    }

    SocketTableException(String message, boolean momentary) {
        super(message);
        this.momentary = momentary;
    }

    SocketTableException(String message, Throwable cause) {
        super(message, cause);
        momentary = false;
    }

    /** Whether another attempt may do better: the table changed while it was read, or there was no room. */
    boolean isMomentary() {
        return momentary;
    }
}
