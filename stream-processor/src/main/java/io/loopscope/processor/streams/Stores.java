package io.loopscope.processor.streams;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.BytesSerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The state, as bytes. All keys begin with {@link HostKey#toBytes()}: what belongs to one host is found by prefix. In
 * memory or in RocksDB, backed by a changelog topic, behind Streams' record cache: a connection that changes often is written once per
 * commit.
 */
final class Stores {
    /** {@link io.loopscope.schemas.ConnectionKey#toBytes()} to what {@code HostMonitor.connectionBytes} gives. */
    static final String CONNECTIONS = "connections";
    /** Host, address length (1), address, port (2) to what {@code HostMonitor.listenerBytes} gives. */
    static final String LISTENERS = "listeners";
    /** Host to what {@code HostMonitor.hostBytes} gives. */
    static final String HOSTS = "hosts";
    /** See {@link AgentRuns}. */
    static final String AGENTS = "agents";

    /**
     * Host and anomaly id (ASCII) to the last {@link io.loopscope.schemas.v1.AnomalyEvent} published about it, while it
     * is open: for queries only, the detector has what it needs elsewhere.
     */
    static final String ANOMALIES = "anomalies";

    static final Set<String> NAMES = Set.of(CONNECTIONS, LISTENERS, HOSTS, AGENTS, ANOMALIES);

    /** Small segments and early cleaning: a changelog is read as a whole at each restore. */
    private static final Map<String, String> CHANGELOG =
            Map.of(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.2", TopicConfig.SEGMENT_BYTES_CONFIG, "67108864");

    private final Map<String, KeyValueStore<Bytes, byte[]>> byName;

    Stores(ProcessorContext<?, ?> context) {
        byName = NAMES.stream().collect(Collectors.toMap(name -> name, name -> context.getStateStore(name)));
    }

    static Set<StoreBuilder<?>> builders(boolean onDisk) {
        return NAMES.stream().map(name -> builder(name, onDisk)).collect(Collectors.toSet());
    }

    private static StoreBuilder<?> builder(String name, boolean onDisk) {
        return org.apache.kafka.streams.state.Stores.keyValueStoreBuilder(
                        onDisk
                                ? org.apache.kafka.streams.state.Stores.persistentKeyValueStore(name)
                                : org.apache.kafka.streams.state.Stores.inMemoryKeyValueStore(name),
                        Serdes.Bytes(),
                        Serdes.ByteArray())
                .withLoggingEnabled(CHANGELOG)
                .withCachingEnabled();
    }

    KeyValueStore<Bytes, byte[]> get(String name) {
        KeyValueStore<Bytes, byte[]> store = byName.get(name);
        if (store == null) {
            throw new IllegalArgumentException("no store " + name);
        }
        return store;
    }

    /** Everything of one host in a store. Close it. */
    KeyValueIterator<Bytes, byte[]> of(HostKey host, String name) {
        return get(name).prefixScan(Bytes.wrap(host.toBytes()), new BytesSerializer());
    }
}
