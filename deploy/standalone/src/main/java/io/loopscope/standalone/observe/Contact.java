package io.loopscope.standalone.observe;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A consumer tries again in silence when its broker is gone; a person who waits for news wants to know. */
final class Contact {
    private static final Logger LOG = LoggerFactory.getLogger(Contact.class);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final Consumer<?, ?> consumer;
    private final List<TopicPartition> partitions;
    private long lastNanoTime = System.nanoTime();
    private boolean lost;

    Contact(Consumer<?, ?> consumer, List<TopicPartition> partitions) {
        this.consumer = consumer;
        this.partitions = partitions;
    }

    /** To be called after each poll; asks the broker for a sign of life when it was quiet for long. */
    void check(boolean heard) {
        if (!heard && System.nanoTime() - lastNanoTime < PATIENCE.toNanos()) {
            return;
        }
        boolean alive = heard || answers();
        if (alive && lost) {
            LOG.warn("Kafka answers again");
        } else if (!alive && !lost) {
            LOG.warn("Kafka does not answer; trying again until it does");
        }
        lost = !alive;
        lastNanoTime = System.nanoTime();
    }

    private boolean answers() {
        try {
            consumer.endOffsets(partitions, TIMEOUT);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
