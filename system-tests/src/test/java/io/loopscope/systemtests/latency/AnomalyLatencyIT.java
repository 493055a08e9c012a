package io.loopscope.systemtests.latency;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.systemtests.harness.Broker;
import io.loopscope.systemtests.harness.LeakingHost;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Programs;
import io.loopscope.systemtests.harness.Waits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * From the record that moves a host's clock beyond a deadline to the anomaly that a consumer can read: through a real
 * broker, the processor as it is started by default (exactly once), and a consumer of committed records. Prints the
 * figures.
 */
class AnomalyLatencyIT {
    private static final int HOSTS = 100;
    private static final int ROUNDS = Integer.getInteger("loopscope.latency.rounds", 9);
    private static final int MOST_WARM_UP = 60;
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    /** The rounds that a leak takes to be told: until its deadline, and the heartbeat after it. */
    private static final int TOLD_LATER = Math.toIntExact(DEADLINE.dividedBy(HEARTBEAT)) + 1;

    /** What is promised is a second on a quiet machine; tests may run on one that has other things to do. */
    private static final Duration MOST = Duration.ofMillis(Long.getLong("loopscope.latency.most.ms", 3_000));

    private static final String LEAK = "CLOSE_WAIT_STUCK";

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Broker broker;

    private final RecordCodec codec = new RecordCodec();
    private final List<LeakingHost> hosts = new ArrayList<>();
    /** Host to how far a record of it moved its clock, and when that was sent: a heartbeat, or a batch. */
    private final Map<String, NavigableMap<Long, Long>> promises = new HashMap<>();

    private final List<Long> latencies = new ArrayList<>();

    @BeforeAll
    static void start() {
        broker = Broker.start(PROCESSES);
        new Programs(PROCESSES, broker)
                .processor("""
                detector:
                  close.wait.stuck.warning.after: %dms
                """.formatted(DEADLINE.toMillis()))
                .awaitOutput(Pattern.compile("RUNNING"), Waits.PROGRAM);
    }

    @Test
    void anAnomalyCanBeReadSoonAfterTheHostsWatermarkHasPassedItsDeadline() {
        for (int i = 0; i < HOSTS; i++) {
            hosts.add(new LeakingHost("host-" + i, Pipeline.nowNs()));
            promises.put(hosts.get(i).name(), new TreeMap<>());
        }
        int leaks;
        int cold;
        try (var producer = producer();
                var consumer = consumer()) {
            int warmUp = warmUp(producer, consumer);
            cold = latencies.size();
            // The last heartbeats tell what all before led to.
            for (int round = 0; round < ROUNDS + TOLD_LATER; round++) {
                sendRound(producer, consumer, round < ROUNDS);
            }
            leaks = HOSTS * (warmUp + ROUNDS);
            long giveUp = System.nanoTime() + Waits.PIPELINE.toNanos();
            while (latencies.size() < leaks && System.nanoTime() < giveUp) {
                read(consumer);
            }
        }
        assertThat(latencies).as("one anomaly for each leak").hasSize(leaks);
        long[] steady =
                latencies.stream().skip(cold).mapToLong(each -> each).sorted().toArray();
        System.out.printf(
                "anomaly readable after the promise: p50 %d ms, p99 %d ms, most %d ms (%d anomalies)%n",
                percentile(steady, 50), percentile(steady, 99), percentile(steady, 100), steady.length);
        assertThat(percentile(steady, 99)).isBetween(0L, MOST.toMillis());
    }

    /**
     * Rounds until a new processor, whose code is being compiled while they come, has nothing left to catch up with.
     *
     * @return how many
     */
    private int warmUp(KafkaProducer<byte[], byte[]> producer, KafkaConsumer<byte[], byte[]> consumer) {
        for (int round = 1; round <= MOST_WARM_UP; round++) {
            sendRound(producer, consumer, true);
            if (round > TOLD_LATER && latencies.size() >= HOSTS * (round - TOLD_LATER)) {
                return round;
            }
        }
        throw new AssertionError("after %d rounds with a leak of each of %d hosts %d anomalies can be read"
                .formatted(MOST_WARM_UP, HOSTS, latencies.size()));
    }

    /** One heartbeat of each host, evenly over the interval, and a new leak of each behind it. */
    private void sendRound(
            KafkaProducer<byte[], byte[]> producer, KafkaConsumer<byte[], byte[]> consumer, boolean leak) {
        long begin = System.nanoTime();
        for (int i = 0; i < HOSTS; i++) {
            while (System.nanoTime() - begin < HEARTBEAT.toNanos() * i / HOSTS) {
                read(consumer);
            }
            LeakingHost host = hosts.get(i);
            long now = Pipeline.nowNs();
            promises.get(host.name()).put(now, now);
            send(producer, host, host.promise(now, HEARTBEAT.toMillis()));
            if (leak) {
                long leakedAt = Pipeline.nowNs();
                promises.get(host.name()).put(leakedAt, leakedAt);
                send(producer, host, host.leak(leakedAt));
            }
        }
        LockSupport.parkNanos(HEARTBEAT.toNanos() - (System.nanoTime() - begin));
    }

    private void send(KafkaProducer<byte[], byte[]> producer, LeakingHost host, SpecificRecord value) {
        byte[] key = host.name().getBytes(StandardCharsets.UTF_8);
        var unused = producer.send(new ProducerRecord<>(Topic.CAPTURE.name(), key, codec.encode(value)));
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer) {
        for (ConsumerRecord<byte[], byte[]> read : consumer.poll(Duration.ofMillis(1))) {
            if (read.value() != null
                    && codec.decode(read.value()) instanceof AnomalyEvent event
                    && event.getName().equals(LEAK)
                    && event.getStage() == AnomalyStage.OPENED) {
                // The broker keeps what is not committed yet from this consumer: now is when it can be read.
                long promisedAt = promises.get(event.getHostId())
                        .ceilingEntry(event.getTimeNs())
                        .getValue();
                latencies.add(TimeUnit.NANOSECONDS.toMillis(Pipeline.nowNs() - promisedAt));
            }
        }
    }

    private static long percentile(long[] sorted, int percent) {
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.bootstrapServers(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer() {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topic.ANOMALIES.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }
}
