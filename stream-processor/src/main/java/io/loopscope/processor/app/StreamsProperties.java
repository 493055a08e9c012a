package io.loopscope.processor.app;

import io.loopscope.processor.streams.ConnectionTopology;
import io.loopscope.processor.streams.RecordLimits;
import io.loopscope.settings.ConfigurationException;
import io.loopscope.settings.Problem;
import io.loopscope.settings.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The properties of Kafka Streams: ours, then the {@code kafka} section over them. That section takes any property of
 * Streams, and of its clients with Streams' prefixes ({@code main.consumer.}, {@code restore.consumer.}, {@code
 * producer.}, {@code admin.}) or, for all clients, without.
 */
final class StreamsProperties {
    /** What has a setting of its own is not taken from the {@code kafka} section: two places would contradict. */
    private static final Map<String, String> OWN_SETTINGS = new TreeMap<>(Map.of(
            StreamsConfig.APPLICATION_ID_CONFIG, ProcessorSettings.APPLICATION_ID,
            StreamsConfig.NUM_STREAM_THREADS_CONFIG, ProcessorSettings.THREADS,
            StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, ProcessorSettings.COMMIT_INTERVAL,
            StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, ProcessorSettings.STANDBY_REPLICAS,
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, ProcessorSettings.INSTANCE_ID,
            StreamsConfig.APPLICATION_SERVER_CONFIG, ProcessorSettings.HTTP_ADVERTISE,
            StreamsConfig.REPLICATION_FACTOR_CONFIG, ProcessorSettings.TOPICS_REPLICATION_FACTOR));

    /** Without effect, because nothing here is global. Without it Streams warns at every start, and so does its assignor. */
    private static final String GLOBAL_HANDLER = "processing.exception.handler.global.enabled";

    /**
     * Of the record cache: nobody reads from it, it only has to hold what one thread writes between two commits, some 30,000
     * connections. What is larger is slower: it is searched with each write.
     */
    private static final long CACHE_OCTETS_A_THREAD = 16L << 20;

    private static final int RESTORE_RECORDS = 10_000;
    private static final int COMPRESSION_LEVEL = 1;
    private static final int BATCH_OCTETS = 65_536;

    private StreamsProperties() {}

    /**
     * The properties.
     *
     * @throws ConfigurationException when the {@code kafka} section contradicts a setting or Kafka refuses a value
     */
    static Map<String, Object> of(Settings settings) {
        refuseOwnSettings(settings);
        Map<String, Object> properties = new HashMap<>(ours(settings));
        properties.putAll(ConnectionTopology.handlers(new RecordLimits(System::nanoTime)));
        properties.putAll(settings.kafka());
        try {
            StreamsConfig checked = new StreamsConfig(properties);
            ConnectionTopology.limits(properties).request(largestRequest(checked));
        } catch (ConfigException e) {
            throw new ConfigurationException(List.of(new Problem("kafka section", String.valueOf(e.getMessage()))));
        }
        return properties;
    }

    private static Map<String, Object> ours(Settings settings) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.string(ProcessorSettings.APPLICATION_ID));
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.integer(ProcessorSettings.THREADS));
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.duration(ProcessorSettings.COMMIT_INTERVAL).toMillis());
        properties.put(
                StreamsConfig.REPLICATION_FACTOR_CONFIG, settings.integer(ProcessorSettings.TOPICS_REPLICATION_FACTOR));
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        properties.put(GLOBAL_HANDLER, true);
        properties.put(StreamsConfig.mainConsumerPrefix(GLOBAL_HANDLER), true); // What the assignor gets to see.
        properties.put(
                StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG,
                CACHE_OCTETS_A_THREAD * settings.integer(ProcessorSettings.THREADS));
        properties.putAll(GroupMembership.of(settings).properties());
        properties.putAll(ConnectionTopology.stores(
                settings.string(ProcessorSettings.STORE).equals(ProcessorSettings.ROCKSDB)));
        properties.putAll(producer());
        properties.put(StreamsConfig.restoreConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), RESTORE_RECORDS);
        return properties;
    }

    private static int largestRequest(StreamsConfig config) {
        String name = ProducerConfig.MAX_REQUEST_SIZE_CONFIG;
        Object given = config.getProducerConfigs("loopscope").get(name);
        Object value =
                given == null ? ProducerConfig.configDef().defaultValues().get(name) : given;
        return ConfigDef.parseType(name, value, ConfigDef.Type.INT) instanceof Integer octets ? octets : 0;
    }

    /**
     * Each batch gets a compressor of its own, whose tables the C library takes from the kernel and gives back: small
     * batches, and levels with large tables, cost more than what is in them. Without Streams' prefix, so that the {@code
     * kafka} section may name them with it or without.
     */
    private static Map<String, Object> producer() {
        return Map.of(
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "zstd",
                ProducerConfig.COMPRESSION_ZSTD_LEVEL_CONFIG,
                COMPRESSION_LEVEL,
                ProducerConfig.BATCH_SIZE_CONFIG,
                BATCH_OCTETS);
    }

    private static void refuseOwnSettings(Settings settings) {
        List<Problem> problems = new ArrayList<>();
        Map<String, String> kafka = settings.kafka();
        OWN_SETTINGS.forEach((property, setting) -> {
            if (kafka.containsKey(property)) {
                problems.add(settings.problem("kafka." + property, "has a setting of its own: " + setting));
            }
        });
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }
}
