package io.loopscope.systemtests.nodes;

import io.loopscope.systemtests.harness.Processes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.awaitility.Awaitility;

/** Three Kafka brokers, each a process that is also a controller; every topic has three replicas, of which two must be in sync. */
final class Cluster {
    private static final int NODES = 3;
    /** Below what the kernel gives to clients: while a broker is away nobody else may get its port. */
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 32_000;

    private final List<Program> brokers = new ArrayList<>();
    private final List<Integer> ports = freePorts(2 * NODES);
    private final Admin admin;

    private Cluster(Processes processes) {
        String clusterId = Uuid.randomUuid().toString();
        for (int node = 1; node <= NODES; node++) {
            Path folder = processes.folder().resolve("broker-" + node + ".data");
            Path settings = processes.folder().resolve("broker-" + node + ".properties");
            write(properties(node, folder), settings);
            format(clusterId, node, folder);
            brokers.add(new Program(processes, "broker-" + node, "kafka.Kafka", "256m", List.of(settings.toString())));
        }
        brokers.forEach(Program::start);
        // A client that finds nobody only fills the log.
        Awaitility.await("the brokers listen")
                .atMost(Limits.START)
                .pollInterval(Limits.POLL)
                .failFast(() -> brokers.forEach(Program::requireAlive))
                .until(() -> ports.subList(0, NODES).stream().noneMatch(Cluster::isFree));
        admin = processes.closing(Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) Limits.SETTLE.toMillis())));
    }

    /** Returns when all brokers are there. */
    static Cluster start(Processes processes) {
        Cluster cluster = new Cluster(processes);
        Awaitility.await("three brokers are registered")
                .atMost(Limits.START)
                .pollInterval(Limits.POLL)
                .failFast(() -> cluster.brokers.forEach(Program::requireAlive))
                .until(() -> cluster.admin.describeCluster().nodes().get().size() == NODES);
        return cluster;
    }

    /** All run again. */
    void heal() {
        for (Program broker : brokers) {
            if (broker.isAlive()) {
                broker.resume();
            } else {
                broker.start();
            }
        }
    }

    List<Program> brokers() {
        return brokers;
    }

    Admin admin() {
        return admin;
    }

    String bootstrapServers() {
        return IntStream.range(0, NODES)
                .mapToObj(node -> "127.0.0.1:" + ports.get(node))
                .collect(Collectors.joining(","));
    }

    private Properties properties(int node, Path folder) {
        String clients = "PLAINTEXT://127.0.0.1:" + ports.get(node - 1);
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(node));
        properties.put(
                "controller.quorum.voters",
                IntStream.rangeClosed(1, NODES)
                        .mapToObj(other -> other + "@127.0.0.1:" + controllerPort(other))
                        .collect(Collectors.joining(",")));
        properties.put("listeners", clients + ",CONTROLLER://127.0.0.1:" + controllerPort(node));
        properties.put("advertised.listeners", clients);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        properties.put("log.dirs", folder.toString());
        properties.put("auto.create.topics.enable", "false");
        replicate(properties);
        hurry(properties);
        return properties;
    }

    private int controllerPort(int node) {
        return ports.get(NODES + node - 1);
    }

    private static void replicate(Properties properties) {
        properties.put("default.replication.factor", "3");
        properties.put("min.insync.replicas", "2");
        properties.put("offsets.topic.replication.factor", "3");
        properties.put("offsets.topic.num.partitions", "3");
        properties.put("transaction.state.log.replication.factor", "3");
        properties.put("transaction.state.log.num.partitions", "3");
        properties.put("transaction.state.log.min.isr", "2");
    }

    /** Small, and quick to notice: nothing of this changes what a broker promises. */
    private static void hurry(Properties properties) {
        properties.put("broker.session.timeout.ms", Long.toString(Limits.BROKER_SESSION.toMillis()));
        properties.put("broker.heartbeat.interval.ms", "1000");
        // Looks for transactions that their processor has left behind; Kafka's default is every 10 s.
        properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("group.streams.min.session.timeout.ms", Long.toString(Limits.SESSION.toMillis()));
        properties.put("group.streams.session.timeout.ms", Long.toString(Limits.SESSION.toMillis()));
        properties.put("group.streams.min.heartbeat.interval.ms", Long.toString(Limits.SESSION_HEARTBEAT.toMillis()));
        properties.put("group.streams.heartbeat.interval.ms", Long.toString(Limits.SESSION_HEARTBEAT.toMillis()));
        properties.put("controlled.shutdown.enable", "false");
        properties.put("log.cleaner.dedupe.buffer.size", "2097152");
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "2");
        properties.put("background.threads", "2");
        properties.put("num.recovery.threads.per.data.dir", "1");
        properties.put("log.segment.delete.delay.ms", "1000");
    }

    private static void write(Properties properties, Path file) {
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void format(String clusterId, int node, Path folder) {
        try {
            Files.createDirectories(folder);
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setClusterId(clusterId)
                    .setNodeId(node)
                    .addDirectory(folder.toString())
                    .setMetadataLogDirectory(folder.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .run();
        } catch (Exception e) { // Its signature.
            throw new IllegalStateException("cannot format " + folder, e);
        }
    }

    private static List<Integer> freePorts(int number) {
        List<Integer> free = new ArrayList<>();
        while (free.size() < number) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            if (!free.contains(port) && isFree(port)) {
                free.add(port);
            }
        }
        return free;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
