package io.loopscope.agent;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.DOUBLE;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import io.loopscope.agent.source.CaptureMethod;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.track.Fidelity;
import io.loopscope.schemas.registry.RegistrySettings;
import io.loopscope.settings.DurationRange;
import io.loopscope.settings.Logging;
import io.loopscope.settings.SettingsDefinition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/** Names, defaults and meaning of an agent's settings. {@link AgentSettings} has their values. */
public final class AgentSettingKeys {
    /** Stable name of the host. */
    public static final String HOST_ID = "agent.host.id";
    /** What to capture. */
    public static final String INTERFACE = "agent.interface";
    /** Filter expression. */
    public static final String FILTER = "agent.filter";
    /** Octets of each packet. */
    public static final String SNAP_LENGTH = "agent.snap.length";

    /** Kafka's brokers. */
    public static final String BOOTSTRAP_SERVERS = "kafka." + ProducerConfig.BOOTSTRAP_SERVERS_CONFIG;

    static final String BUFFER_BYTES = "agent.buffer.bytes";
    static final String READ_TIMEOUT = "agent.read.timeout";
    static final String CAPTURE_METHOD = "agent.capture.method";
    static final String RING_BLOCK_BYTES = "agent.ring.block.bytes";
    static final String BATCH_SEGMENTS = "agent.batch.segments";
    static final String FLUSH_INTERVAL = "agent.flush.interval";
    static final String CONTROL_FLUSH_INTERVAL = "agent.control.flush.interval";
    static final String FIDELITY = "agent.fidelity";
    static final String FIDELITY_ALL_PORTS = "agent.fidelity.all.ports";
    static final String FIDELITY_COALESCED_PORTS = "agent.fidelity.coalesced.ports";
    static final String FIDELITY_CONTROL_PORTS = "agent.fidelity.control.ports";
    static final String COALESCE_INTERVAL = "agent.coalesce.interval";
    static final String HEARTBEAT_INTERVAL = "agent.heartbeat.interval";
    static final String QUEUE_SEGMENTS = "agent.queue.segments";
    static final String QUEUE_CONTROL_SHARE = "agent.queue.control.share";
    static final String TRACK_CONNECTIONS = "agent.track.connections";
    static final String STOP_TIMEOUT = "agent.stop.timeout";
    static final String INCLUDE_PORTS = "agent.include.ports";
    static final String EXCLUDE_PORTS = "agent.exclude.ports";
    static final String INCLUDE_ADDRESSES = "agent.include.addresses";
    static final String EXCLUDE_ADDRESSES = "agent.exclude.addresses";
    static final String INCLUDE_PROGRAMS = "agent.include.programs";
    static final String EXCLUDE_PROGRAMS = "agent.exclude.programs";
    /** Processes of the pipeline by number. */
    public static final String EXCLUDE_PIDS = "agent.exclude.pids";
    /** Processes of the pipeline by a word of their command line. */
    public static final String EXCLUDE_PROCESSES = "agent.exclude.processes";

    /** Network namespaces to capture in. */
    public static final String NETNS = "agent.netns";

    static final String SOCKETS_ENABLED = "agent.sockets.enabled";
    static final String SOCKETS_POLL_INTERVAL = "agent.sockets.poll.interval";
    static final String SOCKETS_FULL_EVERY = "agent.sockets.full.every";
    static final String SOCKETS_CPU_SHARE = "agent.sockets.cpu.share";

    /**
     * Programs of the pipeline that read from Kafka: what they fetch from a broker on this host would be captured,
     * published, and fetched again.
     */
    private static final String PIPELINE_PROCESSES = "io.loopscope.agent.AgentMain,io.loopscope.agent.doctor.HostMain,"
            + "io.loopscope.processor.app.ProcessorMain,io.loopscope.standalone.StandaloneMain";

