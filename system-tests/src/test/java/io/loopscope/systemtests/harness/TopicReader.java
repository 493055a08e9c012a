package io.loopscope.systemtests.harness;

import io.loopscope.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

/** Reads every topic of the catalogue in the background, without a consumer group, committed records only. */
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> settings;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closing;
    private volatile Throwable failure;

    TopicReader(String bootstrapServers, Consumer<List<TopicRecord>> sink) {
        settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class);
        consumer = new KafkaConsumer<>(settings);
        List<TopicPartition> partitions = partitions(consumer);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread = new Thread(() -> read(sink), "event-log");
        thread.start();
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
        return Topic.CATALOGUE.stream()
                .flatMap(topic -> consumer.partitionsFor(topic.name()).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    private void read(Consumer<List<TopicRecord>> sink) {
        try (consumer) {
            while (!closing) {
                List<TopicRecord> batch = new ArrayList<>();
                consumer.poll(POLL).forEach(read -> batch.add(new TopicRecord(read)));
                sink.accept(batch);
                consumer.assignment().forEach(partition -> positions.put(partition, consumer.position(partition)));
            }
        } catch (WakeupException e) {
            // Woken to close.
        } catch (Throwable e) {
            failure = e;
            throw e;
        }
    }

    boolean hasFailed() {
        return failure != null;
    }

    void catchUp() {
        Map<TopicPartition, Long> ends;
        try (KafkaConsumer<byte[], byte[]> other = new KafkaConsumer<>(settings)) {
            ends = other.endOffsets(partitions(other));
        }
        Awaitility.await("the event log reads up to " + ends)
                .atMost(Waits.PIPELINE)
                .pollInterval(Waits.POLL)
                .failFast("the reader of the topics has failed", this::hasFailed)
                .until(() -> ends.entrySet().stream()
                        .allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue()));
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
