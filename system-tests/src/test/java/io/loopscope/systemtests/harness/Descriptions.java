package io.loopscope.systemtests.harness;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.ConnectionEvent;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What was published about a connection, in a form that makes a failed test readable. */
final class Descriptions {
    private Descriptions() {}

    static String of(
            FourTuple tuple, List<ConnectionEvent> events, List<AnomalyEvent> anomalies, List<WireSegment> segments) {
        return tuple + ", kernel now: " + KernelSockets.of(tuple)
                + lines("segments published", segments, WireSegment::toString)
                + lines("connection events", events, Descriptions::of)
                + lines("anomaly events", anomalies, Descriptions::of);
    }

    static String of(ConnectionEvent event) {
        String changes = event.getChanges().stream()
                .map(change -> change.getEnd() + " " + change.getFrom() + " -> " + change.getTo())
                .collect(Collectors.joining(", "));
        String cause = event.getCause() == null
                ? "timer"
                : event.getCause().getSender() + " [" + event.getCause().getFlags() + "]";
        return "%s %s %s client %s server %s {%s} by %s, history %s%s"
                .formatted(
                        event.getEventId(),
                        event.getType(),
                        event.getTimeNs(),
                        event.getClientState(),
                        event.getServerState(),
                        changes,
                        cause,
                        event.getHistory(),
                        event.getSummary() == null
                                ? ""
                                : ", " + event.getSummary().getConnState() + " "
                                        + event.getSummary().getEndReason());
    }

    static String of(AnomalyEvent event) {
        return "%s %s %s %s at %s since %s client %s server %s, %s %s"
                .formatted(
                        event.getAnomalyId(),
                        event.getStage(),
                        event.getSeverity(),
                        event.getName(),
                        event.getTimeNs(),
                        event.getSinceNs(),
                        event.getClientState(),
                        event.getServerState(),
                        event.getExplain(),
                        event.getClearReason() == null ? "" : "(" + event.getClearReason() + ")");
    }

    private static <T> String lines(String title, List<T> items, Function<T, String> text) {
        String body = items.stream().map(item -> "\n    " + text.apply(item)).collect(Collectors.joining());
        return "\n  " + title + ": " + (items.isEmpty() ? "none" : items.size() + body);
    }
}
