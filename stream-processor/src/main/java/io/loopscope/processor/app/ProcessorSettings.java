package io.loopscope.processor.app;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import io.loopscope.processor.app.http.ListenAddress;
import io.loopscope.schemas.registry.RegistrySettings;
import io.loopscope.settings.DurationRange;
import io.loopscope.settings.Logging;
import io.loopscope.settings.SettingsDefinition;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/** Every setting of the processor. */
public final class ProcessorSettings {
    static final String APPLICATION_ID = "processor.application.id";
    static final String THREADS = "processor.threads";
    static final String COMMIT_INTERVAL = "processor.commit.interval";
    static final String MAX_CONNECTIONS = "processor.max.connections";
    static final String STORE = "processor.store";
    static final String ROCKSDB = "rocksdb";
    static final String START_TIMEOUT = "processor.start.timeout";
    static final String STOP_TIMEOUT = "processor.stop.timeout";
    static final String STOP_LEAVE_GROUP = "processor.stop.leave.group";
    static final String INSTANCE_ID = "processor.instance.id";
    static final String STANDBY_REPLICAS = "processor.standby.replicas";
    static final String STATISTICS_INTERVAL = "processor.statistics.interval";
    static final String HTTP_LISTEN = "processor.http.listen";
    static final String HTTP_ADVERTISE = "processor.http.advertise";
    static final String HTTP_PEER_TIMEOUT = "processor.http.peer.timeout";
    static final String METRICS_PORTS = "processor.metrics.ports";
    static final String TOPICS_CREATE = "topics.create";
    static final String TOPICS_PARTITIONS = "topics.partitions";
    static final String TOPICS_REPLICATION_FACTOR = "topics.replication.factor";

    private static final ConfigDef PROCESSOR = new ConfigDef()
            .define(
                    APPLICATION_ID,
                    STRING,
                    "loopscope-processor",
                    new ConfigDef.NonEmptyString(),
                    HIGH,
                    "Name that all processors of one installation share: Kafka's consumer group, and the prefix of the"
                            + " topics that back the state. Another name begins with empty state.")
            .define(
                    THREADS,
                    INT,
                    1,
                    ConfigDef.Range.between(1, 256),
                    MEDIUM,
                    "Threads that process. More than the capture topic has partitions are idle.")
            .define(
                    COMMIT_INTERVAL,
                    STRING,
                    "200ms",
                    DurationRange.between("10ms", "5s"),
                    MEDIUM,
                    "How often what was processed is committed. Events can be read once they are committed, so this bounds"
                            + " how late they are; longer costs less CPU.")
            .define(
                    MAX_CONNECTIONS,
                    INT,
                    500_000,
                    ConfigDef.Range.atLeast(16),
                    MEDIUM,
                    "Connections remembered by this process for all hosts together, closed ones included; made for a heap"
                            + " of 1 GB (-Xmx1g), more heap has room for more. Beyond it each host forgets its closed"
                            + " ones, and hosts with more than a fair share forget their oldest handshakes, then their"
                            + " longest idle connections, until there is room again; what is forgotten is counted.")
            .define(
                    STORE,
                    STRING,
                    "memory",
                    ConfigDef.ValidString.in("memory", ROCKSDB),
                    MEDIUM,
                    "Where the state is kept, beside the changelog topics that back it: on the heap, or in RocksDB, which"
                            + " costs more CPU and saves part of the memory. RocksDB's files are in kafka.state.dir. Can be"
                            + " changed at any restart.")
            .define(
                    START_TIMEOUT,
                    STRING,
                    "60s",
                    DurationRange.atLeast("1s"),
                    MEDIUM,
                    "How long to wait for Kafka, and for the schema registry, at the start before giving up with exit"
                            + " code 69.")
            .define(
                    STOP_TIMEOUT,
                    STRING,
                    "30s",
                    DurationRange.atLeast("1s"),
                    LOW,
                    "How long a stop may take before it is cut short. What was not committed by then is processed again at"
                            + " the next start.")
            .define(
                    STOP_LEAVE_GROUP,
                    BOOLEAN,
                    true,
                    LOW,
                    "Whether a stop leaves the consumer group: another processor takes over at once, and a start need not"
                            + " wait until the group has missed this one (consumer session timeout). Set it to false where"
                            + " processors are restarted one after the other, so that partitions do not move to and fro.")
            .define(
                    INSTANCE_ID,
                    STRING,
                    "",
                    MEDIUM,
                    "Name of this processor among those of the installation, the same at each start: static membership. A"
                            + " processor that is back within 45 s (consumer session timeout) has its partitions again"
                            + " and nobody else moves. A stop then stays in the group unless processor.stop.leave.group"
                            + " is given. Only with kafka.group.protocol classic, the default.")
            .define(
                    STANDBY_REPLICAS,
                    INT,
                    0,
                    ConfigDef.Range.between(0, 10),
                    MEDIUM,
                    "Other processors that keep a copy of the state of each partition, so that one takes over within"
                            + " seconds instead of reading all of it back. Each costs the memory of the state once more."
                            + " Only with kafka.group.protocol classic, the default; with streams the brokers decide"
                            + " (group setting streams.num.standby.replicas).")
            .define(
                    STATISTICS_INTERVAL,
                    STRING,
                    "60s",
                    DurationRange.atLeast("1s"),
                    LOW,
                    "How often the processor's counters are logged, at level debug. At a stop they are logged at info.");

