package io.loopscope.settings;

import org.jspecify.annotations.Nullable;

/**
 * Something outside the program failed, and a person can do something about it: no permission, no broker, a file that
 * ends early. Programs print the message and the remedy without a stack trace and leave with the exit code.
 */
public final class OperatingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;
    private final int exitCode;

    /**
     * A failure that no other exception told.
     *
     * @param message what failed and what was seen, one sentence
     * @param remedy what to do about it, best a line to type; empty when there is nothing to say
     * @param exitCode one of {@link ExitCode}
     */
    public OperatingException(String message, String remedy, int exitCode) {
        this(message, remedy, exitCode, null);
    }

    /** As above, with the exception that told it, which is shown with {@code -v} only. */
    public OperatingException(String message, String remedy, int exitCode, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
        this.exitCode = exitCode;
    }

    /** What to do about it; may be empty. */
    public String remedy() {
        return remedy;
    }

    /** The exit code of the program, see {@link ExitCode}. */
    public int exitCode() {
        return exitCode;
    }
}
