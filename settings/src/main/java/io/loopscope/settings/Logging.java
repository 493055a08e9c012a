package io.loopscope.settings;

import org.apache.kafka.common.config.ConfigDef;

/**
 * Logging of every program, to standard error, because standard output belongs to what a command prints: text for a
 * person at a terminal, one line of ECS JSON an event otherwise. Set up before settings are read from
 * {@code LOOPSCOPE_LOG_LEVEL} and {@code LOOPSCOPE_LOG_FORMAT}, and once more from the settings. A file named with
 * {@code -Dlogback.configurationFile} replaces all of this.
 */
public final class Logging {
    private static final String LEVEL = "log.level";
    private static final String FORMAT = "log.format";
    private static final String KAFKA_LEVEL = "log.kafka.level";
    private static final ConfigDef.Validator LEVELS =
            ConfigDef.CaseInsensitiveValidString.in("trace", "debug", "info", "warn", "error", "off");

    /** The settings, for {@link SettingsDefinition.Builder#define}. */
    public static final ConfigDef SETTINGS = new ConfigDef()
            .define(
                    LEVEL,
                    ConfigDef.Type.STRING,
                    "info",
                    LEVELS,
                    ConfigDef.Importance.MEDIUM,
                    "How much Loopscope logs.")
            .define(
                    KAFKA_LEVEL,
                    ConfigDef.Type.STRING,
                    "warn",
                    LEVELS,
                    ConfigDef.Importance.LOW,
                    "How much Kafka's clients log. At info they print all their properties at each start.")
            .define(
                    FORMAT,
                    ConfigDef.Type.STRING,
                    "auto",
                    ConfigDef.ValidString.in("auto", "text", "ecs"),
                    ConfigDef.Importance.LOW,
                    "Form of log lines: text for people, ecs for one JSON object a line with the field names of the"
                            + " Elastic Common Schema, auto for text on a terminal and ecs otherwise.");

    private Logging() {}

    /** Applies {@link #SETTINGS}; call it once the settings are loaded. */
    public static void start(Settings settings) {
        LogChoice.apply(new LogChoice(settings.string(LEVEL), settings.string(KAFKA_LEVEL), settings.string(FORMAT)));
    }
}
