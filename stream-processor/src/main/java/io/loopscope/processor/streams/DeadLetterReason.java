package io.loopscope.processor.streams;

import io.loopscope.schemas.UnreadableRecordException;
import java.util.Locale;

/**
 * Why a record of the capture topic could not be used, or an event not be published. Stable names: a header's value and a
 * counter's label.
 */
public enum DeadLetterReason {
    /** See {@link UnreadableRecordException.Reason#NOT_A_LOOPSCOPE_RECORD}. */
    NOT_A_LOOPSCOPE_RECORD,
    /** See {@link UnreadableRecordException.Reason#UNKNOWN_SCHEMA}. */
    UNKNOWN_SCHEMA,
    /** See {@link UnreadableRecordException.Reason#CORRUPT}. */
    CORRUPT,
    /** See {@link UnreadableRecordException.Reason#UNEXPECTED_TYPE}. */
    UNEXPECTED_TYPE,
    /**
     * The record's key is not the host id inside: it may be in the wrong partition, where it would grow a second,
     * contradicting state of that host.
     */
    FOREIGN_KEY,
    /** A field holds what its documentation rules out, such as a port above 65535. */
    OUT_OF_RANGE,
    /**
     * A good record that made the detector throw, which is a bug, at a place where no connection is to blame: set aside as a
     * whole, so that the others go on.
     */
    QUARANTINED,
    /**
     * A good record that was applied but for some connections: on these the detector failed, which is a bug. They were
     * forgotten, everything else in the record counts.
     */
    CONNECTION_QUARANTINED,
    /**
     * An event, not a record of the capture topic: larger than its topic takes. The record that it was made of was applied,
     * and is named.
     */
    TOO_LARGE;

    static DeadLetterReason of(UnreadableRecordException.Reason reason) {
        return switch (reason) {
            case NOT_A_LOOPSCOPE_RECORD -> NOT_A_LOOPSCOPE_RECORD;
            case UNKNOWN_SCHEMA -> UNKNOWN_SCHEMA;
            case CORRUPT -> CORRUPT;
            case UNEXPECTED_TYPE -> UNEXPECTED_TYPE;
        };
    }

    /** The name in lower case, as headers and metrics write it: {@code unknown_schema}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
