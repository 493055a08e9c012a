package io.loopscope.agent;

import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.source.SourceStatistics;
import io.loopscope.agent.track.TrackCounters;
import io.loopscope.schemas.v1.CaptureStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * What an agent has seen, left out and published since it began. The counters add up:
 *
 * <ul>
 *   <li>{@code source.delivered} = the sum of {@code packets} (plus the one in hand);
 *   <li>{@code packets[OK]} = {@code excludedBySetting} + {@code excludedOwn} + {@code excludedUnattributed} +
 *       {@code tracked.leftOut()} + {@code publishFailed} + {@code published} + {@code pending};
 *   <li>{@code published} = segments, not items: a run counts as many as it stands for.
 * </ul>
 *
 * @param source delivered by the source, and lost before it
 * @param packets by what the parser made of them
 * @param optionsMalformed usable segments with a broken option list
 * @param optionsTruncated usable segments whose option list the snapshot length cut
 * @param fragmented usable segments of which only the first IP fragment counts
 * @param excludedBySetting segments that the include and exclude lists leave out
 * @param excludedOwn segments of the pipeline's own connections
 * @param excludedUnattributed segments to or from a broker on connections nobody could be found for
 * @param tracked what the tracker made of segments
 * @param queued what left the queue between the capturing and the publishing thread
 * @param published segments that Kafka has acknowledged
 * @param publishFailed segments that Kafka has refused, or that could not be delivered in time: lost
 * @param pending segments on their way
 * @param sockets of the polls of the socket table
 * @param unattributedConnections those that a list of programs could not decide
 */
public record AgentStatistics(
        SourceStatistics source,
        Map<ParseResult, Long> packets,
        long optionsMalformed,
        long optionsTruncated,
        long fragmented,
        long excludedBySetting,
        long excludedOwn,
        long excludedUnattributed,
        Tracked tracked,
        Queued queued,
        long published,
        long publishFailed,
        long pending,
        SocketStatistics sockets,
        long unattributedConnections) {

    /**
     * Segments in the tracker.
     *
     * @param merged into an item that was there already
     * @param items segments by themselves and first segments of runs
     * @param capturedTwice left out because they equal the last segment of a run
     * @param shedData data left out so that control segments had room
     * @param shedAcknowledgments pure acknowledgments left out so that control segments had room
     * @param full left out because there was no room at all
     * @param evicted connections, not segments, forgotten to make room for others
     */
    public record Tracked(
            long merged,
            long items,
            long capturedTwice,
            long shedData,
            long shedAcknowledgments,
            long full,
            long evicted) {

        static Tracked of(TrackCounters counters) {
            return new Tracked(
                    counters.merged(),
                    counters.items(),
                    counters.capturedTwice(),
                    counters.shedData(),
                    counters.shedAcknowledgments(),
                    counters.full(),
                    counters.evicted());
        }

        long leftOut() {
            return shed() + full + capturedTwice;
        }

        /** Segments that came to the queue. */
        long taken() {
            return merged + items;
        }

        /** Plain segments left out so that control segments had room. */
        public long shed() {
            return shedData + shedAcknowledgments;
        }
    }

    /**
     * Segments that left the queue.
     *
     * @param batched put into batches
     * @param excluded not wanted, as could be told only then: part of the excluded ones
     */
    public record Queued(long batched, long excluded) {}

    /** The way of packets from the kernel to Kafka, each stage by counters of its own. */
    List<Stage> stages() {
        long dropped = source.kernelDropped() + source.interfaceDropped();
        long segments = packets.getOrDefault(ParseResult.OK, 0L);
        long excludedAtOnce = excludedBySetting + excludedOwn + excludedUnattributed - queued.excluded();
        long tracking = tracked.taken() + tracked.leftOut();
        return List.of(
                new Stage("kernel", source.delivered() + dropped, source.delivered(), dropped),
                new Stage(
                        "parser",
                        source.delivered(),
                        segments,
                        of(ParseResult.Kind.MALFORMED) + of(ParseResult.Kind.NOT_TCP)),
                new Stage("filter", segments, tracking, excludedAtOnce),
                new Stage("tracker", tracking, tracked.taken(), tracked.leftOut()),
                new Stage("queue", tracked.taken(), queued.batched(), queued.excluded()),
                new Stage("kafka", queued.batched(), published, publishFailed));
    }

    /** Packets of one kind. */
    long of(ParseResult.Kind kind) {
        return packets.entrySet().stream()
                .filter(entry -> entry.getKey().kind() == kind)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** One line for a log: every counter that is not zero, by its name in heartbeats where it has one. */
    @Override
    public String toString() {
        StringJoiner line = new StringJoiner(" ");
        line.add("seen=" + source.delivered());
        line.add("published=" + published);
        Map<String, Long> rest = new LinkedHashMap<>();
        rest.put("kernel_dropped", source.kernelDropped());
        rest.put("interface_dropped", source.interfaceDropped());
        rest.put("queue_dropped", tracked.full());
        rest.put("shed_data", tracked.shedData());
        rest.put("shed_acknowledgments", tracked.shedAcknowledgments());
        rest.put("excluded_own", excludedOwn);
        rest.put("excluded_unattributed", excludedUnattributed);
        rest.put("excluded_by_setting", excludedBySetting);
        rest.put("publish_failed", publishFailed);
        rest.put("pending", pending);
        rest.put("items", tracked.items());
        rest.put("coalesced", tracked.merged());
        rest.put("captured_twice", tracked.capturedTwice());
        rest.put("evicted", tracked.evicted());
        rest.put("ring_freezes", source.freezes());
        packets.forEach((result, count) -> rest.put(result.label(), result == ParseResult.OK ? 0 : count));
        rest.put("options_malformed", optionsMalformed);
        rest.put("options_truncated", optionsTruncated);
        rest.put("first_fragments", fragmented);
        rest.put("unattributed_connections", unattributedConnections);
        sockets.addTo(rest);
        rest.forEach((name, count) -> {
            if (count != 0) {
                line.add(name + "=" + count);
            }
        });
        return line.toString();
    }

    /** As heartbeats carry it. */
    public CaptureStatistics toRecord() {
        Map<String, Long> reasons = new TreeMap<>();
        packets.forEach((result, count) -> {
            if (result.kind() != ParseResult.Kind.SEGMENT && count > 0) {
                reasons.put(result.label(), count);
            }
        });
        CaptureStatistics statistics = new CaptureStatistics();
        statistics.setSeen(source.delivered());
        statistics.setKernelDropped(source.kernelDropped());
        statistics.setInterfaceDropped(source.interfaceDropped());
        statistics.setQueueDropped(tracked.full());
        statistics.setShed(tracked.shed());
        statistics.setShedData(tracked.shedData());
        statistics.setShedAcknowledgments(tracked.shedAcknowledgments());
        statistics.setCoalesced(tracked.merged());
        statistics.setEvicted(tracked.evicted());
        statistics.setCapturedTwice(tracked.capturedTwice());
        statistics.setRingFreezes(source.freezes());
        statistics.setExcludedOwn(excludedOwn + excludedUnattributed);
        statistics.setExcludedBySetting(excludedBySetting);
        statistics.setMalformed(of(ParseResult.Kind.MALFORMED));
        statistics.setNotTcp(of(ParseResult.Kind.NOT_TCP));
        statistics.setPublished(published);
        statistics.setPublishFailed(publishFailed);
        statistics.setByReason(reasons);
        statistics.setUnattributedConnections(unattributedConnections);
        return statistics;
    }
}
