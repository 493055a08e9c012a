package io.loopscope.systemtests.fidelity;

import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.ConnectionSummary;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.systemtests.harness.EventLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What has been told of one host, by connection and in order, for comparing it with another host that has seen the same
 * packets. Two captures stamp a packet one after the other, so times may differ a little.
 */
final class Told {
    private static final long TOLERANCE_NS = 2_000_000_000L;

    private record Event(String text, long timeNs) {
        boolean isLike(Event other) {
            return text.equals(other.text) && Math.abs(timeNs - other.timeNs) <= TOLERANCE_NS;
        }
    }

    private final SortedMap<String, List<Event>> events = new TreeMap<>();

    private Told() {}

    /**
     * Of one host.
     *
     * @param serverPorts those of connections and listeners that count
     */
    static Told of(EventLog log, String host, Collection<Integer> serverPorts) {
        Told told = new Told();
        values(log, Topic.CONNECTIONS, ConnectionEvent.class)
                .filter(event -> event.getHostId().equals(host)
                        && serverPorts.contains(event.getServer().getPort()))
                .forEach(event -> told.add("connection " + ports(event.getClient(), event.getServer()), event(event)));
        values(log, Topic.ANOMALIES, AnomalyEvent.class)
                .filter(event -> event.getHostId().equals(host)
                        && event.getServer() != null
                        && serverPorts.contains(event.getServer().getPort()))
                .forEach(event -> told.add("anomaly " + ports(event.getClient(), event.getServer()), event(event)));
        return told;
    }

    private static <T> Stream<T> values(EventLog log, Topic topic, Class<T> type) {
        return log.records(topic).map(read -> read.value(type)).filter(Objects::nonNull);
    }

    private void add(String about, Event event) {
        events.computeIfAbsent(about, key -> new ArrayList<>()).add(event);
    }

    private static String ports(SocketAddress client, SocketAddress server) {
        return (client == null ? "*" : client.getPort()) + " > " + server.getPort();
    }

    private static Event event(ConnectionEvent event) {
        return new Event(
                "%s %s partial=%s %s/%s %s by %s %s %s"
                        .formatted(
                                event.getType(),
                                event.getInitiator(),
                                event.getPartial(),
                                event.getClientState(),
                                event.getServerState(),
                                event.getChanges(),
                                event.getCause(),
                                event.getHistory(),
                                numbers(event.getSummary())),
                event.getTimeNs());
    }

    private static String numbers(ConnectionSummary summary) {
        return summary == null
                ? ""
                : "%s %s %s %s"
                        .formatted(
                                summary.getConnState(),
                                summary.getEndReason(),
                                summary.getClientToServer(),
                                summary.getServerToClient());
    }

    private static Event event(AnomalyEvent event) {
        return new Event(
                "%s %s %s %s %s %s/%s %s %s %s %s"
                        .formatted(
                                event.getName(),
                                event.getStage(),
                                event.getSeverity(),
                                event.getScope(),
                                event.getEnd(),
                                event.getClientState(),
                                event.getServerState(),
                                event.getEvidence(),
                                event.getConfidence(),
                                event.getCount(),
                                event.getClearReason()),
                event.getTimeNs());
    }

    /** Connections of which something is told. */
    long connections() {
        return events.keySet().stream()
                .filter(about -> about.startsWith("connection"))
                .count();
    }

    /** Where the other host was told something else; empty when it was not. */
    List<String> differencesTo(Told other) {
        Set<String> all = new TreeSet<>(events.keySet());
        all.addAll(other.events.keySet());
        List<String> differences = new ArrayList<>();
        for (String about : all) {
            List<Event> here = events.getOrDefault(about, List.of());
            List<Event> there = other.events.getOrDefault(about, List.of());
            for (int i = 0; i < Math.max(here.size(), there.size()); i++) {
                Event one = i < here.size() ? here.get(i) : new Event("nothing", 0);
                Event another = i < there.size() ? there.get(i) : new Event("nothing", 0);
                if (!one.isLike(another)) {
                    differences.add("%s, %d%n  %s%n  %s".formatted(about, i, one, another));
                }
            }
        }
        return differences;
    }
}
