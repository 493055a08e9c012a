package io.loopscope.processor.app;

import io.loopscope.processor.app.TopicPlan.Existing;
import io.loopscope.processor.app.TopicPlan.Wish;
import io.loopscope.processor.streams.ConnectionTopology;
import io.loopscope.processor.streams.RecordLimits;
import io.loopscope.schemas.Topic;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.Settings;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sure at the start that the topics are there. Each call is one attempt; what Kafka throws is passed on. */
final class KafkaTopics {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);

    private static final int LIMITS_TIMEOUT_MS = 5_000;

    private final Admin admin;
    private final Settings settings;
    private final Wish wish;
    private final RecordLimits limits;

    /**
     * @param limits are told how large the topics' records may be, each time the topics are looked at
     */
    KafkaTopics(Admin admin, Settings settings, RecordLimits limits) {
        this.admin = admin;
        this.settings = settings;
        this.limits = limits;
        wish = new Wish(
                settings.bool(ProcessorSettings.TOPICS_CREATE),
                settings.integer(ProcessorSettings.TOPICS_PARTITIONS),
                String.valueOf(settings.kafka().get("bootstrap.servers")),
                ConnectionTopology.changelogs(settings.string(ProcessorSettings.APPLICATION_ID)));
    }

    /**
     * Looks at the topics, and creates those that are missing.
     *
     * @param timeoutMs for each request
     * @return whether all of them are there now
     * @throws OperatingException when what is there can't be worked with
     * @throws ExecutionException what Kafka says
     */
    boolean prepare(int timeoutMs) throws ExecutionException, InterruptedException {
        TopicPlan plan = TopicPlan.of(Topic.CATALOGUE, existing(timeoutMs), wish);
        plan.warnings().forEach(LOG::warn);
        create(plan, timeoutMs);
        return plan.create().isEmpty();
    }

    /** Only tells the limits what the topics take now, with a client of its own; that Kafka does not tell is no failure. */
    static void lookAtLimits(Map<String, Object> adminProperties, Settings settings, RecordLimits limits) {
        try (Admin admin = Admin.create(adminProperties)) {
            new KafkaTopics(admin, settings, limits).existing(LIMITS_TIMEOUT_MS);
        } catch (ExecutionException | KafkaException e) {
            LOG.warn("Kafka does not tell how large records may be: {}", KafkaFailure.text(KafkaFailure.root(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, Existing> existing(int timeoutMs) throws ExecutionException, InterruptedException {
        Set<String> names = new LinkedHashSet<>(wish.changelogs());
        Topic.CATALOGUE.forEach(topic -> names.add(topic.name()));
        Map<String, Integer> partitions = new HashMap<>();
        var described = admin.describeTopics(names, new DescribeTopicsOptions().timeoutMs(timeoutMs));
        Set<String> refused = new TreeSet<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                described.topicNameValues().entrySet()) {
            try {
                Optional<TopicDescription> there = get(topic.getValue(), UnknownTopicOrPartitionException.class);
                there.ifPresent(description ->
                        partitions.put(topic.getKey(), description.partitions().size()));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicAuthorizationException)) {
                    throw e;
                }
                refused.add(topic.getKey());
            }
        }
        if (!refused.isEmpty()) {
            throw new ExecutionException(new TopicAuthorizationException(refused)); // All at once; theirs name none.
        }
        Map<String, Config> configs = configs(partitions.keySet(), timeoutMs);
        configs.forEach((name, config) -> Optional.ofNullable(value(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG))
                .ifPresent(octets -> limits.topic(name, Integer.parseInt(octets))));
        Map<String, Existing> existing = new HashMap<>();
        partitions.forEach((name, number) ->
                existing.put(name, new Existing(number, value(configs.get(name), TopicConfig.CLEANUP_POLICY_CONFIG))));
        return existing;
    }

    private Map<String, Config> configs(Collection<String> names, int timeoutMs)
            throws ExecutionException, InterruptedException {
        List<ConfigResource> resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<String, Config> configs = new HashMap<>();
        var described = admin.describeConfigs(resources, new DescribeConfigsOptions().timeoutMs(timeoutMs));
        for (Map.Entry<ConfigResource, KafkaFuture<Config>> resource :
                described.values().entrySet()) {
            // Reading a topic's settings takes a permission that the processor does not need otherwise.
            get(resource.getValue(), TopicAuthorizationException.class)
                    .ifPresent(config -> configs.put(resource.getKey().name(), config));
        }
        return configs;
    }

    private static @Nullable String value(@Nullable Config config, String name) {
        ConfigEntry entry = config == null ? null : config.get(name);
        return entry == null ? null : entry.value();
    }

    private void create(TopicPlan plan, int timeoutMs) throws ExecutionException, InterruptedException {
        int replicas = settings.integer(ProcessorSettings.TOPICS_REPLICATION_FACTOR);
        Optional<Short> replication = replicas > 0 ? Optional.of((short) replicas) : Optional.empty();
        List<NewTopic> topics = plan.create().stream()
                .map(topic -> new NewTopic(
                                topic.name(),
                                Optional.ofNullable(plan.partitions().get(topic.name())),
                                replication)
                        .configs(topic.settings()))
                .toList();
        var created = admin.createTopics(topics, new CreateTopicsOptions().timeoutMs(timeoutMs));
        for (Map.Entry<String, KafkaFuture<Void>> topic : created.values().entrySet()) {
            // Several programs may start at once.
            get(topic.getValue(), TopicExistsException.class);
            LOG.info("Created topic {}", topic.getKey());
        }
    }

    /** The result; empty when Kafka answers with this error. */
    private static <T> Optional<T> get(KafkaFuture<T> future, Class<? extends Exception> expected)
            throws ExecutionException, InterruptedException {
        try {
            return Optional.ofNullable(future.get());
        } catch (ExecutionException e) {
            if (expected.isInstance(e.getCause())) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
