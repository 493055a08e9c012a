package io.loopscope.systemtests.nodes;

import io.loopscope.processor.app.ProcessorMain;
import io.loopscope.systemtests.harness.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** One run over an input: fresh topics, processors with empty state, agents that send, and perhaps a storm. */
final class Round {
    private static final int AGENTS = 2;
    private static final String CLASSIC = "classic";

    /** Lines of the kafka section, the last one. */
    private static final String SESSION = "  session.timeout.ms: %d\n  heartbeat.interval.ms: %d\n"
            .formatted(Limits.SESSION.toMillis(), Limits.SESSION_HEARTBEAT.toMillis());

    private final Processes processes;
    private final Cluster cluster;
    private final String name;
    private final List<Program> processors = new ArrayList<>();
    private final List<Program> agents = new ArrayList<>();
    private final Map<String, Program> programs = new HashMap<>();
    private final Storm storm = new Storm(programs);

    private Round(Processes processes, Cluster cluster, String name) {
        this.processes = processes;
        this.cluster = cluster;
        this.name = name;
    }

    /**
     * How a run goes.
     *
     * @param name of the run: what its files are called after
     * @param input seed of what the agents send
     * @param processors how many
     * @param standbys copies of each processor's state on the others
     * @param feed time in which the agents send it
     * @param faults what happens meanwhile
     * @param kafkaLevel how much the processors log of what Kafka's clients do
     * @param store {@code processor.store}
     * @param protocol {@code kafka.group.protocol}
     */
    record Plan(
            String name,
            long input,
            int processors,
            int standbys,
            Duration feed,
            FaultSchedule faults,
            String kafkaLevel,
            String store,
            String protocol) {

        Plan(String name, long input, int processors, int standbys, Duration feed, FaultSchedule faults) {
            this(name, input, processors, standbys, feed, faults, "error", "memory", CLASSIC);
        }

        Plan loggingKafka() {
            return new Plan(name, input, processors, standbys, feed, faults, "info", store, protocol);
        }

        Plan onDisk() {
            return new Plan(name, input, processors, standbys, feed, faults, kafkaLevel, "rocksdb", protocol);
        }

        /** The brokers assign the partitions, and say how long a session is. */
        Plan withStreamsProtocol() {
            return new Plan(name, input, processors, standbys, feed, faults, kafkaLevel, store, "streams");
        }
    }

    /** What came of a run, and what was done to whom in it. */
    record Result(Outcome outcome, String faultLog, List<Program> processors) {}

    static Result run(Processes processes, Cluster cluster, Plan plan) {
        FreshTopics.make(cluster.admin());
        Round round = new Round(processes, cluster, plan.name);
        try {
            return round.run(plan);
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + "\n--- " + plan.name + ", what was done:\n" + round.storm.log(), e);
        } finally {
            round.stop();
        }
    }

    private Result run(Plan plan) {
        cluster.brokers().forEach(broker -> programs.put(broker.name(), broker));
        IntStream.rangeClosed(1, plan.processors).forEach(number -> startProcessor(number, plan));
        processors.forEach(processor -> processor.awaitOutput("Processor is RUNNING", Limits.START));
        startAgents(plan);
        agents.forEach(agent -> agent.awaitOutput(PacedAgent.SENDING, Limits.START));
        storm.rage(plan.faults);
        for (Program agent : agents) {
            int code = agent.awaitExit(Limits.SETTLE);
            if (code != 0) {
                throw new AssertionError(agent.name() + " could not deliver all\n" + agent.tail());
            }
        }
        List<Program> watched = new ArrayList<>(cluster.brokers());
        watched.addAll(processors);
        new Progress(cluster.admin(), name, watched).awaitAllProcessed();
        return new Result(Outcome.read(cluster.bootstrapServers()), storm.log(), processors);
    }

    private void startProcessor(int number, Plan plan) {
        Path settings = processes.folder().resolve(name + "-processor-" + number + ".yaml");
        write(
                settings,
                """
                processor:
                  application.id: %s
                  standby.replicas: %d
                  store: %s
                topics:
                  replication.factor: 3
                detector:
                  # Silence is the one thing that wall clock decides: here it is what the storm makes of it.
                  agent.silent.count: 1000000
                log:
                  format: text
                  kafka.level: %s
                kafka:
                  bootstrap.servers: %s
                  group.protocol: %s
                  state.dir: %s
                """.formatted(
                                        name,
                                        plan.standbys,
                                        plan.store,
                                        plan.kafkaLevel,
                                        cluster.bootstrapServers(),
                                        plan.protocol,
                                        processes.folder().resolve(name + "-processor-" + number + ".state"))
                        + (plan.protocol.equals(CLASSIC) ? SESSION : ""));
        Program processor = new Program(
                processes,
                name + "-processor-" + number,
                ProcessorMain.class.getName(),
                "256m",
                List.of("--config", settings.toString()));
        processors.add(processor);
        programs.put("processor-" + number, processor);
        processor.start();
    }

    private void startAgents(Plan plan) {
        long startMs = System.currentTimeMillis() + 1_000;
        for (int number = 0; number < AGENTS; number++) {
            PacedAgent.Order order = new PacedAgent.Order(
                    cluster.bootstrapServers(), plan.input, number, AGENTS, startMs, plan.feed.toMillis());
            Program agent = new Program(
                    processes, name + "-agent-" + (number + 1), PacedAgent.class.getName(), "128m", order.arguments());
            agents.add(agent);
            programs.put("agent-" + (number + 1), agent);
            agent.start();
        }
    }

    private void stop() {
        processors.forEach(Program::kill);
        agents.forEach(Program::kill);
        // A storm that broke off may have left them stopped or down.
        cluster.heal();
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
