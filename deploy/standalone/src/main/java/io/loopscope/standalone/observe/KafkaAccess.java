package io.loopscope.standalone.observe;

import io.loopscope.schemas.Topic;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A consumer that only looks, and Kafka's refusals in words that say what to do. */
final class KafkaAccess {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaAccess.class);

    private KafkaAccess() {}

    static Consumer<byte[], byte[]> consumer(Map<String, String> kafka) {
        var properties = new HashMap<String, Object>();
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "200"); // A capture batch holds 500 segments.
        properties.putAll(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        // An offset that is gone shall be counted, not passed over.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        try {
            return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new OperatingException(
                    "no Kafka client can be made of these properties: " + cause.getMessage(),
                    "",
                    ExitCode.BAD_CONFIGURATION,
                    e);
        }
    }

    static List<TopicPartition> partitions(
            Consumer<?, ?> consumer, Map<String, String> kafka, Collection<Topic> topics) {
        var servers = kafka.getOrDefault(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere");
        var partitions = new ArrayList<TopicPartition>();
        try {
            for (var topic : topics) {
                var found = consumer.partitionsFor(topic.name());
                if (found == null || found.isEmpty()) {
                    LOG.warn("Kafka at {} has no topic {}", servers, topic.name());
                } else {
                    found.forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
                }
            }
        } catch (TimeoutException e) {
            throw new OperatingException(
                    "Kafka at " + servers + " does not answer", "Is it running there?", ExitCode.KAFKA_UNAVAILABLE, e);
        } catch (AuthenticationException | AuthorizationException e) {
            throw new OperatingException(
                    "Kafka at " + servers + " refuses: " + e.getMessage(),
                    "Give credentials with --kafka-config FILE.",
                    ExitCode.NO_PERMISSION,
                    e);
        }
        if (partitions.isEmpty()) {
            throw new OperatingException(
                    "Kafka at " + servers + " has none of the topics "
                            + topics.stream().map(Topic::name).toList(),
                    "They are made by ./loopscope up, or by whoever runs the cluster.",
                    ExitCode.FAILURE);
        }
        return partitions;
    }
}
