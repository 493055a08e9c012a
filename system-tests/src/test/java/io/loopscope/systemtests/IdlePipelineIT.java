package io.loopscope.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.loopscope.systemtests.harness.Broker;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.JsonLines;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Programs;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Broker, agent, processor and {@code observe} all talk over {@code lo}; none of it may be
 * reported, or it would be read, captured and reported again without end. Judged by what {@code observe} prints, because
 * a consumer in this process would be somebody else's.
 */
class IdlePipelineIT {
    private static final Duration WINDOW = Duration.ofSeconds(30);

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Broker broker;
    private static JsonLines observed;

    @BeforeAll
    static void start() {
        Needs.root();
        broker = Broker.start(PROCESSES);
        Programs programs = new Programs(PROCESSES, broker);
        programs.processor("").awaitOutput(Pattern.compile("RUNNING"), Waits.PROGRAM);
        // A broker also talks to itself, so one that serves nothing but Loopscope is named, as the settings say.
        String agent = "agent:\n  exclude.pids: [" + broker.pid() + "]\n";
        programs.agent(agent).awaitOutput(Pattern.compile("Capturing on"), Waits.PROGRAM);
        ChildProcess observe = PROCESSES.startLoopscope(
                "observe",
                "observe",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--segments",
                "--connections",
                "--anomalies",
                "-o",
                "json",
                "-f");
        observed = new JsonLines(observe);
    }

    @Test
    void anIdlePipelinePublishesNothingOfItsOwn() throws IOException {
        JsonNode first = observed.awaitHeartbeat(Instant.now(), Waits.PROGRAM);

        JsonNode last = observed.awaitHeartbeat(JsonLines.watermark(first).plus(WINDOW), WINDOW.multipliedBy(3));

        assertThat(excludedOwn(last) - excludedOwn(first))
                .as("packets of its own, seen and left out")
                .isGreaterThan(100);
        // None at all on a quiet machine. Where somebody else talks on lo, that is published, and it is not ours.
        assertThat(observed.ofType("segment").filter(IdlePipelineIT::isOfTheBroker))
                .isEmpty();
        assertThat(observed.ofType("connection_event").filter(event -> isOfTheBroker(event, "client", "server")))
                .isEmpty();
        assertThat(observed.ofType("anomaly").map(event -> event.path("name").asText()))
                .isEmpty();

        // The agent is not deaf: the next connection of somebody else is published.
        try (LoopbackPair pair = LoopbackPair.open()) {
            String client = "127.0.0.1:" + pair.client().getLocalPort();
            observed.await(
                    "the handshake of " + client,
                    Waits.PIPELINE,
                    lines -> lines.filter(line -> line.path("type").asText().equals("segment"))
                                    .filter(line -> Stream.of("source", "destination")
                                            .anyMatch(end ->
                                                    line.path(end).asText().equals(client)))
                                    .count()
                            == 3);
        }
    }

    private static boolean isOfTheBroker(JsonNode line) {
        return isOfTheBroker(line, "source", "destination");
    }

    private static boolean isOfTheBroker(JsonNode line, String one, String other) {
        return Stream.of(one, other)
                .map(end -> line.path(end).asText())
                .anyMatch(socket -> broker.ports().stream().anyMatch(port -> socket.endsWith(":" + port)));
    }

    private static long excludedOwn(JsonNode heartbeat) {
        return heartbeat.path("statistics").path("excluded_own").asLong();
    }
}