    private static final ConfigDef AGENT = new ConfigDef()
            .define(
                    HOST_ID,
                    STRING,
                    "",
                    HIGH,
                    "Stable name of this host; the key of its records. Empty: the host's name.")
            .define(INTERFACE, STRING, "", HIGH, "Interface to capture. Empty: the loopback interface.")
            .define(
                    FILTER,
                    STRING,
                    LiveCapture.TCP_FILTER,
                    MEDIUM,
                    "Which packets to capture, as pcap-filter(7) describes. The default is TCP in all its forms.")
            .define(
                    SNAP_LENGTH,
                    INT,
                    LiveCapture.LOOPBACK.snapLength(),
                    Range.between(96, 262_144),
                    LOW,
                    "Octets captured of each packet. Headers suffice; more costs time and is not published.")
            .define(
                    BUFFER_BYTES,
                    INT,
                    LiveCapture.LOOPBACK.bufferOctets(),
                    Range.between(65_536, 1_073_741_824),
                    MEDIUM,
                    "Size of the kernel's capture buffer in octets. When it is full, the kernel drops packets.")
            .define(
                    READ_TIMEOUT,
                    STRING,
                    LiveCapture.LOOPBACK.readTimeout().toMillis() + "ms",
                    DurationRange.between("1ms", "1s"),
                    LOW,
                    "How long the kernel may gather packets before it hands them over. Less wakes the agent more often;"
                            + " more delays what it tells.")
            .define(
                    CAPTURE_METHOD,
                    STRING,
                    LiveCapture.LOOPBACK.method().toString(),
                    ValidString.in(
                            CaptureMethod.AUTO.toString(),
                            CaptureMethod.RING.toString(),
                            CaptureMethod.LIBPCAP.toString()),
                    LOW,
                    "How packets come from the kernel: ring reads them where the kernel has put them, which costs least"
                            + " and is for Ethernet and loopback interfaces of Linux; libpcap is for all others; auto"
                            + " takes the ring where it works and else libpcap, and says so in the log.")
            .define(
                    RING_BLOCK_BYTES,
                    INT,
                    LiveCapture.LOOPBACK.blockOctets(),
                    Range.between(4_096, 16_777_216),
                    LOW,
                    "Size of the blocks, in octets, that the ring's buffer is cut into. The kernel hands packets over"
                            + " when a block is full or the read timeout has passed. At least four fit into the buffer.")
            .define(
                    FIDELITY,
                    STRING,
                    Fidelity.COALESCED.label(),
                    ConfigDef.ValidString.in(
                            Stream.of(Fidelity.values()).map(Fidelity::label).toArray(String[]::new)),
                    HIGH,
                    "How much of a connection is published. all: every segment. coalesced: consecutive plain data and"
                            + " acknowledgments of one end as one item, everything that matters to states and anomalies"
                            + " by itself. control: SYN, FIN, RST and zero windows only, chosen by the kernel; for the"
                            + " busiest hosts.")
            .define(
                    FIDELITY_ALL_PORTS,
                    LIST,
                    "",
                    NumberList.PORTS,
                    MEDIUM,
                    "Connections from or to one of these ports are published segment by segment, whatever"
                            + " agent.fidelity says. When both ports of a connection are named, the list that publishes"
                            + " more counts.")
            .define(FIDELITY_COALESCED_PORTS, LIST, "", NumberList.PORTS, MEDIUM, "The same for coalesced.")
            .define(FIDELITY_CONTROL_PORTS, LIST, "", NumberList.PORTS, MEDIUM, "The same for control.")
            .define(BATCH_SEGMENTS, INT, 500, Range.between(1, 500), LOW, "Segments in one record at most.")
            .define(
                    FLUSH_INTERVAL,
                    STRING,
                    "100ms",
                    DurationRange.between("1ms", "10s"),
                    MEDIUM,
                    "How long a segment may wait for others to share its record, where every segment is published.")
            .define(
                    COALESCE_INTERVAL,
                    STRING,
                    "1s",
                    DurationRange.between("10ms", "10s"),
                    MEDIUM,
                    "The same where segments are coalesced: how long a run may grow. Longer is cheaper.")
            .define(
                    CONTROL_FLUSH_INTERVAL,
                    STRING,
                    "10ms",
                    DurationRange.between("1ms", "10s"),
                    LOW,
                    "The same for a SYN, FIN or RST, which is worth hurrying. Not more often than every 25 ms, in a storm of"
                            + " connections every 200 ms.")
            .define(
                    HEARTBEAT_INTERVAL,
                    STRING,
                    "1s",
                    DurationRange.between("100ms", "1m"),
                    LOW,
                    "Time between heartbeats. Timers of the host's connections move with them.")
            .define(
                    QUEUE_SEGMENTS,
                    INT,
                    32_768,
                    Range.between(1_024, 4_194_304),
                    MEDIUM,
                    "Segments and runs held between capture and publishing, some 200 octets each. While Kafka is away runs"
                            + " grow; when it fills plain data is left out first, then pure acknowledgments.")
            .define(
                    QUEUE_CONTROL_SHARE,
                    DOUBLE,
                    0.25,
                    Range.between(0.01, 0.9),
                    LOW,
                    "Part of that which is kept for SYN, FIN, RST and zero windows: so many of them are held while Kafka takes"
                            + " nothing, whatever else there is. A short connection has four: the defaults hold those of"
                            + " 2,048 connections for certain.")
            .define(
                    TRACK_CONNECTIONS,
                    INT,
                    32_768,
                    Range.between(16, 4_194_304),
                    LOW,
                    "Connections remembered for coalescing at most, some 200 octets each. When there are more, those that"
                            + " are closed or were silent for the longest are forgotten, and their next segments are"
                            + " published singly.")
            .define(
                    STOP_TIMEOUT,
                    STRING,
                    "10s",
                    DurationRange.between("1s", "10m"),
                    LOW,
                    "How long a stop may take to deliver what has been captured.")
            .define(
                    INCLUDE_PORTS,
                    LIST,
                    "",
                    NumberList.PORTS,
                    HIGH,
                    "Publish only segments from or to one of these ports. Empty: all.")
            .define(
                    EXCLUDE_PORTS,
                    LIST,
                    "",
                    NumberList.PORTS,
                    HIGH,
                    "Do not publish segments from or to any of these ports.")
            .define(
                    INCLUDE_ADDRESSES,
                    LIST,
                    "",
                    new AddressList(),
                    MEDIUM,
                    "Publish only segments from or to one of these addresses or blocks, such as 127.0.0.1, 10.1.0.0/16 or"
                            + " fd00::/8. Empty: all. Include lists narrow each other: what is on each of them is"
                            + " published.")
            .define(
                    EXCLUDE_ADDRESSES,
                    LIST,
                    "",
                    new AddressList(),
                    MEDIUM,
                    "Do not publish segments from or to any of these addresses or blocks.")
            .define(
                    INCLUDE_PROGRAMS,
                    LIST,
                    "",
                    MEDIUM,
                    "Publish only connections of these programs: of processes with that name, or with that word on their"
                            + " command line, at either end. Empty: all. The kernel's socket table says whose a"
                            + " connection is, and is read for new connections up to 20 times a second. One that was over"
                            + " before is nobody's: it is left out, and counted.")
            .define(
                    EXCLUDE_PROGRAMS,
                    LIST,
                    "",
                    MEDIUM,
                    "Do not publish connections of these programs, found in the same way. A connection that was over before"
                            + " it could be seen whose it is, is published, and counted; those to a port that such a"
                            + " program listens on are always known.")
            .define(
                    EXCLUDE_PIDS,
                    LIST,
                    "",
                    NumberList.PIDS,
                    LOW,
                    "Processes whose connections are the pipeline's own and are not published, besides the agent: a"
                            + " broker that serves nothing but Loopscope, for example.")
            .define(
                    EXCLUDE_PROCESSES,
                    LIST,
                    PIPELINE_PROCESSES,
                    LOW,
                    "The same by a word of their command line, such as a Java main class. The default is what reads"
                            + " from Kafka: what it fetches would otherwise be captured, published and fetched again.")
            .define(
                    NETNS,
                    LIST,
                    "",
                    MEDIUM,
                    "Network namespaces to capture in: names as ip netns lists them, process numbers, or all for every"
                            + " one that has a name or a process. Each has a loopback interface of its own. Empty: only"
                            + " the one the agent is in. Others need CAP_SYS_ADMIN.")
            .define(
                    SOCKETS_ENABLED,
                    BOOLEAN,
                    true,
                    MEDIUM,
                    "Whether the kernel's socket table is read and published beside the packets: it knows whose a"
                            + " socket is, and what happened before the capture or without a packet.")
            .define(
                    SOCKETS_POLL_INTERVAL,
                    STRING,
                    "2s",
                    DurationRange.between("100ms", "1m"),
                    MEDIUM,
                    "Time from one reading of the socket table to the next.")
            .define(
                    SOCKETS_FULL_EVERY,
                    INT,
                    15,
                    Range.between(1, 1_000),
                    LOW,
                    "Every so many readings all sockets are published; in between only what has changed.")
            .define(
                    SOCKETS_CPU_SHARE,
                    DOUBLE,
                    0.01,
                    Range.between(0.001, 1),
                    LOW,
                    "Share of one core that reading the socket table and telling what has changed may cost, and again as"
                            + " much for finding the owners of sockets. When it costs more, it is read less often, and"
                            + " heartbeats say so.");

