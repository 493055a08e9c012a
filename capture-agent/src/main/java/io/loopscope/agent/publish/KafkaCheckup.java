package io.loopscope.agent.publish;

import io.loopscope.schemas.Topic;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Looks at the Kafka that an agent would publish to, with the agent's own properties. */
public final class KafkaCheckup {

    /**
     * A broker, as it tells clients.
     *
     * @param id its number
     * @param host where clients are to connect
     * @param port there
     */
    public record Node(int id, String host, int port) {
        @Override
        public String toString() {
            return host + ':' + port;
        }
    }

    /**
     * A topic of the catalogue.
     *
     * @param name its name
     * @param written whether agents write to it
     * @param partitions how many it has; 0 when it is not there
     * @param wantedPartitions how many the catalogue gives it
     * @param settings those of the catalogue
     * @param writable false only when Kafka says that this agent may not write
     */
    public record TopicState(
            String name,
            boolean written,
            int partitions,
            int wantedPartitions,
            Map<String, String> settings,
            boolean writable) {}

    private final Map<String, Object> properties = new HashMap<>();
    private final String servers;
    private final Duration atMost;

    /**
     * Does not connect yet.
     *
     * @param producer properties of the agent's producer
     * @param atMost how long an answer may take
     */
    public KafkaCheckup(Map<String, String> producer, Duration atMost) {
        producer.forEach((name, value) -> {
            // What is the producer's alone would only make the admin client warn.
            if (AdminClientConfig.configNames().contains(name) || name.startsWith("config.providers")) {
                properties.put(name, value);
            }
        });
        String timeout = String.valueOf(atMost.toMillis());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
        servers = producer.getOrDefault(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere");
        this.atMost = atMost;
    }

    /** Where Kafka is looked for. */
    public String servers() {
        return servers;
    }

    /**
     * All brokers of the cluster.
     *
     * @throws OperatingException if Kafka does not answer, or refuses
     */
    public List<Node> brokers() {
        try (Admin admin = open()) {
            return await(admin.describeCluster().nodes()).stream()
                    .map(node -> new Node(node.id(), node.host(), node.port()))
                    .toList();
        }
    }

    /**
     * All topics of the catalogue.
     *
     * @throws OperatingException if Kafka does not answer, or refuses
     */
    public List<TopicState> topics() {
        try (Admin admin = open()) {
            List<String> names = Topic.CATALOGUE.stream().map(Topic::name).toList();
            var options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
            var answers = admin.describeTopics(names, options).topicNameValues();
            List<TopicState> states = new ArrayList<>();
            for (Topic topic : Topic.CATALOGUE) {
                KafkaFuture<TopicDescription> answer = answers.get(topic.name());
                states.add(state(topic, answer == null ? null : describe(answer)));
            }
            return states;
        }
    }

    private static TopicState state(Topic topic, @Nullable TopicDescription found) {
        return new TopicState(
                topic.name(),
                topic.equals(Topic.CAPTURE),
                found == null ? 0 : found.partitions().size(),
                topic.partitions(),
                topic.settings(),
                found == null || mayWrite(found.authorizedOperations()));
    }

    /** A cluster without access control names no operations, or all of them. */
    private static boolean mayWrite(@Nullable Set<AclOperation> operations) {
        return operations == null
                || operations.isEmpty()
                || operations.contains(AclOperation.WRITE)
                || operations.contains(AclOperation.ALL);
    }

    private @Nullable TopicDescription describe(KafkaFuture<TopicDescription> answer) {
        try {
            return await(answer);
        } catch (OperatingException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    private Admin open() {
        try {
            return Admin.create(properties);
        } catch (KafkaException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new OperatingException(
                    "no Kafka client can be made for " + servers + ": " + reason.getMessage(),
                    "Check the settings below kafka, bootstrap.servers first.",
                    ExitCode.BAD_CONFIGURATION,
                    e);
        }
    }

    private <T> T await(KafkaFuture<T> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw refusal(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatingException("stopped while waiting for Kafka", "", ExitCode.FAILURE, e);
        }
    }

    private OperatingException refusal(Throwable cause) {
        if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
            return new OperatingException(
                    "Kafka at " + servers + " refuses: " + cause.getMessage(),
                    "Give credentials with --kafka-config FILE, or have the agent's principal allowed.",
                    ExitCode.NO_PERMISSION,
                    cause);
        }
        if (cause instanceof UnknownTopicOrPartitionException) {
            return new OperatingException(String.valueOf(cause.getMessage()), "", ExitCode.KAFKA_UNAVAILABLE, cause);
        }
        return new OperatingException(
                cause instanceof TimeoutException
                        ? "Kafka at %s does not answer within %d s".formatted(servers, atMost.toSeconds())
                        : "Kafka at %s fails: %s".formatted(servers, cause.getMessage()),
                "Is it running there? Start it, or name another with --bootstrap-servers HOST:PORT.",
                ExitCode.KAFKA_UNAVAILABLE,
                cause);
    }
}
