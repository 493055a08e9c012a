package io.loopscope.systemtests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Agent and processor as a user starts them, each with a settings file. */
public final class Programs {
    private final Processes processes;
    private final Broker broker;
    private int started;
    private String kafka = "";

    public Programs(Processes processes, Broker broker) {
        this.processes = processes;
        this.broker = broker;
    }

    /** Starts an agent with these settings, to which those of Kafka are added. */
    public ChildProcess agent(String yaml) {
        return start("agent", yaml);
    }

    /** The same with further settings of Kafka's client: indented lines of its section. */
    public ChildProcess agent(String yaml, String kafka) {
        this.kafka = kafka;
        try {
            return agent(yaml);
        } finally {
            this.kafka = "";
        }
    }

    /** Starts a processor with these settings, to which those of Kafka are added. */
    public ChildProcess processor(String yaml) {
        return start("processor", yaml);
    }

    private ChildProcess start(String verb, String yaml) {
        started++;
        String name = started + "-" + verb;
        Path settings = write(name + ".yaml", yaml);
        return processes.startLoopscope(name, verb, "--config", settings.toString());
    }

    private Path write(String name, String yaml) {
        String section = "kafka:\n  bootstrap.servers: " + broker.bootstrapServers() + "\n" + kafka;
        try {
            return Files.writeString(processes.folder().resolve(name), yaml + section);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
