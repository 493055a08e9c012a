package io.loopscope.processor.streams;

import java.io.IOException;

/** Stored state was written by another version of the program. */
public final class UnreadableStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableStateException(String hostId, IOException cause) {
        super("the stored state of host " + hostId + " cannot be read: " + cause.getMessage(), cause);
    }
}
