package io.loopscope.standalone.broker;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.nio.file.Path;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka broker in this JVM: one KRaft node that is broker and controller, without authentication, for one
 * machine. Its records outlive it: started again on the same folder it still has them.
 *
 * <p>The classes it is started through are no public API of Kafka; this package is the only place that names them.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private final KafkaRaftServer server;
    private final BrokerAddress address;
    private final String clusterId;
    private boolean closed;

    private EmbeddedKafka(KafkaRaftServer server, BrokerAddress address, String clusterId) {
        this.server = server;
        this.address = address;
        this.clusterId = clusterId;
    }

    /**
     * Starts a broker and returns when it takes connections.
     *
     * @param folder where it keeps its records; made and formatted when it is new or empty
     * @param address where it listens; may differ from one start to the next
     * @throws OperatingException when a port is taken, or the folder cannot be used or holds somebody else's data
     */
    public static EmbeddedKafka start(Path folder, BrokerAddress address) {
        address.requireFree();
        return launch(folder, address);
    }

    static EmbeddedKafka launch(Path folder, BrokerAddress address) {
        return launch(folder, address, Map.of());
    }

    /** For tests: with further properties of the broker. */
    static EmbeddedKafka launch(Path folder, BrokerAddress address, Map<String, String> further) {
        String clusterId = BrokerFolder.prepare(folder);
        KafkaRaftServer server;
        try {
            var properties = BrokerProperties.of(folder, address);
            properties.putAll(further);
            var config = KafkaConfig.fromProps(properties);
            server = BrokerFaults.guard(() -> new KafkaRaftServer(config, Time.SYSTEM));
        } catch (RuntimeException e) {
            throw notStarted(folder, address, e);
        }
        var kafka = new EmbeddedKafka(server, address, clusterId);
        try {
            return BrokerFaults.guard(() -> {
                server.startup();
                return kafka;
            });
        } catch (RuntimeException e) {
            kafka.close(); // The controller half may be up already.
            throw notStarted(folder, address, e);
        }
    }

    /** Where clients connect, Kafka's {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return address.bootstrapServers();
    }

    /** Identifies this broker's data; another folder has another id. */
    public String clusterId() {
        return clusterId;
    }

    /** Writes everything to disk and stops; all ports are closed when it returns. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            server.shutdown();
            server.awaitShutdown();
        }
    }

    private static OperatingException notStarted(Path folder, BrokerAddress address, RuntimeException failure) {
        if (!address.isFree()) {
            return address.inUse(); // Somebody was faster.
        }
        if (DiskSpace.isFull(folder)) {
            return DiskSpace.full(folder, failure);
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new OperatingException(
                "the embedded broker did not start on " + folder + ": " + cause.getMessage(),
                "If its data is damaged or was written by a newer version, choose another folder with --state DIR.",
                ExitCode.FAILURE,
                failure);
    }
}