    private AgentSettingKeys() {}

    /** Every setting of an agent. */
    public static final SettingsDefinition DEFINITION = SettingsDefinition.builder("agent")
            .define(AGENT)
            .define(RegistrySettings.SETTINGS)
            .define(Logging.SETTINGS)
            .kafka(producerDefaults())
            .build();

    private static Map<String, String> producerDefaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:9092");
        defaults.put(ProducerConfig.CLIENT_ID_CONFIG, "loopscope-agent");
        defaults.put(ProducerConfig.ACKS_CONFIG, "all");
        defaults.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        defaults.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        // Half of level 3's work, for a sixth more octets.
        defaults.put(ProducerConfig.COMPRESSION_ZSTD_LEVEL_CONFIG, "1");
        // Records are made of many segments already: only those made at once are to share a request.
        defaults.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        defaults.put(ProducerConfig.BATCH_SIZE_CONFIG, "131072");
        defaults.put(ProducerConfig.BUFFER_MEMORY_CONFIG, "16777216");
        // The leader of a partition takes any sequence of a producer that it does not know: had the second batch
        // overtaken the first, the first would be out of order for as long as it is tried.
        defaults.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        // The publishing thread comes back this often to see whether it is to stop.
        defaults.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "500");
        // A broker may be away for minutes: what is buffered waits for it.
        defaults.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "900000");
        // Heartbeats say how an agent does. What the client measures of itself would cost memory, and be asked for by
        // nobody.
        defaults.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, "false");
        defaults.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        return defaults;
    }
}
