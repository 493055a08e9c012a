package io.loopscope.systemtests.nodes;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Bytes;

/**
 * All that is on the topics of the catalogue when a run is over, as a consumer that reads committed records sees it.
 *
 * @param byTopic topic to key to its records in order: between keys there is no order that anybody could rely on
 */
record Outcome(Map<String, Map<String, List<Said>>> byTopic) {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final RecordCodec CODEC = new RecordCodec();

    /**
     * A record.
     *
     * @param value null for a tombstone
     */
    record Said(int partition, long offset, Bytes value) {
        SpecificRecord decoded() {
            return value == null ? null : CODEC.decode(value.get());
        }
    }

    static Outcome read(String bootstrapServers) {
        Map<String, Map<String, List<Said>>> byTopic = new TreeMap<>();
        Topic.CATALOGUE.forEach(topic -> byTopic.put(topic.name(), new TreeMap<>()));
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                10_000,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class))) {
            List<TopicPartition> partitions = Topic.CATALOGUE.stream()
                    .flatMap(topic -> consumer.partitionsFor(topic.name()).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + Limits.SETTLE.toNanos();
            while (!ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("the topics were not read to their ends " + ends);
                }
                consumer.poll(POLL).forEach(record -> add(byTopic.get(record.topic()), record));
            }
        }
        return new Outcome(byTopic);
    }

    private static void add(Map<String, List<Said>> topic, ConsumerRecord<byte[], byte[]> record) {
        topic.computeIfAbsent(new String(record.key(), StandardCharsets.UTF_8), key -> new ArrayList<>())
                .add(new Said(record.partition(), record.offset(), Bytes.wrap(record.value())));
    }

    /** Records of a topic by key. */
    Map<String, List<Said>> of(Topic topic) {
        return byTopic.get(topic.name());
    }

    /** Number of records on a topic. */
    int size(Topic topic) {
        return of(topic).values().stream().mapToInt(List::size).sum();
    }
}
