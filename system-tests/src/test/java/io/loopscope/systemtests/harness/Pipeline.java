package io.loopscope.systemtests.harness;

import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.Heartbeat;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;

/**
 * Broker, agent on the real {@code lo} and processor, each a process of its own, started as a user starts them; and the
 * log of all that they publish.
 */
public final class Pipeline {
    /** How often the agent promises that all has been sent; so often the processor's clock of the host moves. */
    private static final Duration HEARTBEAT = Duration.ofMillis(500);

    private final Programs programs;
    private final Broker broker;
    private final String processorYaml;
    private final String agentYaml;
    private final EventLog log;
    private final ConsumerProgress progress;
    private ChildProcess agent;
    private ChildProcess processor;

    private Pipeline(Processes processes, String processorYaml, String agentYaml, SchemaIds ids) {
        this.processorYaml = processorYaml;
        this.agentYaml = agentYaml;
        broker = Broker.start(processes);
        programs = new Programs(processes, broker);
        log = processes.closing(new EventLog(broker.bootstrapServers(), ids));
        progress = processes.closing(new ConsumerProgress(broker.bootstrapServers()));
    }

    /**
     * Starts all three, and returns when the agent captures and the processor has taken its first heartbeat.
     *
     * @param processorYaml settings of the processor, without those of Kafka
     */
    public static Pipeline start(Processes processes, String processorYaml) {
        return start(processes, processorYaml, "");
    }

    /**
     * The same.
     *
     * @param agentYaml further settings of the agent: indented lines of its section
     */
    public static Pipeline start(Processes processes, String processorYaml, String agentYaml) {
        return start(processes, processorYaml, agentYaml, SchemaIds.NONE);
    }

    /**
     * The same.
     *
     * @param ids what the log knows of a schema registry
     */
    public static Pipeline start(Processes processes, String processorYaml, String agentYaml, SchemaIds ids) {
        Pipeline pipeline = new Pipeline(processes, processorYaml, agentYaml, ids);
        pipeline.startProcessor();
        pipeline.startAgent();
        pipeline.settle();
        return pipeline;
    }

    /** Starts the agent; after its end, starts it again. */
    public void startAgent() {
        agent = programs.agent(agentYaml() + agentYaml);
    }

    /**
     * Starts another agent for another host, which captures the same interface.
     *
     * @param yaml further settings: indented lines of its section, {@code host.id} among them
     */
    public ChildProcess startAgentBeside(String yaml) {
        return programs.agent(agentYaml() + yaml);
    }

    private String agentYaml() {
        // The log of the test reads what the agent has published, which is a part of the pipeline too.
        return """
                agent:
                  heartbeat.interval: %dms
                  exclude.pids: [%d]
                """.formatted(HEARTBEAT.toMillis(), broker.pid());
    }

    /** Starts the processor; after its end, starts it again. */
    public void startProcessor() {
        processor = programs.processor(processorYaml);
    }

    public ChildProcess agent() {
        return agent;
    }

    public ChildProcess processor() {
        return processor;
    }

    public EventLog log() {
        return log;
    }

    public Broker broker() {
        return broker;
    }

    /**
     * Waits until everything that was on the wire when this was called has been captured, judged and published, and is
     * in the log. What is not there then was not published.
     */
    public void settle() {
        long timeNs = nowNs();
        log.awaitWatermark(timeNs, Waits.PROGRAM, this::describe);
        TopicRecord promise = log.records(Topic.CAPTURE)
                .filter(read -> isPromise(read.value(Heartbeat.class), timeNs))
                .findFirst()
                .orElseThrow();
        progress.awaitBeyond(promise, processor);
        log.catchUp();
    }

    /** The same for what the agents of these hosts have captured. */
    public void settle(Collection<String> hosts) {
        long timeNs = nowNs();
        for (String host : hosts) {
            TopicRecord promise = log.await(
                    "a heartbeat of " + host + " with a watermark of at least " + timeNs,
                    Waits.PROGRAM,
                    () -> log.records(Topic.CAPTURE)
                            .filter(read -> isPromise(read.value(Heartbeat.class), timeNs))
                            .filter(read ->
                                    read.value(Heartbeat.class).getHostId().equals(host))
                            .findFirst()
                            .orElse(null),
                    Objects::nonNull,
                    this::describe);
            progress.awaitBeyond(promise, processor);
        }
        log.catchUp();
    }

    private static boolean isPromise(Heartbeat heartbeat, long timeNs) {
        return heartbeat != null && heartbeat.getWatermarkNs() >= timeNs;
    }

    private String describe() {
        return agent == null ? "the agent has not been started" : agent.tail();
    }

    /** The time now, nanoseconds since 1970: this machine's clock is the clock of the captured host. */
    public static long nowNs() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
