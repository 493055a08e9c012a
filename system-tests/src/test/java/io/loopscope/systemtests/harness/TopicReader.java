package io.loopscope.systemtests.harness;

import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

/** Reads every topic of the catalogue in the background, without a consumer group, committed records only. */
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Admin admin;
    private final SchemaIds ids;
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closing;
    private volatile Throwable failure;

    TopicReader(String bootstrapServers, SchemaIds ids, Consumer<List<TopicRecord>> sink) {
        this.ids = ids;
        consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
        admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
        List<TopicPartition> partitions = partitions(consumer);
        partitions.forEach(partition -> positions.put(partition, 0L));
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
                consumer.poll(POLL).forEach(read -> batch.add(new TopicRecord(read, ids)));
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
        Map<TopicPartition, Long> ends = committedEnds();
        Awaitility.await("the event log reads up to " + ends)
                .atMost(Waits.PIPELINE)
                .pollInterval(Waits.POLL)
                .failFast("the reader of the topics has failed", this::hasFailed)
                .until(() -> ends.entrySet().stream().allMatch(end -> positions.get(end.getKey()) >= end.getValue()));
    }

    private Map<TopicPartition, Long> committedEnds() {
        Map<TopicPartition, OffsetSpec> wanted =
                positions.keySet().stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest()));
        try {
            return admin
                    .listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get()
                    .entrySet()
                    .stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, end -> end.getValue().offset()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker does not tell where its topics end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        admin.close();
        closing = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
