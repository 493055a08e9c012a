package io.loopscope.systemtests.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.systemtests.harness.Broker;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Programs;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The agent as the launcher starts it, under a storm of short connections, for as long as one likes. */
class SoakIT {
    /** With {@code -Dloopscope.soak=PT10M} the long version. */
    private static final Duration SOAK = Duration.parse(System.getProperty("loopscope.soak", "PT20S"));
    /** Shorter than this, a JVM is still on its way to its caps, and growth says nothing. */
    private static final Duration FLAT_AFTER = Duration.ofMinutes(3);

    private static final Duration SAMPLE = Duration.ofSeconds(1);
    private static final int CONNECTIONS_PER_SECOND = 1_000;
    /** Of a first start, which has no archive of classes yet. */
    private static final long MOST_KIB = 160 * 1024;

    private static final double GROWTH = 1.05;

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static EventLog log;
    private static ChildProcess agent;

    @BeforeAll
    static void start() {
        Needs.root();
        Broker broker = Broker.start(PROCESSES);
        agent = new Programs(PROCESSES, broker).agent("agent:\n  exclude.pids: [%d]\n".formatted(broker.pid()));
        log = PROCESSES.closing(new EventLog(broker.bootstrapServers()));
        log.awaitWatermark(Pipeline.nowNs(), Waits.PROGRAM, agent::tail);
    }

    @Test
    void aStormOfConnectionsNeverMakesTheAgentGrow() throws IOException {
        List<Long> samples = new ArrayList<>();
        long connections;
        try (Storm storm = Storm.begin(CONNECTIONS_PER_SECOND)) {
            long begin = System.nanoTime();
            Awaitility.await("the storm")
                    .atMost(SOAK.plus(Waits.PROGRAM))
                    .pollInterval(SAMPLE)
                    .until(() -> {
                        samples.add(residentKib());
                        return System.nanoTime() - begin >= SOAK.toNanos();
                    });
            connections = storm.connections();
        }
        log.awaitWatermark(Pipeline.nowNs(), Waits.PIPELINE, agent::tail);

        CaptureStatistics statistics = last().getStatistics();
        long early = most(samples.subList(samples.size() / 4, samples.size() / 2));
        long late = most(samples.subList(samples.size() * 3 / 4, samples.size()));
        System.out.printf(
                "%d connections in %s: %d packets seen, %d dropped by the kernel; most RSS %d KiB in the second quarter,"
                        + " %d KiB in the last%n",
                connections, SOAK, statistics.getSeen(), statistics.getKernelDropped(), early, late);
        assertThat(statistics.getSeen() + statistics.getKernelDropped())
                .as("packets of %d connections", connections)
                .isGreaterThan(8 * connections);
        assertThat(most(samples)).as("RSS in KiB").isLessThanOrEqualTo(MOST_KIB);
        if (SOAK.compareTo(FLAT_AFTER) >= 0) {
            assertThat((double) late).as("RSS of the last quarter").isLessThanOrEqualTo(early * GROWTH);
        }
    }

    private static Heartbeat last() {
        List<Heartbeat> all = log.heartbeats();
        return all.get(all.size() - 1);
    }

    private static long most(List<Long> samples) {
        return samples.stream().mapToLong(each -> each).max().orElseThrow();
    }

    private static long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(agent.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }
}
