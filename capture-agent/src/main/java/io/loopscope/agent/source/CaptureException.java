package io.loopscope.agent.source;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import org.jspecify.annotations.Nullable;

/** Why packets cannot be had, or not any more: an operating failure, with what to do about it. */
public final class CaptureException extends Exception {

    /** The kinds of failure that a caller may want to tell apart. */
    public enum Reason {
        /** The library that native code is called through cannot be loaded. */
        NO_NATIVE_CALLS,
        /** libpcap is not installed or cannot be loaded. */
        NO_LIBPCAP,
        /** The process may not capture. */
        NO_PERMISSION,
        /** There is no such interface. */
        UNKNOWN_INTERFACE,
        /** The interface exists and is down. */
        INTERFACE_DOWN,
        /** libpcap does not understand the filter expression. */
        BAD_FILTER,
        /** The kernel has no ring for this capture; libpcap may still capture. */
        RING_UNAVAILABLE,
        /** A running capture broke. */
        CAPTURE_BROKEN,
        /** The file cannot be opened or read. */
        UNREADABLE_FILE,
        /** The file is neither pcap nor pcapng. */
        NOT_A_CAPTURE_FILE,
        /** The file ends inside a packet. */
        TRUNCATED_FILE,
        /** The file contradicts itself. */
        CORRUPT_FILE
    }

    private final Reason reason;
    private final String what;
    private final String remedy;

    CaptureException(Reason reason, String message, String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        what = message;
        this.remedy = remedy;
    }

    /** The same for a program that ends with it: with the exit code that goes with the reason. */
    public OperatingException toOperatingException() {
        int exitCode = switch (reason) {
            case NO_PERMISSION -> ExitCode.NO_PERMISSION;
            case UNKNOWN_INTERFACE, BAD_FILTER, RING_UNAVAILABLE -> ExitCode.BAD_CONFIGURATION;
            default -> ExitCode.FAILURE;
        };
        return new OperatingException(what, remedy, exitCode, this);
    }

    /** Which kind of failure. */
    public Reason reason() {
        return reason;
    }

    /** What to do about it; one or more lines for a person. */
    public String remedy() {
        return remedy;
    }
}
