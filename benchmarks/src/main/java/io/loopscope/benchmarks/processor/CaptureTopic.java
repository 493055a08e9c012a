package io.loopscope.benchmarks.processor;

import io.loopscope.agent.track.Fidelity;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.Heartbeat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The capture topic, and what is put into it. */
final class CaptureTopic implements AutoCloseable {
    static final int PARTITIONS = 4;
    private static final int TIMES_LONGER = 2;
    static final String BOOT = "boot";
    static final long EPOCH = 1;

    private final KafkaProducer<byte[], byte[]> producer;
    private final RecordCodec codec = new RecordCodec();
    private final AtomicLong failures = new AtomicLong();
    private long records;
    private long items;

    private CaptureTopic(String bootstrap) {
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "zstd",
                        ProducerConfig.LINGER_MS_CONFIG,
                        100,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        131_072),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Makes all topics of the catalogue, and begins to fill this one. */
    static CaptureTopic create(String bootstrap) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            List<NewTopic> topics = Topic.CATALOGUE.stream()
                    .map(topic -> new NewTopic(topic.name(), PARTITIONS, (short) 1).configs(topic.settings()))
                    .toList();
            admin.createTopics(topics).all().get();
        }
        return new CaptureTopic(bootstrap);
    }

    static String host(int number) {
        return "host-%05d".formatted(number);
    }

    static TopicPartition partition(int number) {
        return new TopicPartition(Topic.CAPTURE.name(), number);
    }

    long records() {
        return records;
    }

    long items() {
        return items;
    }

    void send(CaptureBatch batch) {
        items += batch.getSegments().size();
        send(batch.getHostId(), batch);
    }

    void heartbeat(String host, long watermarkNanos, long nextBatch, long seen) {
        CaptureStatistics statistics = CaptureStatistics.newBuilder()
                .setSeen(seen)
                .setKernelDropped(0)
                .setInterfaceDropped(0)
                .setQueueDropped(0)
                .setShed(0)
                .setExcludedOwn(0)
                .setExcludedBySetting(0)
                .setMalformed(0)
                .setNotTcp(0)
                .setPublished(seen)
                .setPublishFailed(0)
                .setByReason(Map.of())
                .build();
        send(
                host,
                Heartbeat.newBuilder()
                        .setHostId(host)
                        .setBootId(BOOT)
                        .setAgentEpoch(EPOCH)
                        .setAgentVersion("benchmark")
                        .setNetworkNamespace(0)
                        .setInterfaces(List.of("lo"))
                        .setWatermarkNs(watermarkNanos)
                        .setIntervalMs(1_000)
                        .setNextBatchSequence(nextBatch)
                        .setPlannedStop(false)
                        .setStatistics(statistics)
                        .setSettingsHash("")
                        .build());
    }

    void flush() {
        producer.flush();
    }

    private void send(String host, SpecificRecord value) {
        records++;
        byte[] key = host.getBytes(StandardCharsets.UTF_8);
        Future<?> unused =
                producer.send(new ProducerRecord<>(Topic.CAPTURE.name(), key, codec.encode(value)), (sent, failure) -> {
                    if (failure != null) {
                        failures.incrementAndGet();
                    }
                });
    }

    @Override
    public void close() {
        producer.close();
        if (failures.get() > 0) {
            throw new IllegalStateException(failures + " records could not be written");
        }
    }

    /**
     * Fills the topic with a recorded capture. Copies play it as a canon: at any time all its parts are played by some,
     * so that each part of the topic costs the same. Who begins in the middle is a host whose agent started late; who is
     * at the end is followed by another host.
     *
     * @param args bootstrap servers, capture file, {@code all} or {@code coalesced}, hosts that share the capture, copies
     */
    public static void main(String[] args) throws Exception {
        Fidelity fidelity = Fidelity.valueOf(args[2].toUpperCase(Locale.ROOT));
        int hosts = Integer.parseInt(args[3]);
        int copies = Integer.parseInt(args[4]);
        HostStreams streams = HostStreams.read(Path.of(args[1]), hosts, fidelity);
        List<HostStreams.Sent> sent = streams.sent();
        try (CaptureTopic topic = create(args[0])) {
            for (int i = 0; i < TIMES_LONGER * sent.size(); i++) {
                for (int copy = 0; copy < copies; copy++) {
                    int at = i + copy * (sent.size() / copies);
                    int generation = at / sent.size();
                    HostStreams.Sent one = sent.get(at % sent.size());
                    topic.send(one, (generation * copies + copy) * hosts + one.host());
                }
            }
            System.out.printf("%d %d %d%n", topic.items(), streams.segments() * TIMES_LONGER * copies, topic.records());
        }
    }

    private void send(HostStreams.Sent sent, int number) {
        String host = host(number);
        long later = number * 7_000_000L; // Clocks differ.
        CaptureBatch batch = sent.batch();
        if (batch == null) {
            heartbeat(host, sent.atNanos() + later, sent.nextBatch(), 0);
            return;
        }
        long base = batch.getBaseTimeNs();
        batch.setHostId(host);
        batch.setBootId(BOOT);
        batch.setAgentEpoch(EPOCH);
        batch.setBaseTimeNs(base + later);
        send(batch);
        batch.setBaseTimeNs(base);
    }
}
