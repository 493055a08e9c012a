package io.loopscope.standalone.broker;

import io.loopscope.schemas.Topic;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics of the catalogue on a broker that serves one machine. */
public final class Topics {
    /** One host has one partition of the capture topic, whatever their number; more would only cost files. */
    private static final int PARTITIONS = 1;

    /** On one machine the disk is shared with what runs there, so these grow no further; the oldest records go. */
    private static final Map<Topic, Long> RETENTION_OCTETS =
            Map.of(Topic.CAPTURE, 1L << 30, Topic.CONNECTIONS, 1L << 28, Topic.DEAD_LETTER, 1L << 26);

    private Topics() {}

    /**
     * Makes every topic of the catalogue that is not there yet and leaves the others alone.
     *
     * @return names of the topics that were made
     * @throws OperatingException when the broker does not make them
     */
    public static List<String> create(String bootstrapServers) {
        try (var admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            var made = new ArrayList<String>();
            var results = admin.createTopics(
                            Topic.CATALOGUE.stream().map(Topics::onOneMachine).toList())
                    .values();
            for (var topic : Topic.CATALOGUE) {
                try {
                    Objects.requireNonNull(results.get(topic.name())).get();
                    made.add(topic.name());
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw failure(topic.name(), e);
                    }
                }
            }
            return made;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("all", e);
        }
    }

    private static NewTopic onOneMachine(Topic topic) {
        var settings = new HashMap<>(topic.settings());
        var octets = RETENTION_OCTETS.get(topic);
        if (octets != null) {
            settings.put("retention.bytes", octets.toString());
            // Only whole closed segments are removed, so they must be small against the limit.
            settings.put("segment.bytes", String.valueOf(octets / 16));
        }
        return new NewTopic(topic.name(), Optional.of(PARTITIONS), Optional.of((short) 1)).configs(settings);
    }

    private static OperatingException failure(String topic, Exception failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return new OperatingException(
                "the broker did not make topic " + topic + ": " + cause.getMessage(), "", ExitCode.FAILURE, cause);
    }
}
