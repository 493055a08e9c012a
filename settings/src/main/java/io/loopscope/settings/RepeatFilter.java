package io.loopscope.settings;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import org.slf4j.event.LoggingEvent;

/**
 * Keeps a fault that repeats, such as a broker that is down, from filling the disk: of one warning or error (its logger
 * and its text without arguments) ten lines a minute are written, and the rest is counted in one line at the end of that
 * minute, or as soon after it as anything is logged.
 */
final class RepeatFilter extends TurboFilter {
    static final int LINES = 10;
    static final long WINDOW_NANOS = 60_000_000_000L;

    /** Messages are built from constants, so this is never reached; it bounds memory all the same. */
    private static final int MESSAGES = 1_000;

    private static final String FQCN = RepeatFilter.class.getName();
    private static final Marker SUMMARY = MarkerFactory.getMarker("SUMMARY");

    private final Map<Message, Window> windows = new LinkedHashMap<>();
    private final LongSupplier nanoTime;

    /** What counts as the same message. */
    private record Message(Logger logger, Level level, String format) {}

    private static final class Window {
        final long start;
        int seen;

        Window(long start) {
            this.start = start;
        }
    }

    /** Measures windows with this clock, in nanoseconds. */
    RepeatFilter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        // Without a format somebody only asks whether a level is on.
        if (format == null || SUMMARY.equals(marker) || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        long now = nanoTime.getAsLong();
        Map<Message, Window> ended;
        boolean pass = true;
        synchronized (windows) {
            ended = takeEnded(now);
            // Who asks for info or debug wants to see all of it.
            if (level.isGreaterOrEqual(Level.WARN)) {
                var window = windows.computeIfAbsent(new Message(logger, level, format), m -> new Window(now));
                window.seen++;
                pass = window.seen <= LINES;
            }
        }
        ended.forEach(RepeatFilter::summarise);
        return pass ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    /** For loggers used through SLF4J's fluent interface. */
    @Override
    public FilterReply decide(Logger logger, LoggingEvent event) {
        var markers = event.getMarkers();
        var marker = markers == null || markers.isEmpty() ? null : markers.get(0);
        var level = Level.convertAnSLF4JLevel(event.getLevel());
        return decide(marker, logger, level, event.getMessage(), event.getArgumentArray(), event.getThrowable());
    }

    private Map<Message, Window> takeEnded(long now) {
        var ended = new LinkedHashMap<Message, Window>();
        var oldest = windows.entrySet().iterator();
        // In the order in which they began, so the first one that has not ended is the last to look at.
        while (oldest.hasNext()) {
            var entry = oldest.next();
            if (now - entry.getValue().start < WINDOW_NANOS && windows.size() < MESSAGES) {
                break;
            }
            ended.put(entry.getKey(), entry.getValue());
            oldest.remove();
        }
        return ended;
    }

    private static void summarise(Message message, Window window) {
        int left = window.seen - LINES;
        if (left > 0) {
            int level = Level.toLocationAwareLoggerInteger(message.level);
            var arguments = new Object[] {left, message.format};
            message.logger.log(SUMMARY, FQCN, level, "{} more like this within a minute: {}", arguments, null);
        }
    }
}
