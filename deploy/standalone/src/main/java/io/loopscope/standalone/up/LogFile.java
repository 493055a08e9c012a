package io.loopscope.standalone.up;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import java.util.Iterator;
import org.slf4j.LoggerFactory;

/**
 * Sends what all parts log to a file, Kafka's chatter included: the terminal belongs to the feed. What Loopscope itself
 * warns of goes to standard error as well.
 */
final class LogFile {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger - %msg%n";
    private static final String SIZE = "10MB";
    private static final int KEPT = 3;

    private LogFile() {}

    /**
     * To be called after logging has been set up; a logback configuration of the user's own is left alone.
     *
     * @param verbose leave standard error as it was set up
     */
    static void start(Path file, boolean verbose) {
        if (System.getProperty("logback.configurationFile") != null
                || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Iterator<Appender<ILoggingEvent>> console = root.iteratorForAppenders();
        while (!verbose && console.hasNext()) {
            quieten(console.next());
        }
        root.addAppender(file(context, file));
        root.setLevel(Level.INFO);
        for (String kafka : new String[] {"org.apache.kafka", "kafka", "state.change.logger"}) {
            context.getLogger(kafka).setLevel(Level.INFO);
        }
    }

    private static void quieten(Appender<ILoggingEvent> console) {
        var warnings = new ThresholdFilter();
        warnings.setLevel(Level.WARN.toString());
        warnings.start();
        console.addFilter(warnings);
        console.addFilter(new OwnOnly());
    }

    private static Appender<ILoggingEvent> file(LoggerContext context, Path file) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        var appender = new RollingFileAppender<ILoggingEvent>();
        appender.setName("file");
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setEncoder(encoder);
        var rolling = new FixedWindowRollingPolicy();
        rolling.setContext(context);
        rolling.setParent(appender);
        rolling.setFileNamePattern(file + ".%i");
        rolling.setMinIndex(1);
        rolling.setMaxIndex(KEPT);
        rolling.start();
        var size = new SizeBasedTriggeringPolicy<ILoggingEvent>();
        size.setContext(context);
        size.setMaxFileSize(FileSize.valueOf(SIZE));
        size.start();
        appender.setRollingPolicy(rolling);
        appender.setTriggeringPolicy(size);
        appender.start();
        return appender;
    }
}
