package io.loopscope.benchmarks.processor;

import io.loopscope.processor.streams.CoreOnly;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The plain consumer loop: as little as anybody can do who wants the same events, without being able to fail. Its producer
 * has the processor's batches and compression.
 */
final class PlainLoop {
    private PlainLoop() {}

    /**
     * Reads the whole topic.
     *
     * @param args bootstrap servers, number of items in the topic, {@code publish} to send the events, too
     */
    public static void main(String[] args) {
        long items = Long.parseLong(args[1]);
        boolean publishing = args.length > 2;
        Cost cost = new Cost(publishing ? "plain loop that publishes" : "plain loop", items);
        try (var producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        args[0],
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "zstd",
                        ProducerConfig.COMPRESSION_ZSTD_LEVEL_CONFIG,
                        1,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        65_536,
                        ProducerConfig.LINGER_MS_CONFIG,
                        100),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            CoreOnly core = new CoreOnly((topic, key, value, headers) -> {
                if (publishing) {
                    Future<?> unused = producer.send(new ProducerRecord<>(topic, null, key, value, headers));
                }
            });
            read(args[0], core, items, cost);
            producer.flush();
            cost.print();
            System.out.printf("%28s %d events, %d octets%n", "", core.events(), core.octets());
        }
    }

    private static void read(String bootstrap, CoreOnly core, long items, Cost cost) {
        try (var consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        1_000,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(IntStream.range(0, CaptureTopic.PARTITIONS)
                    .mapToObj(CaptureTopic::partition)
                    .toList());
            while (core.segments() < items) {
                for (ConsumerRecord<byte[], byte[]> one : consumer.poll(Duration.ofSeconds(1))) {
                    core.process(one.key(), one.value(), one.timestamp());
                }
                cost.done(core.segments());
            }
        }
    }
}
