package io.loopscope.settings;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepeatFilterTest {
    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("io.loopscope.X");
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private long now;

    @BeforeEach
    void install() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        var filter = new RepeatFilter(() -> now);
        filter.start();
        context.addTurboFilter(filter);
        written.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(written);
    }

    @Test
    void theRestOfAMinuteIsCountedInOneLine() {
        warn(25);
        assertThat(lines()).hasSize(RepeatFilter.LINES).startsWith("broker 0 is down");

        now += RepeatFilter.WINDOW_NANOS;
        logger.info("something else");
        assertThat(lines().subList(RepeatFilter.LINES, lines().size()))
                .containsExactly("15 more like this within a minute: broker {} is down", "something else");

        warn(1);
        assertThat(lines()).last().isEqualTo("broker 0 is down");
    }

    @Test
    void aMessageThatStaysBelowTheLimitIsNotSummarised() {
        warn(RepeatFilter.LINES);
        now += RepeatFilter.WINDOW_NANOS;
        warn(1);
        assertThat(lines()).hasSize(RepeatFilter.LINES + 1).noneMatch(line -> line.contains("more like this"));
    }

    @Test
    void otherMessagesAndOtherLevelsAreLeftAlone() {
        warn(50);
        logger.warn("another");
        for (int i = 0; i < 50; i++) {
            logger.info("progress {}", i);
            logger.debug("detail {}", i);
        }
        assertThat(lines()).hasSize(RepeatFilter.LINES + 1 + 50).contains("another", "progress 49");
    }

    @Test
    void theFluentInterfaceIsLimitedToo() {
        for (int i = 0; i < 50; i++) {
            logger.atError().log("broker {} is down", i);
        }
        assertThat(lines()).hasSize(RepeatFilter.LINES);
    }

    @Test
    void textsThatNeverRepeatDoNotFillTheMemory() {
        for (int i = 0; i < 5_000; i++) {
            logger.warn("text " + i);
        }
        assertThat(lines()).hasSize(5_000);
    }

    private void warn(int times) {
        for (int i = 0; i < times; i++) {
            logger.warn("broker {} is down", i);
        }
    }

    private List<String> lines() {
        return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
