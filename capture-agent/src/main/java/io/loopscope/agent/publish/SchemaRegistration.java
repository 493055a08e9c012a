package io.loopscope.agent.publish;

import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.registry.RegisteredSchemas;
import io.loopscope.schemas.registry.RegistryConfig;
import io.loopscope.schemas.registry.SchemaRegistryException;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the ids of an agent's schemas from a registry, on a thread of its own that ends when they are known. Until then
 * nothing can be published; it is as with a broker that is away.
 */
final class SchemaRegistration implements AutoCloseable {
    /** Without a registry everything is known. */
    static final SchemaRegistration NONE = new SchemaRegistration(SchemaIds.NONE, "", 0);

    private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistration.class);
    private static final long FIRST_PAUSE_MS = 500;
    private static final long LONGEST_PAUSE_MS = 30_000;
    private static final List<Schema> WRITTEN =
            List.of(CaptureBatch.getClassSchema(), SocketReport.getClassSchema(), Heartbeat.getClassSchema());

    private final SchemaIds ids;
    private final CountDownLatch known;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile SchemaRegistryException failure;

    private SchemaRegistration(SchemaIds ids, String registry, int outstanding) {
        this.ids = ids;
        known = new CountDownLatch(outstanding);
        failure = SchemaRegistryException.silent(registry);
    }

    /** Begins to ask. */
    static SchemaRegistration start(RegistryConfig config) {
        RegisteredSchemas ids = new RegisteredSchemas(config);
        SchemaRegistration registration = new SchemaRegistration(ids, config.toString(), 1);
        Thread thread = new Thread(() -> registration.run(ids), "schema-registry");
        thread.setDaemon(true);
        thread.start();
        return registration;
    }

    private void run(RegisteredSchemas registry) {
        long pauseMs = FIRST_PAUSE_MS;
        try {
            while (!attempt(registry) && !closed.await(pauseMs, TimeUnit.MILLISECONDS)) {
                pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
            }
        } catch (InterruptedException e) { // Nobody interrupts it: the JVM ends.
            Thread.currentThread().interrupt();
        }
    }

    private boolean attempt(RegisteredSchemas registry) {
        SchemaRegistryException before = failure;
        try {
            registry.prepare(WRITTEN);
            known.countDown();
            LOG.info("The ids of the schemas are known ({})", registry.config());
            return true;
        } catch (SchemaRegistryException e) {
            failure = e;
            if (!String.valueOf(before.getMessage()).equals(e.getMessage())) {
                LOG.warn(
                        "Nothing can be published before the ids of the schemas are known: {}. What is captured is kept as"
                                + " long as there is room. {}",
                        e.getMessage(),
                        e.remedy());
            }
            return false;
        }
    }

    /** Known or not yet. */
    SchemaIds ids() {
        return ids;
    }

    /**
     * Waits until they are known.
     *
     * @return false when the time is over
     */
    boolean await(Duration timeout) {
        try {
            return known.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What the registry said last, while they are not. */
    SchemaRegistryException failure() {
        return failure;
    }

    /** Asks no more. */
    @Override
    public void close() {
        closed.countDown();
    }
}
