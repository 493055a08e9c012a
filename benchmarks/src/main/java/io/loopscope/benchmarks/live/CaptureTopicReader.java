package io.loopscope.benchmarks.live;

import io.loopscope.schemas.RecordSerde;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.Heartbeat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads what agents publish, as it is told on standard input, a line each; costs nothing between two lines. Argument: the
 * broker. Ends with its input.
 *
 * <ul>
 *   <li>{@code counters HOST} waits for a heartbeat of that host whose watermark is not before now, and prints what the
 *       agent has counted by then: {@code counters SEEN LOST PUBLISHED}. LOST is all that a reader of the topic misses.
 *   <li>{@code latency HOST MILLISECONDS} prints {@code latency} and the delays of {@link ControlDelays} of all SYN, FIN
 *       and RST captured in that time.
 * </ul>
 */
public final class CaptureTopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long NANOS = 1_000_000_000L;

    private final Clock clock = Clock.systemUTC();
    private final KafkaConsumer<String, SpecificRecord> consumer;

    private CaptureTopicReader(String bootstrapServers) {
        Map<String, Object> properties = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                500);
        consumer = new KafkaConsumer<>(
                properties, new StringDeserializer(), RecordSerde.capture().deserializer());
    }

    /** Reads commands until there are no more. */
    public static void main(String[] arguments) throws IOException {
        try (CaptureTopicReader reader = new CaptureTopicReader(arguments[0]);
                BufferedReader commands =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            String command = commands.readLine();
            while (command != null) {
                String[] words = command.split(" ", -1);
                System.out.println(
                        switch (words[0]) {
                            case "counters" -> reader.counters(words[1]);
                            case "latency" -> reader.latency(words[1], Duration.ofMillis(Long.parseLong(words[2])));
                            default -> throw new IllegalArgumentException("there is no command '" + command + "'");
                        });
                command = commands.readLine();
            }
        }
    }

    private String counters(String host) {
        long now = nanos(clock.instant());
        String[] answer = {""};
        read(host, PATIENCE, found -> {
            if (found.value() instanceof Heartbeat heartbeat && heartbeat.getWatermarkNs() >= now) {
                CaptureStatistics counted = heartbeat.getStatistics();
                answer[0] = "counters %d %d %d".formatted(counted.getSeen(), lost(counted), counted.getPublished());
            }
            return answer[0].isEmpty();
        });
        if (answer[0].isEmpty()) {
            throw new IllegalStateException("no heartbeat of " + host + " within " + PATIENCE);
        }
        return answer[0];
    }

    private static long lost(CaptureStatistics counted) {
        return counted.getKernelDropped()
                + counted.getInterfaceDropped()
                + counted.getQueueDropped()
                + counted.getShed()
                + counted.getMalformed()
                + counted.getPublishFailed();
    }

    private String latency(String host, Duration time) {
        ControlDelays delays = new ControlDelays();
        read(host, time, found -> {
            if (found.value() instanceof CaptureBatch batch) {
                delays.add(batch, found.timestamp(), nanos(clock.instant()));
            }
            return true;
        });
        return "latency " + delays;
    }

    /** Hands over what comes from now on, until the time is up or the reader has had enough. */
    private void read(String host, Duration time, Predicate<ConsumerRecord<String, SpecificRecord>> reader) {
        List<TopicPartition> partitions = consumer.partitionsFor(Topic.CAPTURE.name()).stream()
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        Instant end = clock.instant().plus(time);
        try {
            while (clock.instant().isBefore(end)) {
                for (ConsumerRecord<String, SpecificRecord> each : consumer.poll(POLL)) {
                    if (each.key().equals(host) && !reader.test(each)) {
                        return;
                    }
                }
            }
        } finally {
            consumer.unsubscribe(); // So that nothing is fetched in the background.
        }
    }

    static long nanos(Instant instant) {
        return instant.getEpochSecond() * NANOS + instant.getNano();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
