package io.loopscope.systemtests.fidelity;

import io.loopscope.processor.detect.AnomalyChange;
import io.loopscope.processor.detect.ConnectionChange;
import io.loopscope.processor.detect.Output;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.SortedMap;

/** What the processor says, so that two can be compared: by connection and in order, and every anomaly. */
final class Story {
    private final SortedMap<String, String> lines = new TreeMap<>();
    private long items;

    void add(List<Output> outputs) {
        for (Output output : outputs) {
            if (output instanceof ConnectionChange change) {
                put(change.eventId(), connection(change));
            } else if (output instanceof AnomalyChange change) {
                put(change.eventId(), anomaly(change));
            }
        }
    }

    private void put(String id, String line) {
        String before = lines.put(id, line);
        if (before != null) {
            throw new IllegalStateException("told twice: " + id + " " + before + " and " + line);
        }
    }

    private static String connection(ConnectionChange change) {
        return "%s %s %s %s %s %s %s"
                .formatted(
                        change.type(),
                        change.timeNanos(),
                        change.changes(),
                        change.connection().history(),
                        change.connection().partial(),
                        change.cause(),
                        change.summary());
    }

    private static String anomaly(AnomalyChange change) {
        return "%s %s %s %s %s %s %s %s %s"
                .formatted(
                        change.name(),
                        change.stage(),
                        change.severity(),
                        change.timeNanos(),
                        change.sinceNanos(),
                        change.end(),
                        change.count(),
                        change.confidence(),
                        change.clearReason());
    }

    /** A connection that is still remembered at the end. */
    void ends(String id, Connection connection) {
        put(id + " at the end", "%s %s".formatted(
                connection.endpoint(Side.LOW).state(), connection.endpoint(Side.HIGH).state()));
    }

    void items(long count) {
        items = count;
    }

    /** How many items it was made of. */
    long items() {
        return items;
    }

    int size() {
        return lines.size();
    }

    /** Where another one says something else; empty when it does not. */
    List<String> differencesTo(Story other) {
        List<String> differences = new ArrayList<>();
        SortedMap<String, String> all = new TreeMap<>(lines);
        all.putAll(other.lines);
        for (String id : all.keySet()) {
            String here = lines.getOrDefault(id, "nothing");
            String there = other.lines.getOrDefault(id, "nothing");
            if (!here.equals(there)) {
                differences.add(id + "\n  " + here + "\n  " + there);
            }
        }
        return differences;
    }
}
