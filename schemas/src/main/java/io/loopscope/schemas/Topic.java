package io.loopscope.schemas;

import java.util.List;
import java.util.Map;

/**
 * A topic of the catalogue with the settings it is created with.
 *
 * @param name topic name
 * @param partitions number of partitions on a fleet; one machine may use fewer. The capture topic's number is chosen
 *     once, because the processor's state is partitioned alike
 * @param settings topic configuration in Kafka's own names
 * @param doc what is in it and what its key is
 */
public record Topic(String name, int partitions, Map<String, String> settings, String doc) {

    /** What agents send: {@code CaptureBatch}, {@code SocketReport} and {@code Heartbeat} of a host, in order. */
    public static final Topic CAPTURE = new Topic(
            "loopscope.capture.v1",
            96,
            Map.of(
                    "cleanup.policy", "delete",
                    "retention.ms", "86400000",
                    "segment.bytes", "268435456",
                    "compression.type", "producer",
                    "message.timestamp.type", "LogAppendTime"),
            "CaptureBatch, SocketReport and Heartbeat in the order the agent made them; key: host id");

    /** Connections opened, changed, closed. */
    public static final Topic CONNECTIONS = new Topic(
            "loopscope.connections.v1",
            24,
            Map.of("cleanup.policy", "delete", "retention.ms", "2592000000", "message.timestamp.type", "LogAppendTime"),
            "ConnectionEvent; key: connection key as text");

    /** What is wrong now. */
    public static final Topic ANOMALIES = new Topic(
            "loopscope.anomalies.v1",
            12,
            Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.2", "segment.ms", "3600000"),
            "AnomalyEvent, compacted: reading from the start gives what is wrong now; key: anomaly id");

    /** Connection ends per host, listener and state. */
    public static final Topic CENSUS = new Topic(
            "loopscope.census.v1",
            12,
            Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.2", "segment.ms", "3600000"),
            "CensusCount, compacted; key: host/namespace/listener/end/state as text");

    /** Records nobody could read. */
    public static final Topic DEAD_LETTER = new Topic(
            "loopscope.dead-letter.v1",
            3,
            Map.of("cleanup.policy", "delete", "retention.ms", "1209600000"),
            "the original key and value of a record that could not be used, with the reason in its headers");

    /** All topics. */
    public static final List<Topic> CATALOGUE = List.of(CAPTURE, CONNECTIONS, ANOMALIES, CENSUS, DEAD_LETTER);
}
