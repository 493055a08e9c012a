package io.loopscope.processor.streams;

import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.Topic;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;

/**
 * <pre>
 *                                                      ┌─► write-connections ─► loopscope.connections.v1
 * loopscope.capture.v1 ─► read-capture ─► track-connections ─► write-anomalies   ─► loopscope.anomalies.v1
 *                                         {connections} ├─► write-census      ─► loopscope.census.v1
 *                                         {listeners}   └─► write-dead-letter ─► loopscope.dead-letter.v1
 *                                         {hosts}
 *                                         {agents}
 *                                         {anomalies}
 * </pre>
 *
 * <p>Names of nodes and stores are part of the stored state's identity: changelog topics are called after them.
 */
public final class ConnectionTopology {
    static final String CAPTURE = "read-capture";
    static final String TRACK = "track-connections";
    static final String CONNECTIONS = "write-connections";
    static final String ANOMALIES = "write-anomalies";
    static final String CENSUS = "write-census";
    static final String DEAD_LETTER = "write-dead-letter";

    private static final Map<String, Topic> SINKS = Map.of(
            CONNECTIONS, Topic.CONNECTIONS,
            ANOMALIES, Topic.ANOMALIES,
            CENSUS, Topic.CENSUS,
            DEAD_LETTER, Topic.DEAD_LETTER);

    private static final String ON_DISK = "loopscope.state.on.disk";

    private ConnectionTopology() {}

    /**
     * The topology.
     *
     * @param properties of Streams, {@link #stores} and {@link #handlers} included; the topology is checked against them
     * @param settings thresholds
     * @param tcp what the core has to know of the kernels that are watched
     * @param counters takes what is done
     * @param ids what a schema registry knows
     */
    public static Topology build(
            Map<String, ?> properties, DetectorSettings settings, TcpSettings tcp, Counters counters, SchemaIds ids) {
        Topology topology = new Topology(new TopologyConfig(new StreamsConfig(properties)))
                .addSource(
                        AutoOffsetReset.earliest(),
                        CAPTURE,
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        Topic.CAPTURE.name())
                .addProcessor(
                        TRACK,
                        new ConnectionTracker.Supplier(
                                settings, tcp, counters, limits(properties), ids, onDisk(properties)),
                        CAPTURE);
        addSink(topology, CONNECTIONS);
        addSink(topology, ANOMALIES);
        addSink(topology, CENSUS);
        addSink(topology, DEAD_LETTER);
        return topology;
    }

    /** Properties of Streams for where the state is kept: in memory, or in RocksDB when it may be larger than that. */
    public static Map<String, Object> stores(boolean onDisk) {
        return Map.of(ON_DISK, onDisk, StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbMemory.class);
    }

    private static boolean onDisk(Map<String, ?> properties) {
        return Boolean.TRUE.equals(properties.get(ON_DISK));
    }

    /** Names of the topics that back the state of an application. */
    public static List<String> changelogs(String applicationId) {
        return Stores.NAMES.stream()
                .sorted()
                .map(store -> applicationId + "-" + store + "-changelog")
                .toList();
    }

    /**
     * Properties of Streams that say what is done about failures.
     *
     * @param limits of what is published
     */
    public static Map<String, Object> handlers(RecordLimits limits) {
        return Map.of(
                StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG,
                PublishFailures.class,
                PublishFailures.LIMITS,
                limits);
    }

    /** How large what is published may be, as {@link #handlers} has put it into the properties. */
    public static RecordLimits limits(Map<String, ?> properties) {
        return properties.get(PublishFailures.LIMITS) instanceof RecordLimits limits
                ? limits
                : new RecordLimits(() -> 0);
    }

    /** Name of the topic that a sink writes to. */
    static String topic(String sink) {
        Topic topic = SINKS.get(sink);
        if (topic == null) {
            throw new IllegalArgumentException("no sink " + sink);
        }
        return topic.name();
    }

    /** What cannot be encoded is the processor's to notice, while it still can set the cause aside: sinks take bytes. */
    private static void addSink(Topology topology, String name) {
        topology.addSink(name, topic(name), new ByteArraySerializer(), new ByteArraySerializer(), TRACK);
    }
}
