package io.loopscope.schemas;

import org.apache.kafka.common.errors.SerializationException;

/** Bytes that are no record of ours. The reason is a stable name, fit for a counter and a dead-letter header. */
public final class UnreadableRecordException extends SerializationException {

    /** Why bytes could not be read. */
    public enum Reason {
        /** The value is null, or begins neither with Avro's single-object header nor with the frame of a registry. */
        NOT_A_LOOPSCOPE_RECORD,
        /**
         * The schema's fingerprint is of no released schema, or its id is of none that the registry knows: a newer
         * program, or somebody else's.
         */
        UNKNOWN_SCHEMA,
        /** The schema is known and the rest does not fit it: cut short or corrupt. */
        CORRUPT,
        /** A good record, of a type that has no business on this topic. */
        UNEXPECTED_TYPE
    }

    private final Reason reason;

    /** One with its reason. */
    public UnreadableRecordException(
            Reason reason, String message, @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
