package io.loopscope.settings;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import co.elastic.logging.logback.EcsEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Builds logback's output. Must not touch a Kafka class: logback comes here while the first logger is made, and that
 * may be Kafka's own in the middle of loading its class.
 */
final class LogOutput {
    /** Control characters could rewrite a terminal; names of processes and hosts come from outside. */
    private static final String PATTERN =
            "%d{HH:mm:ss.SSS} %-5level %logger{0} - %replace(%msg){'[\\p{Cntrl}&&[^\\n\\t]]', '?'}%n";

    private static final List<String> KAFKA = List.of("org.apache.kafka", "kafka", "state.change.logger");

    private LogOutput() {}

    static void configure(LoggerContext context, String level, String kafkaLevel, String format) {
        var encoder = isText(format) ? text() : ecs();
        encoder.setContext(context);
        encoder.start();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setName("stderr");
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger("io.loopscope").setLevel(level(level));
        var repeats = new RepeatFilter(System::nanoTime);
        repeats.setContext(context);
        repeats.start();
        context.addTurboFilter(repeats);
        KAFKA.forEach(name -> context.getLogger(name).setLevel(level(kafkaLevel)));
    }

    private static Level level(String name) {
        return Level.toLevel(name.toUpperCase(Locale.ROOT), Level.INFO);
    }

    private static boolean isText(String format) {
        if (format.equals("auto")) {
            return Boolean.getBoolean("loopscope.terminal") || isTerminal(Path.of("/proc/self/fd/2"));
        }
        return format.equals("text");
    }

    /**
     * Java can only tell about input and output together, and with 22 not even that; Linux tells about each stream.
     * Elsewhere the launcher looks and says so with a property.
     */
    static boolean isTerminal(Path stream) {
        try {
            var target = Files.readSymbolicLink(stream).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static Encoder<ILoggingEvent> text() {
        var encoder = new PatternLayoutEncoder();
        encoder.setPattern(PATTERN);
        return encoder;
    }

    private static Encoder<ILoggingEvent> ecs() {
        var encoder = new EcsEncoder();
        encoder.setServiceName("loopscope");
        encoder.setServiceVersion(Version.current());
        return encoder;
    }
}
