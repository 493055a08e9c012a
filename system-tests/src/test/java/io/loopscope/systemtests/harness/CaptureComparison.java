package io.loopscope.systemtests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.Heartbeat;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Captured = published + counted drops: what the agent has published is compared, segment by segment, with what
 * {@link Tcpdump} has captured beside it.
 */
public final class CaptureComparison {
    private static final int EXAMPLES = 20;
    /** The kernel stamps each tap's copy on its own: microseconds apart, more when it is interrupted in between. */
    private static final Duration TIMES_DIFFER = Duration.ofMillis(100);

    private final Pipeline pipeline;
    private final String port;
    private final long sinceMicros;
    private final CaptureStatistics before;
    private long furthestMicros;

    private CaptureComparison(Pipeline pipeline, int port) {
        this.pipeline = pipeline;
        this.port = ":" + port;
        sinceMicros = Pipeline.nowNs() / 1000;
        before = lastStatistics();
    }

    /** Remembers the agent's counters. Tcpdump has to run already, and the port has to be quiet. */
    public static CaptureComparison begin(Pipeline pipeline, int port) {
        return new CaptureComparison(pipeline, port);
    }

    /** Packets that the agent itself says it has lost since the beginning. */
    public long drops() {
        return drops(lastStatistics()) - drops(before);
    }

    /** Compares. Tcpdump has to be stopped, the pipeline settled, and the port quiet again. */
    public void assertNothingIsMissing(Tcpdump tcpdump) {
        Map<WireSegment, Deque<Long>> captured = new HashMap<>();
        tcpdump.read(segment -> captured.computeIfAbsent(segment.withoutTime(), same -> new ArrayDeque<>(1))
                .add(segment.timeMicros()));
        assertThat(captured.size())
                .as("different segments that tcpdump has captured")
                .isGreaterThan(10_000);
        List<WireSegment> unknownToTcpdump = takeAway(captured);
        long missing = captured.values().stream().mapToLong(Deque::size).sum();

        assertThat(unknownToTcpdump.stream().limit(EXAMPLES))
                .as("published, but not captured by tcpdump: %d, of which", unknownToTcpdump.size())
                .isEmpty();
        assertThat(missing)
                .as("captured by tcpdump, but not published; such as\n%s", examples(captured))
                .isLessThanOrEqualTo(drops());
        assertThat(furthestMicros)
                .as("greatest distance between the two times of a segment, microseconds")
                .isLessThan(TIMES_DIFFER.toNanos() / 1000);
        assertEveryPacketIsAccountedFor();
    }

    private static String examples(Map<WireSegment, Deque<Long>> missing) {
        return missing.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .limit(EXAMPLES)
                .map(Map.Entry::toString)
                .collect(Collectors.joining("\n"));
    }

    /** Takes what was published out of what was captured, and returns what was not in there. */
    private List<WireSegment> takeAway(Map<WireSegment, Deque<Long>> captured) {
        List<WireSegment> unknown = new ArrayList<>();
        pipeline.log()
                .batches()
                .peek(batch -> assertThat(batch.getSegments())
                        .as("segments: set the agent's fidelity to all")
                        .allMatch(segment -> segment.getRun() == null))
                .forEach(batch -> WireSegment.each(batch, segment -> {
                    boolean isOfPort = segment.source().endsWith(port)
                            || segment.destination().endsWith(port);
                    if (isOfPort && segment.timeMicros() >= sinceMicros) {
                        Deque<Long> times = captured.get(segment.withoutTime());
                        if (times == null || times.isEmpty()) {
                            unknown.add(segment);
                        } else {
                            furthestMicros = Math.max(furthestMicros, Math.abs(times.remove() - segment.timeMicros()));
                        }
                    }
                }));
        return unknown;
    }

    /** Every packet that the kernel handed to the agent is in exactly one counter. */
    private void assertEveryPacketIsAccountedFor() {
        pipeline.log()
                .await(
                        "a heartbeat whose counters add up",
                        Waits.PIPELINE,
                        this::lastStatistics,
                        now -> now.getSeen() == accounted(now),
                        () -> "seen is not the sum of the others: " + lastStatistics());
    }

    private static long accounted(CaptureStatistics statistics) {
        return statistics.getPublished()
                + statistics.getPublishFailed()
                + statistics.getQueueDropped()
                + statistics.getShed()
                + statistics.getExcludedOwn()
                + statistics.getExcludedBySetting()
                + statistics.getMalformed()
                + statistics.getNotTcp();
    }

    private static long drops(CaptureStatistics statistics) {
        return statistics.getKernelDropped()
                + statistics.getInterfaceDropped()
                + statistics.getQueueDropped()
                + statistics.getShed()
                + statistics.getPublishFailed();
    }

    private CaptureStatistics lastStatistics() {
        List<Heartbeat> heartbeats = pipeline.log().heartbeats();
        return heartbeats.get(heartbeats.size() - 1).getStatistics();
    }
}
