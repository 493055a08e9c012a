package io.loopscope.settings;

/** Exit codes of every Loopscope program, after BSD's {@code sysexits.h}. */
public final class ExitCode {
    /** It did what it was asked to do. */
    public static final int OK = 0;
    /** It ran and something went wrong that has no code of its own. */
    public static final int FAILURE = 1;
    /** The command line was wrong. */
    public static final int USAGE = 2;
    /** Kafka could not be reached. */
    public static final int KAFKA_UNAVAILABLE = 69;
    /** A disk is full, or cannot be read or written. */
    public static final int IO_ERROR = 74;
    /** A permission is missing, for example CAP_NET_RAW. */
    public static final int NO_PERMISSION = 77;
    /** The configuration is wrong: starting again will not help until it is changed. */
    public static final int BAD_CONFIGURATION = 78;

    private ExitCode() {}
}
