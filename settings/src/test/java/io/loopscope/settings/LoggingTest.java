package io.loopscope.settings;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class LoggingTest {
    @TempDir
    Path folder;

    private final LoggerContext context = new LoggerContext();

    @Test
    void kafkaIsQuietUnlessAsked() {
        LogOutput.configure(context, "debug", "warn", "text");

        assertThat(context.getLogger("io.loopscope.agent.X").getEffectiveLevel())
                .isEqualTo(Level.DEBUG);
        assertThat(context.getLogger("org.apache.kafka.clients.producer.ProducerConfig")
                        .getEffectiveLevel())
                .isEqualTo(Level.WARN);
        assertThat(context.getLogger("org.example").getEffectiveLevel()).isEqualTo(Level.WARN);
    }

    @Test
    void textIsOneReadableLineWithoutControlCharacters() {
        LogOutput.configure(context, "info", "warn", "text");
        assertThat(line("name \u001b[31m{}", "value"))
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  X - name \\?\\[31mvalue\\R");
    }

    @Test
    void ecsIsOneJsonObjectALine() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        LogOutput.configure(context, "info", "warn", "ecs");
        assertThat(line("two\nlines {}", "value"))
                .startsWith("{\"@timestamp\":")
                .endsWith("}\n")
                .contains(
                        "\"log.level\": \"WARN\"",
                        "\"message\":\"two\\nlines value\"",
                        "\"service.name\":\"loopscope\"")
                .hasLineCount(1);
    }

    @Test
    void logbackStartsWithOurDefaults() {
        var started = (LoggerContext) LoggerFactory.getILoggerFactory();
        assertThat(started.getLogger("org.apache.kafka").getLevel()).isEqualTo(Level.WARN);
        assertThat(started.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("stderr"))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"/dev/pts/3,true", "/dev/tty1,true", "/dev/null,false", "pipe:[123],false", "/var/log/x,false"})
    void aTerminalIsRecognisedByItsDevice(String target, boolean terminal) throws Exception {
        var link = Files.createSymbolicLink(folder.resolve("2"), Path.of(target));
        assertThat(LogOutput.isTerminal(link)).isEqualTo(terminal);
        assertThat(LogOutput.isTerminal(folder.resolve("none"))).isFalse();
    }

    private String line(String message, Object... arguments) {
        var logger = context.getLogger("io.loopscope.X");
        var event = new LoggingEvent("fqcn", logger, Level.WARN, message, null, arguments);
        var appender = (ConsoleAppender<ILoggingEvent>)
                context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("stderr");
        assertThat(appender.getTarget()).isEqualTo("System.err");
        return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
    }
}
