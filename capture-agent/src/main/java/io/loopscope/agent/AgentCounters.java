package io.loopscope.agent;

import io.loopscope.agent.parse.ParseCounters;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.publish.CapturePublisher;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.SourceStatistics;
import io.loopscope.agent.track.TrackCounters;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The counters of one agent while they grow. */
final class AgentCounters {
    final ParseCounters packets = new ParseCounters();
    final LongAdder excludedBySetting = new LongAdder();
    final LongAdder excludedOwn = new LongAdder();
    final LongAdder excludedUnattributed = new LongAdder();
    final TrackCounters tracked = new TrackCounters();
    /** Those of the excluded segments that were found out only when they were to be published. */
    final LongAdder excludedLate = new LongAdder();

    /** Segments that were put into batches. */
    final LongAdder batched = new LongAdder();

    /** Segments of batches that could not even be handed to the publisher before the agent had to stop. */
    final LongAdder abandoned = new LongAdder();

    /** Of the polls of the socket table. */
    final SocketCounters sockets = new SocketCounters();

    private final PacketSource source;
    private final OwnTraffic traffic;
    private final CapturePublisher publisher;

    AgentCounters(PacketSource source, OwnTraffic traffic, CapturePublisher publisher) {
        this.source = source;
        this.traffic = traffic;
        this.publisher = publisher;
    }

    /** Segments that a reader of the records misses, and packets that may have been some. */
    long leftOut() {
        SourceStatistics delivered = source.statistics();
        return delivered.kernelDropped()
                + delivered.interfaceDropped()
                + packets.of(ParseResult.Kind.MALFORMED)
                + tracked.shedData()
                + tracked.shedAcknowledgments()
                + tracked.full()
                + publisher.failedSegments()
                + abandoned.sum();
    }

    /** Reads from the end of the pipeline to its beginning, so that what moves meanwhile shows as pending. */
    AgentStatistics snapshot() {
        long published = publisher.publishedSegments();
        long failed = publisher.failedSegments() + abandoned.sum();
        AgentStatistics.Queued queued = new AgentStatistics.Queued(batched.sum(), excludedLate.sum());
        long unattributed = excludedUnattributed.sum();
        long own = excludedOwn.sum();
        AgentStatistics.Tracked tracking = AgentStatistics.Tracked.of(tracked);
        long bySetting = excludedBySetting.sum();
        Map<ParseResult, Long> byResult = packets.byResult();
        SourceStatistics delivered = source.statistics();
        long accounted = published + failed + unattributed + own + tracking.leftOut() + bySetting;
        return new AgentStatistics(
                delivered,
                byResult,
                packets.optionsMalformed(),
                packets.optionsTruncated(),
                packets.fragmented(),
                bySetting,
                own,
                unattributed,
                tracking,
                queued,
                published,
                failed,
                byResult.getOrDefault(ParseResult.OK, 0L) - accounted,
                sockets.snapshot(),
                traffic.unattributedConnections());
    }
}
