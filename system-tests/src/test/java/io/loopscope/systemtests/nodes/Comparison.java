package io.loopscope.systemtests.nodes;

import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.systemtests.nodes.Outcome.Said;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;

/** What one run said otherwise than another. */
final class Comparison {
    private static final int SHOWN = 5;
    private static final List<Topic> JUDGED =
            List.of(Topic.CONNECTIONS, Topic.ANOMALIES, Topic.CENSUS, Topic.DEAD_LETTER);

    private Comparison() {}

    /** The first record of a key that is not as expected; either is null when the other run has said less. */
    private record Difference(String topic, String key, int index, Said expected, Said got) {
        /** When it is said to have happened, on its host. */
        long timeNs() {
            SpecificRecord record = expected == null || expected.value() == null
                    ? got == null ? null : got.decoded()
                    : expected.decoded();
            return time(record);
        }

        @Override
        public String toString() {
            return "%s, key %s, its record %d%n    expected %s%n    got      %s"
                    .formatted(topic, key, index, text(expected), text(got));
        }
    }

    /** Empty when both are the same; else what differs, the earliest first, for a person. */
    static String differences(Outcome expected, Outcome got) {
        List<Difference> differences = new ArrayList<>();
        for (Topic topic : JUDGED) {
            TreeSet<String> keys = new TreeSet<>(expected.of(topic).keySet());
            keys.addAll(got.of(topic).keySet());
            for (String key : keys) {
                compare(topic, key, expected, got, differences);
            }
        }
        List<String> twice = saidTwice(got);
        if (differences.isEmpty() && twice.isEmpty()) {
            return "";
        }
        differences.sort(Comparator.comparingLong(Difference::timeNs));
        return counts(expected, got) + "\nsaid twice: "
                + (twice.isEmpty() ? "nothing" : String.join(", ", twice.subList(0, Math.min(SHOWN, twice.size()))))
                + "\n" + differences.size() + " keys differ; the first by time on their hosts:\n  "
                + differences.stream().limit(SHOWN).map(Difference::toString).collect(Collectors.joining("\n  "));
    }

    private static void compare(Topic topic, String key, Outcome expected, Outcome got, List<Difference> into) {
        List<Said> left = expected.of(topic).getOrDefault(key, List.of());
        List<Said> right = got.of(topic).getOrDefault(key, List.of());
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            Said one = i < left.size() ? left.get(i) : null;
            Said other = i < right.size() ? right.get(i) : null;
            if (!isSame(one, other)) {
                into.add(new Difference(topic.name(), key, i + 1, one, other));
                return; // The rest follows from it.
            }
        }
    }

    private static boolean isSame(Said one, Said other) {
        if (one == null || other == null) {
            return false;
        }
        // The order of a map's entries is nobody's promise.
        return Objects.equals(one.value(), other.value())
                || (one.value() != null
                        && other.value() != null
                        && one.decoded().equals(other.decoded()));
    }

    /** Ids of events that are there more than once. */
    private static List<String> saidTwice(Outcome outcome) {
        Map<String, Integer> number = new HashMap<>();
        for (Topic topic : List.of(Topic.CONNECTIONS, Topic.ANOMALIES)) {
            outcome.of(topic).values().stream()
                    .flatMap(List::stream)
                    .map(Said::decoded)
                    .filter(event -> event != null)
                    .forEach(event -> number.merge(topic.name() + " " + id(event), 1, Integer::sum));
        }
        return number.entrySet().stream()
                .filter(event -> event.getValue() > 1)
                .map(event -> event.getKey() + " " + event.getValue() + " times")
                .sorted()
                .toList();
    }

    private static String id(SpecificRecord event) {
        return event instanceof ConnectionEvent connection
                ? connection.getEventId()
                : ((AnomalyEvent) event).getEventId();
    }

    private static long time(SpecificRecord record) {
        if (record instanceof ConnectionEvent event) {
            return event.getTimeNs();
        } else if (record instanceof AnomalyEvent event) {
            return event.getTimeNs();
        } else if (record instanceof CensusCount count) {
            return count.getTimeNs();
        }
        return Long.MAX_VALUE;
    }

    private static String counts(Outcome expected, Outcome got) {
        return JUDGED.stream()
                .map(topic -> topic.name() + ": expected " + expected.size(topic) + " records, got " + got.size(topic))
                .collect(Collectors.joining("\n"));
    }

    private static String text(Said said) {
        return said == null
                ? "nothing"
                : "(partition " + said.partition() + " offset " + said.offset() + ") " + said.decoded();
    }
}
