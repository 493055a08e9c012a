package io.loopscope.processor.app;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.jspecify.annotations.Nullable;

/** What Kafka's exceptions mean to a person. */
final class KafkaFailure {
    static final String LOOK_AFTER_BROKERS =
            "Look after the brokers; the processor goes on by itself when they are back.";
    static final String CHECK_ADDRESS =
            "Check that it runs and that kafka.bootstrap.servers (or --bootstrap-servers) is"
                    + " right; for TLS and SASL see kafka.security.protocol.";
    static final String RECREATE = "Start the processor again: it creates what is missing.";

    private KafkaFailure() {}

    /** Trying again may help, with nobody changing anything. */
    static boolean isRetriable(Throwable failure) {
        return find(failure, RetriableException.class) != null && !isRefusal(failure) && !isDiskFull(failure);
    }

    /**
     * The brokers know another state of the producer's transaction than the producer does, as after the death of the broker
     * that kept it. The transaction is aborted, and a new producer goes on from what was committed: nothing is lost. Most of
     * these Streams handles itself; {@link InvalidTxnStateException} at a commit it does not.
     */
    static boolean endsWithItsProducer(Throwable failure) {
        return find(failure, InvalidTxnStateException.class) != null
                || find(failure, TransactionAbortableException.class) != null
                || find(failure, ProducerFencedException.class) != null
                || find(failure, InvalidProducerEpochException.class) != null
                || find(failure, OutOfOrderSequenceException.class) != null;
    }

    /**
     * A thread asked for a position that nobody has committed yet, or that is gone. Streams begins such a partition where it has
     * to when it reads; at a commit, which a rebalance may bring before the first read, it does not, and the next thread does.
     */
    static boolean isWithoutPosition(Throwable failure) {
        return find(failure, InvalidOffsetException.class) != null;
    }

    /** Kafka knows who asks, or can't find out, and says no. */
    static boolean isRefusal(Throwable failure) {
        return find(failure, AuthorizationException.class) != null
                || find(failure, AuthenticationException.class) != null;
    }

    /** Kafka can't be reached in time. */
    static OperatingException unreachable(String bootstrapServers, String waited, @Nullable Throwable cause) {
        return new OperatingException(
                "no Kafka broker answered at " + bootstrapServers + " within " + waited + reason(cause),
                CHECK_ADDRESS,
                ExitCode.KAFKA_UNAVAILABLE,
                cause);
    }

    /**
     * The failure as a person needs it.
     *
     * @param doing what was tried, as the end of "Kafka failed …"
     * @param permissions how to allow what is refused
     */
    static OperatingException explain(String doing, Throwable failure, Permissions permissions) {
        String message = "Kafka failed " + doing + ": " + text(root(failure));
        if (isRefusal(failure)) {
            return new OperatingException(message, permissions.remedy(failure), ExitCode.NO_PERMISSION, failure);
        }
        if (isDiskFull(failure)) {
            return new OperatingException(
                    "no space is left on the disk of kafka.state.dir: " + text(root(failure)),
                    "Make room there, or set kafka.state.dir to a disk that has room, and start again: the state is read"
                            + " back from Kafka.",
                    ExitCode.IO_ERROR,
                    failure);
        }
        if (find(failure, MissingSourceTopicException.class) != null) {
            return new OperatingException(
                    message,
                    "The capture topic has been deleted. Start the processor again to create it.",
                    ExitCode.KAFKA_UNAVAILABLE,
                    failure);
        }
        String mistake = mistake(failure);
        if (mistake != null) {
            return new OperatingException(message, mistake, ExitCode.BAD_CONFIGURATION, failure);
        }
        boolean kafka = find(failure, ApiException.class) != null;
        return new OperatingException(
                message,
                kafka ? "" : "If this is not a matter of the machine (disk, memory), it is a bug in Loopscope.",
                isRetriable(failure) ? ExitCode.KAFKA_UNAVAILABLE : ExitCode.FAILURE,
                failure);
    }

    static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    private static String reason(@Nullable Throwable cause) {
        return cause == null ? "" : " (" + text(root(cause)) + ")";
    }

    /** What a failure says of itself, or at least what it is. */
    static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    /** What is wrong with how the processors are set up; null when something else is. */
    private static @Nullable String mistake(Throwable failure) {
        if (find(failure, FencedInstanceIdException.class) != null) {
            return "Another processor runs with the same " + ProcessorSettings.INSTANCE_ID + ": give each one its own.";
        }
        // Streams has no exception of its own for it.
        if (find(failure, RecordTooLargeException.class) != null) {
            // Events are put aside before; what is left is the state.
            return "A record is larger than its topic takes, and it is not an event that could be left out. The log says which"
                    + " topic: raise its max.message.bytes, or the processor's kafka.producer.max.request.size.";
        }
        return says(failure, "has invalid partitions")
                ? "The capture topic's number of partitions was changed, but the state is partitioned alike. Begin with new"
                        + " state under another name: set " + ProcessorSettings.APPLICATION_ID + " to something new."
                : null;
    }

    /** The system's own words, as Java and RocksDB pass them on. */
    private static boolean isDiskFull(Throwable failure) {
        return says(failure, "No space left on device") || says(failure, "Disk quota exceeded");
    }

    private static boolean says(Throwable failure, String words) {
        for (Throwable at = failure; at != null; at = at.getCause() == at ? null : at.getCause()) {
            if (at.getMessage() != null && at.getMessage().contains(words)) {
                return true;
            }
        }
        return false;
    }

    static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        for (Throwable at = failure; at != null; at = at.getCause() == at ? null : at.getCause()) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
        }
        return null;
    }
}
