package io.loopscope.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.loopscope.settings.ExitCode;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.JsonLines;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code ./loopscope up} is stopped and started while something is wrong: it is still wrong, and the same. */
class UpRestartIT {
    /** The time a group that was not left takes to miss a member is what this must stay far below. */
    private static final Duration RESTART = Duration.ofSeconds(45);

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static String state;

    @BeforeAll
    static void start() {
        Needs.root();
        state = PROCESSES.folder().resolve("state").toString();
    }

    @Test
    void anOpenAnomalyStaysOpenUnderItsIdAndIsClearedWhenTheProgramCloses() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            String client = "127.0.0.1:" + pair.client().getLocalPort();
            ChildProcess first = up("up-1");
            pair.exchange(100);
            pair.client().shutdownOutput();
            first.awaitOutput(stage("OPENED", client), Waits.PROGRAM);
            assertThat(first.terminate()).isEqualTo(ExitCode.OK);

            long began = System.nanoTime();
            ChildProcess second = up("up-2");
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            System.out.println("up is up again after " + took.toMillis() + " ms");
            assertThat(took).isLessThan(RESTART);

            pair.server().close();
            second.awaitOutput(stage("CLEARED", client), Waits.PROGRAM);
            List<JsonNode> stages = stages(client);
            assertThat(stages).extracting(line -> line.path("stage").asText()).containsExactly("OPENED", "CLEARED");
            assertThat(stages.get(1).path("anomaly_id").asText())
                    .isNotEmpty()
                    .isEqualTo(stages.get(0).path("anomaly_id").asText());
            assertThat(second.terminate()).isEqualTo(ExitCode.OK);
        }
    }

    /** Starts it, and returns when it processes. */
    private static ChildProcess up(String name) {
        ChildProcess up =
                PROCESSES.startLoopscope(name, "up", "--state", state, "--threshold", "CLOSE_WAIT_STUCK=2s,10m");
        up.awaitOutput(Pattern.compile("Ctrl-C"), Waits.PROGRAM);
        return up;
    }

    private static Pattern stage(String stage, String client) {
        return Pattern.compile(stage + " CLOSE_WAIT_STUCK.*\\R(.*\\R)?\\s+client " + Pattern.quote(client) + "\\b");
    }

    /** Of both runs, as they are on the topic. */
    private static List<JsonNode> stages(String client) {
        ChildProcess observe =
                PROCESSES.startLoopscope("observe", "observe", "--state", state, "--anomalies", "-o", "json");
        assertThat(observe.awaitExit(Waits.PROGRAM)).isEqualTo(ExitCode.OK);
        return new JsonLines(observe)
                .ofType("anomaly")
                .filter(line -> line.path("name").asText().equals("CLOSE_WAIT_STUCK"))
                .filter(line -> line.path("client").asText().equals(client))
                .toList();
    }
}
