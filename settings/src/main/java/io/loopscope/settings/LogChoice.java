package io.loopscope.settings;

import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * How to log, from when a program starts. Logback is not touched before the first logger is asked for: a command that
 * logs nothing does not wait for it. Must not touch a Kafka class either, see {@link LogOutput}.
 */
record LogChoice(String level, String kafkaLevel, String format) {

    private static volatile LogChoice current = new LogChoice("info", "warn", "auto");
    private static volatile boolean verbose;
    private static volatile boolean begun;

    /** From the environment. With {@code debug} Loopscope's own level is debug, whatever else says. */
    static void start(Map<String, String> environment, boolean debug) {
        verbose = debug;
        current = new LogChoice(
                environment.getOrDefault("LOOPSCOPE_LOG_LEVEL", "info"),
                "warn",
                environment.getOrDefault("LOOPSCOPE_LOG_FORMAT", "auto"));
        if (begun) {
            apply(current);
        }
    }

    /** The first logger is being made. */
    static void begin(LoggerContext context) {
        begun = true;
        current.configure(context);
    }

    /** From now on, in place of what was before. */
    static void apply(LogChoice choice) {
        current = choice;
        if (System.getProperty("logback.configurationFile") == null
                && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.reset();
            choice.configure(context);
        }
    }

    private void configure(LoggerContext context) {
        LogOutput.configure(context, verbose ? "debug" : level, kafkaLevel, format);
    }
}
