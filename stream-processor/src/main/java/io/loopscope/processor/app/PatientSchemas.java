package io.loopscope.processor.app;

import io.loopscope.processor.app.Readiness.Cause;
import io.loopscope.processor.streams.Counters;
import io.loopscope.schemas.RecordHead;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.registry.RegisteredSchemas;
import io.loopscope.schemas.registry.RegistryConfig;
import io.loopscope.schemas.registry.SchemaRegistryException;
import io.loopscope.schemas.registry.SchemaRegistryException.Problem;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.settings.DurationText;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for a schema registry that is away, and says so. A record whose schema only the registry knows is not lost and not
 * overtaken: the thread that has it waits.
 */
final class PatientSchemas implements SchemaIds, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PatientSchemas.class);
    private static final List<Schema> WRITTEN =
            List.of(ConnectionEvent.getClassSchema(), AnomalyEvent.getClassSchema(), CensusCount.getClassSchema());
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 5_000;
    /** Well within the five minutes that Kafka gives a thread between two polls (max.poll.interval.ms). */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final @Nullable RegisteredSchemas registry;
    private final ReadinessBoard board;
    private final Counters counters;
    private final Duration patience;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param registry null for none
     * @param patience how long a record waits before its thread is replaced, which then waits again
     */
    PatientSchemas(@Nullable RegisteredSchemas registry, ReadinessBoard board, Counters counters, Duration patience) {
        this.registry = registry;
        this.board = board;
        this.counters = counters;
        this.patience = patience;
    }

    /** Those of the registry in the settings. */
    static PatientSchemas of(Settings settings, ReadinessBoard board, Counters counters) {
        RegisteredSchemas registry = RegistryConfig.of(settings::string, settings::secret, System.getenv())
                .map(RegisteredSchemas::new)
                .orElse(null);
        return new PatientSchemas(registry, board, counters, PATIENCE);
    }

    /**
     * Waits until the ids of what the processor writes are known; returns at once without a registry.
     *
     * @throws OperatingException when they are not in time, or can't be without somebody doing something
     */
    void await(Duration timeout) {
        if (registry == null) {
            return;
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        for (long pauseMs = FIRST_PAUSE_MS; ; pauseMs = longer(pauseMs)) {
            try {
                registry.prepare(WRITTEN);
                board.clear(Cause.SCHEMA_REGISTRY_UNAVAILABLE);
                return;
            } catch (SchemaRegistryException e) {
                tell(e);
                long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (e.problem() != Problem.UNREACHABLE) {
                    throw explain(String.valueOf(e.getMessage()), e);
                } else if (leftMs <= 0 || isClosed(Math.min(pauseMs, leftMs))) {
                    throw explain(e.getMessage() + ", not within " + DurationText.format(timeout), e);
                }
            }
        }
    }

    private static OperatingException explain(String message, SchemaRegistryException e) {
        return new OperatingException(message, e.remedy(), e.exitCode(), e);
    }

    @Override
    public RecordHead head(Schema schema) {
        return registry == null ? NONE.head(schema) : registry.head(schema);
    }

    @Override
    public Schema schema(int id) {
        if (registry == null) {
            return NONE.schema(id);
        }
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            for (long pauseMs = FIRST_PAUSE_MS; ; pauseMs = longer(pauseMs)) {
                try {
                    return registry.schema(id);
                } catch (SchemaRegistryException e) {
                    counters.registryRetry();
                    tell(e);
                    if (System.nanoTime() - deadline > 0 || isClosed(pauseMs)) {
                        throw e;
                    }
                }
            }
        } finally {
            board.clear(Cause.SCHEMA_REGISTRY_UNAVAILABLE);
        }
    }

    private void tell(SchemaRegistryException e) {
        LOG.warn("{}. It is asked again", e.getMessage());
        board.raise(Cause.SCHEMA_REGISTRY_UNAVAILABLE, String.valueOf(e.getMessage()), e.remedy(), Instant.now());
    }

    private static long longer(long pauseMs) {
        return Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }

    private boolean isClosed(long waitMs) {
        try {
            return closed.await(waitMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatingException("stopped while waiting for the schema registry", "", ExitCode.FAILURE, e);
        }
    }

    /** Nobody waits any more. */
    @Override
    public void close() {
        closed.countDown();
    }
}
