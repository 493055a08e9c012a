package io.loopscope.processor.streams;

import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.RecordSerde;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.ConnectionEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;

/** The topology without brokers. {@link #restart} goes on from the stores alone, as after a crash or a rebalance. */
final class Pipeline implements AutoCloseable {
    private final DetectorSettings settings;
    private final RecordCodec codec = new RecordCodec();
    private Instant wallClock = Instant.ofEpochSecond(1_800_000_000);
    private Counters counters = new Counters();
    private RecordLimits limits = new RecordLimits(() -> 0);
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> capture;
    private TestOutputTopic<String, ConnectionEvent> connections;
    private TestOutputTopic<String, AnomalyEvent> anomalies;
    private TestOutputTopic<String, CensusCount> census;
    private TestOutputTopic<byte[], byte[]> deadLetters;
    private final Map<String, Object> more;
    private final SchemaIds ids;

    Pipeline() {
        this(DetectorSettings.defaults());
    }

    /** One that counts there, until it is restarted. */
    Pipeline(Counters counters) {
        this(counters, SchemaIds.NONE);
    }

    /** One that counts there, until it is restarted, and has this registry. */
    Pipeline(Counters counters, SchemaIds ids) {
        this.settings = DetectorSettings.defaults();
        this.more = Map.of();
        this.counters = counters;
        this.ids = ids;
        open();
    }

    Pipeline(DetectorSettings settings) {
        this(settings, Map.of());
    }

    private Pipeline(DetectorSettings settings, Map<String, Object> more) {
        this.settings = settings;
        this.more = more;
        this.ids = SchemaIds.NONE;
        open();
    }

    /** With its state in RocksDB. */
    static Pipeline onDisk(Path folder) {
        Map<String, Object> more = new HashMap<>(ConnectionTopology.stores(true));
        more.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        return new Pipeline(DetectorSettings.defaults(), more);
    }

    private void open() {
        Map<String, Object> configuration = configuration();
        configuration.putAll(more);
        limits = ConnectionTopology.limits(configuration);
        Properties properties = new Properties();
        properties.putAll(configuration);
        driver = new TopologyTestDriver(
                ConnectionTopology.build(configuration, settings, TcpSettings.DEFAULT, counters, ids),
                properties,
                wallClock);
        capture = driver.createInputTopic(
                Topic.CAPTURE.name(), new ByteArraySerializer(), new ByteArraySerializer(), wallClock, Duration.ZERO);
        connections = events(Topic.CONNECTIONS, ConnectionEvent.class);
        anomalies = events(Topic.ANOMALIES, AnomalyEvent.class);
        census = events(Topic.CENSUS, CensusCount.class);
        deadLetters = driver.createOutputTopic(
                Topic.DEAD_LETTER.name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static Map<String, Object> configuration() {
        Map<String, Object> configuration = new HashMap<>(ConnectionTopology.handlers(new RecordLimits(() -> 0)));
        configuration.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        configuration.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        configuration.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        configuration.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        return configuration;
    }

    private <T extends SpecificRecord> TestOutputTopic<String, T> events(Topic topic, Class<T> type) {
        return driver.createOutputTopic(
                topic.name(), new StringDeserializer(), RecordSerde.of(type).deserializer(new RecordCodec(ids)));
    }

    /** Sends a record as its agent would: with its host as key. */
    void send(SpecificRecord captured) {
        send(CaptureReader.hostId(captured), codec.encode(captured));
    }

    void send(String key, byte[] value) {
        send(key, value, Duration.ZERO);
    }

    /** Sends a record that has been on the topic for so long already. */
    void sendFromBacklog(SpecificRecord captured, Duration age) {
        send(CaptureReader.hostId(captured), codec.encode(captured), age);
    }

    private void send(String key, byte[] value, Duration age) {
        capture.pipeInput(new TestRecord<>(
                key == null ? null : key.getBytes(StandardCharsets.UTF_8), value, wallClock.minus(age)));
    }

    /** Lets the wall clock run; nothing is read meanwhile. */
    void wait(Duration duration) {
        for (Duration passed = Duration.ZERO; passed.compareTo(duration) < 0; passed = passed.plus(HostTracker.TICK)) {
            wallClock = wallClock.plus(HostTracker.TICK);
            driver.advanceWallClockTime(HostTracker.TICK);
        }
    }

    /** Ends the processor and begins another one with the stores of the first. */
    void restart() {
        Map<String, Map<Bytes, byte[]>> stored = new HashMap<>();
        Stores.NAMES.forEach(name -> stored.put(name, read(name)));
        driver.close();
        counters = new Counters();
        open();
        stored.forEach((name, entries) -> entries.forEach(
                (key, value) -> driver.<Bytes, byte[]>getKeyValueStore(name).put(key, value)));
    }

    Map<Bytes, byte[]> read(String store) {
        Map<Bytes, byte[]> entries = new HashMap<>();
        try (KeyValueIterator<Bytes, byte[]> all =
                driver.<Bytes, byte[]>getKeyValueStore(store).all()) {
            while (all.hasNext()) {
                KeyValue<Bytes, byte[]> entry = all.next();
                entries.put(entry.key, entry.value);
            }
        }
        return entries;
    }

    KeyValueStore<Bytes, byte[]> store(String name) {
        return driver.getKeyValueStore(name);
    }

    /** What was published since it was asked before. */
    List<TestRecord<String, ConnectionEvent>> connections() {
        return connections.readRecordsToList();
    }

    List<TestRecord<String, AnomalyEvent>> anomalies() {
        return anomalies.readRecordsToList();
    }

    List<TestRecord<String, CensusCount>> census() {
        return census.readRecordsToList();
    }

    List<TestRecord<byte[], byte[]>> deadLetters() {
        return deadLetters.readRecordsToList();
    }

    /** How large what is published may be: to be lowered. */
    RecordLimits limits() {
        return limits;
    }

    ProcessorStatistics statistics() {
        return counters.snapshot();
    }

    @Override
    public void close() {
        driver.close();
    }
}
