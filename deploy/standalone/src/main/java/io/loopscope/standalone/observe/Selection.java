package io.loopscope.standalone.observe;

import io.loopscope.schemas.Topic;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what to show. */
final class Selection {
    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "From then on: 10m (ago), 2026-11-22T12:00:00Z, or local time 2026-11-22T12:00.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "WHEN", description = "Up to then, in the same forms.")
    private @Nullable String until;

    @Option(names = "--last", paramLabel = "N", description = "Only the last N.")
    private @Nullable Integer last;

    @Option(names = "--port", paramLabel = "PORT", description = "Only what has this port on either end.")
    private @Nullable Integer port;

    @Option(names = "--host", paramLabel = "HOST-ID", description = "Only what is about this host.")
    private @Nullable String host;

    @Option(names = "--anomalies", description = "Show anomalies.")
    private boolean anomalies;

    @Option(
            names = "--connections",
            description = "Show connection events. Without any of these five: connections and anomalies.")
    private boolean connections;

    @Option(names = "--census", description = "Show counts per listener, end and state.")
    private boolean census;

    @Option(names = "--segments", description = "Show what the agents sent: segments, heartbeats, socket tables.")
    private boolean segments;

    @Option(names = "--dead-letters", description = "Show records that the processor could not use.")
    private boolean deadLetters;

    /** How many of the last; null for all. */
    @Nullable Integer last() {
        return last;
    }

    boolean hasSince() {
        return since != null;
    }

    /**
     * What to show.
     *
     * @throws IllegalArgumentException when an option is wrong, with its name
     */
    ItemFilter filter(boolean follow, Instant now, ZoneId zone) {
        check(port == null || (port >= 1 && port <= 65_535), "--port: " + port + " is no port from 1 to 65535");
        check(last == null || last >= 0, "--last: " + last + " is less than nothing");
        check(!follow || until == null, "--follow has no end, so --until cannot be given with it");
        return new ItemFilter(
                since == null ? Long.MIN_VALUE : nanos("--since", since, now, zone),
                until == null ? Long.MAX_VALUE : nanos("--until", until, now, zone),
                port == null ? OptionalInt.empty() : OptionalInt.of(port),
                host);
    }

    private static long nanos(String option, String text, Instant now, ZoneId zone) {
        try {
            return TimeText.nanos(PointInTime.parse(text, now, zone));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** The topics that have it. */
    List<Topic> topics() {
        var topics = new ArrayList<Topic>();
        boolean all = !(connections || anomalies || census || segments || deadLetters);
        add(topics, connections || all, Topic.CONNECTIONS);
        add(topics, anomalies || all, Topic.ANOMALIES);
        add(topics, census, Topic.CENSUS);
        add(topics, segments, Topic.CAPTURE);
        add(topics, deadLetters, Topic.DEAD_LETTER);
        return topics;
    }

    private static void add(List<Topic> topics, boolean wanted, Topic topic) {
        if (wanted) {
            topics.add(topic);
        }
    }
}
