package io.loopscope.systemtests.fidelity;

import io.loopscope.processor.detect.AnomalyChange;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.ConnectionChange;
import io.loopscope.processor.detect.Output;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the processor says, so that two can be compared: what happened to each connection, and every anomaly. States change
 * at the same nanosecond; when an anomaly begins or ends may be told by a segment inside a run, and then it is the run's
 * last.
 */
final class Story {
    private static final long RUN_NS = 1_000_000_000L;

    private record Event(String text, long timeNs) {
        static final Event NONE = new Event("nothing", 0);

        boolean isLike(Event other) {
            return text.equals(other.text) && Math.abs(timeNs - other.timeNs) <= RUN_NS;
        }
    }

    private final SortedMap<String, Event> events = new TreeMap<>();
    private long items;

    void add(List<Output> outputs) {
        for (Output output : outputs) {
            if (output instanceof ConnectionChange change) {
                put(change.eventId() + " states", states(change), 0);
                put(change.eventId() + " numbers", numbers(change), 0);
            } else if (output instanceof AnomalyChange change) {
                put(change.id() + "." + change.number(), anomaly(change), change.timeNanos());
            }
        }
    }

    private void put(String id, String text, long timeNs) {
        // An anomaly may come again, and a late segment may open a connection again that was forgotten.
        int again = 0;
        while (events.putIfAbsent(id + " " + again, new Event(text, timeNs)) != null) {
            again++;
        }
    }

    private static String states(ConnectionChange change) {
        return "%s %s %s %s"
                .formatted(
                        change.type(),
                        change.timeNanos(),
                        change.changes(),
                        change.connection().partial());
    }

    private static String numbers(ConnectionChange change) {
        return "%s %s %s".formatted(change.connection().history(), change.cause(), change.summary());
    }

    private static String anomaly(AnomalyChange change) {
        return "%s %s %s %s %s %s %s"
                .formatted(
                        change.name(),
                        change.stage(),
                        change.severity(),
                        change.end(),
                        // How much of a capture is lost is an estimate.
                        change.name() == AnomalyName.CAPTURE_DEGRADED ? "" : change.count(),
                        change.confidence(),
                        change.clearReason());
    }

    /** A connection that is still remembered at the end. */
    void ends(String id, Connection connection) {
        String states = "%s %s"
                .formatted(
                        connection.endpoint(Side.LOW).state(),
                        connection.endpoint(Side.HIGH).state());
        put(id + " states at the end", states, 0);
    }

    void items(long count) {
        items = count;
    }

    /** How many items it was made of. */
    long items() {
        return items;
    }

    int size() {
        return events.size();
    }

    /** Where another one says something else of states; empty when it does not. */
    List<String> stateDifferencesTo(Story other) {
        return differencesTo(other).stream()
                .filter(difference -> isAbout(" states ", difference))
                .toList();
    }

    /** Where another one says something else of states or anomalies; empty when it does not. */
    List<String> differencesBesidesNumbersTo(Story other) {
        return differencesTo(other).stream()
                .filter(difference -> !isAbout(" numbers ", difference))
                .toList();
    }

    private static boolean isAbout(String what, String difference) {
        return difference.lines().findFirst().orElse("").contains(what);
    }

    /** Where another one says something else; empty when it does not. */
    List<String> differencesTo(Story other) {
        List<String> differences = new ArrayList<>();
        SortedSet<String> ids = new TreeSet<>(events.keySet());
        ids.addAll(other.events.keySet());
        for (String id : ids) {
            Event here = events.getOrDefault(id, Event.NONE);
            Event there = other.events.getOrDefault(id, Event.NONE);
            if (!here.isLike(there)) {
                differences.add("%s%n  %s%n  %s".formatted(id, here, there));
            }
        }
        return differences;
    }
}
