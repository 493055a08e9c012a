package io.loopscope.systemtests.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The law of coalescing on real sockets: two agents capture the same interface at the same time, one tells every segment,
 * the other runs of them, each as a host of its own; and the processor says the same of both.
 */
class BothFidelitiesIT {
    private static final String ALL = "tells-all";
    private static final String COALESCED = "tells-runs";
    private static final List<String> HOSTS = List.of(ALL, COALESCED);
    /** By segments alone: when the table was read is different for each agent. */
    private static final String AGENT = """
                  host.id: %s
                  fidelity: %s
                  sockets.enabled: false
                  buffer.bytes: 67108864
                  queue.segments: 131072
                """;

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    @Test
    void theSameIsToldOfTheSameTraffic() throws Exception {
        Needs.root();
        Pipeline pipeline = Pipeline.start(PROCESSES, """
                detector:
                  close.wait.stuck.warning.after: 2s
                  zero.window.stall.warning.after: 2s
                  half.closed.streaming.warning.after: 1s
                """, AGENT.formatted(ALL, "all"));
        EventLog log = pipeline.log();
        ChildProcess beside = pipeline.startAgentBeside(AGENT.formatted(COALESCED, "coalesced"));
        beside.awaitOutput(Pattern.compile("Capturing on"), Waits.PROGRAM);
        pipeline.settle(HOSTS);

        try (RealTraffic traffic = new RealTraffic()) {
            traffic.play();
            awaitOpened(log, "CLOSE_WAIT_STUCK", traffic.leak());
            awaitOpened(log, "ZERO_WINDOW_STALL", traffic.stalled());
            traffic.repair();
            pipeline.settle(HOSTS);

            assumeThat(lost(log))
                    .as("packets lost on a busy machine: the two have not seen the same")
                    .isZero();
            Told ofAll = Told.of(log, ALL, traffic.serverPorts());
            Told ofRuns = Told.of(log, COALESCED, traffic.serverPorts());
            assertThat(ofAll.differencesTo(ofRuns)).isEmpty();
            assertThat(ofAll.connections()).isGreaterThan(60);
        }
        assertThat(names(log))
                .contains("CLOSE_WAIT_STUCK", "ZERO_WINDOW_STALL", "HALF_CLOSED_STREAMING", "RESET", "REFUSED");
        // How many less depends on how often the agent flushes while they run, and so on the machine.
        assertThat(items(log, COALESCED)).as("items, where runs are told").isLessThan(items(log, ALL));
        neitherTellsOfThePipeline(log, pipeline);
    }

    private static void awaitOpened(EventLog log, String name, FourTuple tuple) {
        log.await(
                name + " of both hosts",
                Waits.PIPELINE,
                () -> log.anomalies(tuple).stream()
                        .filter(event -> event.getName().equals(name) && event.getStage() == AnomalyStage.OPENED)
                        .map(AnomalyEvent::getHostId)
                        .distinct()
                        .count(),
                count -> count == HOSTS.size(),
                () -> log.describe(tuple));
    }

    private static List<String> names(EventLog log) {
        return log.anomalies().stream().map(AnomalyEvent::getName).distinct().toList();
    }

    private static List<CapturedSegment> itemsOf(EventLog log, String host) {
        return log.batches()
                .filter(batch -> batch.getHostId().equals(host))
                .flatMap(batch -> batch.getSegments().stream())
                .toList();
    }

    private static long items(EventLog log, String host) {
        List<CapturedSegment> items = itemsOf(log, host);
        assertThat(items.stream().anyMatch(item -> item.getRun() != null))
                .as("runs of %s", host)
                .isEqualTo(host.equals(COALESCED));
        return items.size();
    }

    /** An agent that is starved on a busy machine leaves data out: then the two have not seen the same. */
    private static long lost(EventLog log) {
        return log.heartbeats().stream()
                .map(Heartbeat::getStatistics)
                .mapToLong(told ->
                        told.getKernelDropped() + told.getShed() + told.getQueueDropped() + told.getPublishFailed())
                .sum();
    }

    /** Each leaves out what the other, the processor and the test's reader exchange with the broker. */
    private static void neitherTellsOfThePipeline(EventLog log, Pipeline pipeline) {
        int broker = Integer.parseInt(pipeline.broker().bootstrapServers().replaceAll(".*:", ""));
        assertThat(log.batches().flatMap(BothFidelitiesIT::ports)).isNotEmpty().doesNotContain(broker);
    }

    private static Stream<Integer> ports(CaptureBatch batch) {
        return batch.getConnections().stream()
                .flatMap(connection -> Stream.of(
                        connection.getLow().getPort(), connection.getHigh().getPort()));
    }
}
