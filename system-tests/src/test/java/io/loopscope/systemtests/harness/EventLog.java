package io.loopscope.systemtests.harness;

import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Everything that is on the topics, read committed, in order, decoded and kept. A background thread reads on; what a test
 * asks for is what has come so far, and the {@code await…} methods wait for more.
 */
public final class EventLog implements AutoCloseable {
    private final List<TopicRecord> records = new CopyOnWriteArrayList<>();
    private final TopicReader reader;

    /** Reads all topics of the catalogue from their beginning; they must exist. */
    public EventLog(String bootstrapServers) {
        this(bootstrapServers, SchemaIds.NONE);
    }

    /** The same, with what a schema registry knows. */
    public EventLog(String bootstrapServers, SchemaIds ids) {
        reader = new TopicReader(bootstrapServers, ids, records::addAll);
    }

    /** All records of a topic so far. */
    public Stream<TopicRecord> records(Topic topic) {
        return records.stream().filter(read -> read.topic().equals(topic.name()));
    }

    public List<Heartbeat> heartbeats() {
        return values(Topic.CAPTURE, Heartbeat.class).toList();
    }

    public Stream<CaptureBatch> batches() {
        return values(Topic.CAPTURE, CaptureBatch.class);
    }

    /** All events of a 4-tuple in their order: several incarnations when the tuple was used again. */
    public List<ConnectionEvent> events(FourTuple tuple) {
        return values(Topic.CONNECTIONS, ConnectionEvent.class)
                .filter(event -> tuple.joins(event.getClient(), event.getServer()))
                .toList();
    }

    public List<AnomalyEvent> anomalies() {
        return values(Topic.ANOMALIES, AnomalyEvent.class).toList();
    }

    /** Anomalies of one connection, or of a listener with its port. */
    public List<AnomalyEvent> anomalies(FourTuple tuple) {
        return anomalies().stream()
                .filter(event -> event.getServer() != null)
                .filter(event -> event.getClient() == null
                        ? FourTuple.socket(event.getServer()).equals(tuple.server())
                        : tuple.joins(event.getClient(), event.getServer()))
                .toList();
    }

    /** Stages of one anomaly of a connection, in order. */
    public List<AnomalyStage> stages(FourTuple tuple, String name) {
        return anomalies(tuple).stream()
                .filter(event -> event.getName().equals(name))
                .map(AnomalyEvent::getStage)
                .toList();
    }

    private <T> Stream<T> values(Topic topic, Class<T> type) {
        return records(topic).map(read -> read.value(type)).filter(Objects::nonNull);
    }

    /** Waits until the latest event of a 4-tuple has both ends in these states. */
    public ConnectionEvent awaitStates(FourTuple tuple, EndStates expected) {
        return await(
                "events of " + tuple + " reach " + expected,
                Waits.PIPELINE,
                () -> last(events(tuple)),
                event ->
                        event != null && new EndStates(event.getClientState(), event.getServerState()).equals(expected),
                () -> describe(tuple));
    }

    /** Waits for an event of a 4-tuple. */
    public ConnectionEvent awaitEvent(FourTuple tuple, String what, Predicate<ConnectionEvent> wanted) {
        return await(
                what + " of " + tuple,
                Waits.PIPELINE,
                () -> events(tuple).stream().filter(wanted).findFirst().orElse(null),
                event -> event != null,
                () -> describe(tuple));
    }

    /** Waits for a stage of an anomaly of a connection. */
    public AnomalyEvent awaitAnomaly(FourTuple tuple, String name, AnomalyStage stage, Duration timeout) {
        return await(
                stage + " " + name + " of " + tuple,
                timeout,
                () -> anomalies(tuple).stream()
                        .filter(event -> event.getName().equals(name) && event.getStage() == stage)
                        .findFirst()
                        .orElse(null),
                event -> event != null,
                () -> describe(tuple));
    }

    /** Waits for a heartbeat that promises everything up to a time. */
    public void awaitWatermark(long timeNs, Duration timeout, Supplier<String> explanation) {
        await(
                "a heartbeat with a watermark of at least " + timeNs,
                timeout,
                () -> last(heartbeats()),
                heartbeat -> heartbeat != null && heartbeat.getWatermarkNs() >= timeNs,
                () -> "last heartbeat: " + last(heartbeats()) + "\n" + explanation.get());
    }

    /** Waits until all that was committed when this was called has been read. */
    public void catchUp() {
        reader.catchUp();
    }

    /** Waits for something else that will be in this log. */
    public <T> T await(
            String what, Duration timeout, Supplier<T> supplier, Predicate<T> wanted, Supplier<String> explanation) {
        try {
            return Awaitility.await(what)
                    .atMost(timeout)
                    .pollInterval(Waits.POLL)
                    .failFast(what + ": the reader of the topics has failed", reader::hasFailed)
                    .until(supplier::get, wanted);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("waited " + timeout + " for " + what + ", in vain\n" + explanation.get(), e);
        }
    }

    /** What is known of a connection, for people. */
    public String describe(FourTuple tuple) {
        return Descriptions.of(tuple, events(tuple), anomalies(tuple), segments(tuple));
    }

    /** Published segments of a connection. */
    public List<WireSegment> segments(FourTuple tuple) {
        List<WireSegment> segments = new ArrayList<>();
        String client = ConnectionKey.text(tuple.client());
        String server = ConnectionKey.text(tuple.server());
        batches()
                .forEach(batch -> WireSegment.each(batch, segment -> {
                    if (segment.joins(client, server)) {
                        segments.add(segment);
                    }
                }));
        return segments;
    }

    private static <T> T last(List<T> list) {
        return list.isEmpty() ? null : list.get(list.size() - 1);
    }

    /** Forgets all, too: test classes live as long as the JVM, and with them their logs. */
    @Override
    public void close() {
        reader.close();
        records.clear();
    }
}
