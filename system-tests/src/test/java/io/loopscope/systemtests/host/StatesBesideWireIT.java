package io.loopscope.systemtests.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The wire's counts beside the kernel's. */
class StatesBesideWireIT {
    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static final int LEAKED = 3;

    private final HostVerbs verbs = new HostVerbs(PROCESSES);

    @BeforeAll
    static void needs() {
        Needs.root();
    }

    @Test
    void theWireCountsWhatTheKernelCounts() throws IOException {
        Pipeline pipeline = Pipeline.start(PROCESSES, "");
        String servers = pipeline.broker().bootstrapServers();
        long before = wire(servers, "CLOSE_WAIT");
        for (int i = 0; i < LEAKED; i++) {
            LoopbackPair pair = PROCESSES.closing(LoopbackPair.open());
            pair.exchange(10);
            pair.client().shutdownOutput();
        }

        Awaitility.await("the leak is on the wire, too").atMost(Waits.PIPELINE).untilAsserted(() -> {
            assertThat(wire(servers, "CLOSE_WAIT")).isGreaterThanOrEqualTo(before + LEAKED);
            assertThat(wire(servers, "FIN_WAIT2")).isGreaterThanOrEqualTo(LEAKED);
        });
        JsonNode json = states(servers);
        assertThat(json.path("states").path("CLOSE_WAIT").asLong()).isGreaterThanOrEqualTo(LEAKED);
        assertThat(json.path("wire").path("at").asText()).endsWith("Z");
        assertThat(verbs.run(List.of(), "states", "-b", servers).out())
                .containsPattern("STATE +KERNEL +WIRE")
                .containsPattern("LISTEN +\\d+ +-");
    }

    private JsonNode states(String servers) {
        return verbs.run(List.of(), "states", "-o", "json", "--bootstrap-server", servers)
                .json();
    }

    private long wire(String servers, String state) {
        return states(servers).path("wire").path("states").path(state).asLong();
    }
}