    private static final ConfigDef HTTP = new ConfigDef()
            .define(
                    HTTP_LISTEN,
                    STRING,
                    "127.0.0.1:8085",
                    ListenAddress.OR_EMPTY,
                    MEDIUM,
                    "Where HTTP is served: queries, metrics, health. Port 0 takes one that is free and logs which, as the"
                            + " default does when its port is taken; empty serves none. Everything there can be read by"
                            + " whoever reaches it, and nothing can be changed.")
            .define(
                    HTTP_ADVERTISE,
                    STRING,
                    "",
                    ListenAddress.OR_EMPTY,
                    MEDIUM,
                    "Where the other processors of the installation reach this one's HTTP; they ask each other for what"
                            + " they do not have themselves. Empty: where it listens, with this machine's name for a"
                            + " wildcard address. Has to differ between processors, so that several machines need more"
                            + " than the default address.")
            .define(
                    HTTP_PEER_TIMEOUT,
                    STRING,
                    "2s",
                    DurationRange.between("100ms", "30s"),
                    LOW,
                    "How long another processor may take to answer before an answer goes without its part, and says so.")
            .define(
                    METRICS_PORTS,
                    INT,
                    20,
                    ConfigDef.Range.between(0, 1_000),
                    LOW,
                    "Server ports that have metrics of their own: those with the most connections. All others are counted"
                            + " together as \"other\".");

    private static final ConfigDef TOPICS = new ConfigDef()
            .define(
                    TOPICS_CREATE,
                    BOOLEAN,
                    true,
                    MEDIUM,
                    "Whether topics that are missing are created at the start. Set it to false where topics are made by"
                            + " somebody else: a missing one is then an error that says how to make it.")
            .define(
                    TOPICS_PARTITIONS,
                    INT,
                    0,
                    ConfigDef.Range.between(0, 10_000),
                    MEDIUM,
                    "Partitions of topics that are created; 0 takes the catalogue's numbers, which are made for a fleet."
                            + " The capture topic's number is chosen once, because the state is partitioned alike. When"
                            + " given, a capture topic with another number is refused.")
            .define(
                    TOPICS_REPLICATION_FACTOR,
                    INT,
                    -1,
                    ConfigDef.LambdaValidator.with(
                            (name, value) -> {
                                if (!(value instanceof Integer factor) || factor == 0 || factor < -1) {
                                    throw new org.apache.kafka.common.config.ConfigException(
                                            name, value, "not a replication factor");
                                }
                            },
                            () -> "1 or more, or -1 for the brokers' default"),
                    MEDIUM,
                    "Replicas of topics that are created, those that back the state included.");

    /** For the processor as a program, and to {@linkplain SettingsDefinition.Builder#include include} elsewhere. */
    public static final SettingsDefinition DEFINITION = SettingsDefinition.builder("processor")
            .define(PROCESSOR)
            .define(HTTP)
            .define(TOPICS)
            .define(RegistrySettings.SETTINGS)
            .define(LimitDefinition.LIMITS)
            .define(DetectorDefinition.RULES)
            .family(DetectorDefinition.PORTS)
            .define(Logging.SETTINGS)
            .kafka(Map.of("bootstrap.servers", "127.0.0.1:9092"))
            .build();

    private ProcessorSettings() {}
}
