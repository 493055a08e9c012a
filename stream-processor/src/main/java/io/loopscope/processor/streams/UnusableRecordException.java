package io.loopscope.processor.streams;

import org.jspecify.annotations.Nullable;

/** A record of the capture topic that has to go to the dead-letter topic. */
final class UnusableRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final DeadLetterReason reason;

    UnusableRecordException(DeadLetterReason reason, String message) {
        this(reason, message, null);
    }

    UnusableRecordException(DeadLetterReason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    DeadLetterReason reason() {
        return reason;
    }
}
