package io.loopscope.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.loopscope.settings.ExitCode;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.JsonLines;
import io.loopscope.systemtests.harness.KernelSockets;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a newcomer sees: {@code ./loopscope up --demo}, a second terminal with {@code observe}, and Ctrl-C. */
class DemoIT {
    private static final Pattern LEAK =
            Pattern.compile("demo: client (127\\.0\\.0\\.1:\\d+) closes; the server has a bug");

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static String state;

    @BeforeAll
    static void start() {
        Needs.root();
        state = PROCESSES.folder().resolve("state").toString();
    }

    @Test
    void theLeakIsShownAndItsEndAndCtrlCLeavesNothingBehind() {
        ChildProcess up = PROCESSES.startLoopscope("up", "up", "--demo", "--state", state);

        String client = up.awaitOutput(LEAK, Waits.PROGRAM).group(1);
        String server = up.awaitOutput(stage("OPENED", client), Waits.PROGRAM).group(1);
        assertThat(up.awaitOutput(stage("CLEARED", client), Waits.PROGRAM).group(1))
                .isEqualTo(server);

        observeShowsTheSame(client);

        List<ProcessHandle> family = up.family();
        Set<Integer> ports = up.listeningPorts();
        assertThat(ports).as("ports of the broker and its controller, at least").hasSizeGreaterThanOrEqualTo(2);
        up.signal("INT");
        assertThat(up.awaitExit(Waits.PROGRAM)).isEqualTo(ExitCode.OK);
        assertThat(family).noneMatch(ProcessHandle::isAlive);
        assertThat(KernelSockets.listeningPorts()).doesNotContainAnyElementsOf(ports);
    }

    /** The anomaly of the demo's client: others on this machine may leak, too. */
    private static Pattern stage(String stage, String client) {
        return Pattern.compile(stage + " CLOSE_WAIT_STUCK.*\\R"
                + "\\s+server (127\\.0\\.0\\.1:\\d+)\\b.*\\R"
                + "\\s+client " + Pattern.quote(client) + "\\b");
    }

    private static void observeShowsTheSame(String client) {
        ChildProcess json = observe("json");
        List<JsonNode> stages = new JsonLines(json)
                .ofType("anomaly")
                .filter(line -> line.path("name").asText().equals("CLOSE_WAIT_STUCK"))
                .filter(line -> line.path("client").asText().equals(client))
                .toList();
        assertThat(stages).extracting(line -> line.path("stage").asText()).containsSubsequence("OPENED", "CLEARED");
        assertThat(stages)
                .extracting(line -> line.path("anomaly_id").asText())
                .as("one id for its whole life")
                .containsOnly(stages.get(0).path("anomaly_id").asText());

        assertThat(observe("compact").output()).contains("OPENED CLOSE_WAIT_STUCK", "CLEARED CLOSE_WAIT_STUCK");
    }

    private static ChildProcess observe(String form) {
        ChildProcess observe =
                PROCESSES.startLoopscope("observe-" + form, "observe", "--state", state, "--anomalies", "-o", form);
        assertThat(observe.awaitExit(Waits.PROGRAM)).isEqualTo(ExitCode.OK);
        return observe;
    }
}
