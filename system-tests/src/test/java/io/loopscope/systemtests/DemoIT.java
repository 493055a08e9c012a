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
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a newcomer sees: {@code ./loopscope up --demo}, a second terminal with {@code observe}, and Ctrl-C. */
class DemoIT {
    private static final Pattern LEAK =
            Pattern.compile("demo: client (127\\.0\\.0\\.1:\\d+) closes; the server has a bug");
    private static final Pattern OPENED = Pattern.compile("OPENED CLOSE_WAIT_STUCK.*\\R"
            + "\\s+server (127\\.0\\.0\\.1:\\d+) .*CLOSE_WAIT.*\\R"
            + "\\s+client (127\\.0\\.0\\.1:\\d+) ");
    private static final Pattern CLEARED = Pattern.compile("CLEARED CLOSE_WAIT_STUCK.*\\R"
            + "\\s+server (127\\.0\\.0\\.1:\\d+)\\b.*\\R"
            + "\\s+client (127\\.0\\.0\\.1:\\d+)\\b");

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
        MatchResult opened = up.awaitOutput(OPENED, Waits.PROGRAM);
        assertThat(opened.group(2)).as("the client that the story names").isEqualTo(client);
        MatchResult cleared = up.awaitOutput(CLEARED, Waits.PROGRAM);
        assertThat(List.of(cleared.group(1), cleared.group(2))).containsExactly(opened.group(1), client);

        observeShowsTheSame();

        List<ProcessHandle> family = up.family();
        Set<Integer> ports = up.listeningPorts();
        assertThat(ports).as("ports of the broker and its controller, at least").hasSizeGreaterThanOrEqualTo(2);
        up.signal("INT");
        assertThat(up.awaitExit(Waits.PROGRAM)).isEqualTo(ExitCode.OK);
        assertThat(family).noneMatch(ProcessHandle::isAlive);
        assertThat(KernelSockets.listeningPorts()).doesNotContainAnyElementsOf(ports);
    }

    private static void observeShowsTheSame() {
        ChildProcess json = observe("json");
        List<JsonNode> stages = new JsonLines(json)
                .ofType("anomaly")
                .filter(line -> line.path("name").asText().equals("CLOSE_WAIT_STUCK"))
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
