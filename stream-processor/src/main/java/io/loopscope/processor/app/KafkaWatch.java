package io.loopscope.processor.app;

import io.loopscope.processor.app.Readiness.Cause;
import io.loopscope.schemas.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka from time to time whether the topics are there. Kafka Streams itself stays silent while its brokers are away:
 * its clients try again for as long as it takes, and it calls that running.
 */
final class KafkaWatch implements AutoCloseable {
    /** How often it asks. */
    static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final int TIMEOUT_MS = 4_000;
    private static final Logger LOG = LoggerFactory.getLogger(KafkaWatch.class);

    private final ReadinessBoard board;
    private final InstantSource clock;
    private final Permissions permissions;
    private final Admin admin;
    private final AtomicBoolean asking = new AtomicBoolean();

    /**
     * @param adminProperties of the client that asks
     * @param permissions how to allow what is refused
     */
    KafkaWatch(
            Map<String, Object> adminProperties, Permissions permissions, ReadinessBoard board, InstantSource clock) {
        this.permissions = permissions;
        this.board = board;
        this.clock = clock;
        admin = Admin.create(adminProperties);
    }

    /** Asks once, without waiting for the answer. */
    void ask() {
        if (asking.getAndSet(true)) {
            return;
        }
        var names = Topic.CATALOGUE.stream().map(Topic::name).toList();
        KafkaFuture<?> unused = admin.describeTopics(names, new DescribeTopicsOptions().timeoutMs(TIMEOUT_MS))
                .allTopicNames()
                .whenComplete((topics, failure) -> {
                    heard(failure);
                    asking.set(false);
                });
    }

    /** Kafka has answered: a failure, or that everything is there. */
    private void heard(@Nullable Throwable failure) {
        @Nullable Cause cause = failure == null ? null : cause(failure);
        for (Cause watched : new Cause[] {Cause.KAFKA_UNREACHABLE, Cause.TOPIC_MISSING, Cause.KAFKA_REFUSES}) {
            if (watched != cause) {
                board.clear(watched);
            }
        }
        if (failure == null || cause == null) {
            return;
        }
        LOG.debug("Kafka does not answer as it should", failure);
        String text = KafkaFailure.text(failure);
        switch (cause) {
            case TOPIC_MISSING ->
                board.raise(cause, "a topic is missing: " + text, KafkaFailure.RECREATE, clock.instant());
            case KAFKA_REFUSES -> board.raise(cause, text, permissions.remedy(failure), clock.instant());
            default ->
                board.raise(
                        cause,
                        "no broker answers at " + permissions.bootstrapServers() + " (" + text + ")",
                        KafkaFailure.LOOK_AFTER_BROKERS,
                        clock.instant());
        }
    }

    private static Cause cause(Throwable failure) {
        if (KafkaFailure.isRefusal(failure)) {
            return Cause.KAFKA_REFUSES;
        }
        return KafkaFailure.root(failure) instanceof UnknownTopicOrPartitionException
                ? Cause.TOPIC_MISSING
                : Cause.KAFKA_UNREACHABLE;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
