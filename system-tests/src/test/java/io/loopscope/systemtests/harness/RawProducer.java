package io.loopscope.systemtests.harness;

import io.loopscope.schemas.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts any octets on a topic, as a broken or a malicious program can. */
public final class RawProducer implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;

    public RawProducer(String bootstrapServers) {
        this(bootstrapServers, Map.of());
    }

    private RawProducer(String bootstrapServers, Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        producer = new KafkaProducer<>(properties);
    }

    /** One that compresses, and sends records of up to so many octets before that. */
    public static RawProducer ofLargeRecords(String bootstrapServers, int octets) {
        return new RawProducer(
                bootstrapServers,
                Map.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, octets, ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd"));
    }

    /** Sends and waits for the broker's word. */
    public RecordMetadata send(Topic topic, byte[] key, byte[] value) {
        try {
            return producer.send(new ProducerRecord<>(topic.name(), key, value)).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker did not take a record", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Sends a record of the log once more. */
    public void again(Topic topic, TopicRecord read) {
        send(topic, read.key(), read.bytes());
    }

    @Override
    public void close() {
        producer.close();
    }
}
