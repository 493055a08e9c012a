package io.loopscope.systemtests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.Heartbeat;
import java.util.ArrayList;
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

    private final Pipeline pipeline;
    private final String port;
    private final long sinceMicros;
    private final CaptureStatistics before;

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
        Map<WireSegment, Integer> captured = new HashMap<>();
        tcpdump.read(segment -> captured.merge(segment, 1, Integer::sum));
        assertThat(captured.size())
                .as("different segments that tcpdump has captured")
                .isGreaterThan(10_000);
        List<WireSegment> unknownToTcpdump = takeAway(captured);
        long missing = captured.values().stream().mapToLong(Integer::longValue).sum();
        long dropped = drops();

        assertThat(unknownToTcpdump.stream().limit(EXAMPLES))
                .as("published, but not captured by tcpdump: %d, of which", unknownToTcpdump.size())
                .isEmpty();
        assertThat(missing)
                .as(
                        "captured by tcpdump, but not published, with %d counted as dropped; such as\n%s",
                        dropped,
                        captured.keySet().stream()
                                .limit(EXAMPLES)
                                .map(WireSegment::toString)
                                .collect(Collectors.joining("\n")))
                .isLessThanOrEqualTo(dropped);
        assertEveryPacketIsAccountedFor();
    }

    /** Takes what was published out of what was captured, and returns what was not in there. */
    private List<WireSegment> takeAway(Map<WireSegment, Integer> captured) {
        List<WireSegment> unknown = new ArrayList<>();
        pipeline.log()
                .batches()
                .forEach(batch -> WireSegment.each(batch, segment -> {
                    boolean isOfPort = segment.source().endsWith(port)
                            || segment.destination().endsWith(port);
                    if (isOfPort && segment.timeMicros() >= sinceMicros) {
                        Integer count = captured.get(segment);
                        if (count == null) {
                            unknown.add(segment);
                        } else if (count == 1) {
                            captured.remove(segment);
                        } else {
                            captured.put(segment, count - 1);
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
