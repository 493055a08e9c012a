package io.loopscope.processor.app;

import io.loopscope.processor.app.Readiness.Cause;
import io.loopscope.settings.OperatingException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of the processor when a stream thread fails. What may pass (a broker that is away) costs the
 * thread, and another goes on from what was committed; what does not pass by itself stops the processor.
 */
final class StreamFailures implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(StreamFailures.class);

    /** A thread that fails faster than this does not get on. */
    private static final int MOST_REPLACED = 10;

    private static final long WITHIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** A broker that has just come back may answer before it knows its topics. What it does not know then is deleted. */
    private static final long BROKERS_LEARN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Deque<Long> replaced = new ArrayDeque<>();
    private final AtomicReference<OperatingException> fatal = new AtomicReference<>();
    private final ReadinessBoard board;
    private final Permissions permissions;
    private final Runnable lookAtLimits;
    /** The first and the latest time in a row that a topic was unknown. */
    private long unknownSinceNanos;

    private long unknownAtNanos;
    private boolean topicUnknown;

    /**
     * @param permissions how to allow what Kafka refuses
     * @param lookAtLimits finds out anew how large records may be
     */
    StreamFailures(ReadinessBoard board, Permissions permissions, Runnable lookAtLimits) {
        this.lookAtLimits = lookAtLimits;
        this.board = board;
        this.permissions = permissions;
    }

    @Override
    public StreamThreadExceptionResponse handle(Throwable failure) {
        boolean unknown = KafkaFailure.find(failure, MissingSourceTopicException.class) != null;
        boolean tooLarge = KafkaFailure.find(failure, RecordTooLargeException.class) != null;
        boolean passes = unknown
                ? mayStillBeLearnt(System.nanoTime())
                : tooLarge
                        || KafkaFailure.isRetriable(failure)
                        || KafkaFailure.endsWithItsProducer(failure)
                        || KafkaFailure.isWithoutPosition(failure);
        if (passes && mayReplace(System.nanoTime())) {
            String root = KafkaFailure.root(failure).toString();
            LOG.warn("A stream thread failed and is replaced: {}", root, failure);
            board.raise(
                    Cause.RETRYING,
                    "a stream thread failed (" + root + "); another goes on from what was committed",
                    "",
                    Instant.now());
            if (tooLarge) {
                lookAtLimits.run(); // The next thread puts aside what is too large, instead of failing at it again.
            }
            if (unknown) {
                LockSupport.parkNanos(this, ASK_AGAIN_NANOS);
            }
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        OperatingException explained = KafkaFailure.explain("while processing", failure, permissions);
        fatal.compareAndSet(null, explained);
        LOG.error("The processor stops: {}", explained.getMessage(), failure);
        board.raise(Cause.FAILED, String.valueOf(explained.getMessage()), explained.remedy(), Instant.now());
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /** Why the processor had to stop; empty when it did not. */
    Optional<OperatingException> fatal() {
        return Optional.ofNullable(fatal.get());
    }

    synchronized boolean mayStillBeLearnt(long nowNanos) {
        if (!topicUnknown || nowNanos - unknownAtNanos > BROKERS_LEARN_NANOS) {
            topicUnknown = true;
            unknownSinceNanos = nowNanos;
        }
        unknownAtNanos = nowNanos;
        return nowNanos - unknownSinceNanos <= BROKERS_LEARN_NANOS;
    }

    synchronized boolean mayReplace(long nowNanos) {
        while (!replaced.isEmpty() && nowNanos - replaced.getFirst() > WITHIN_NANOS) {
            replaced.removeFirst();
        }
        replaced.addLast(nowNanos);
        return replaced.size() <= MOST_REPLACED;
    }
}
