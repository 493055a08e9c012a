package io.loopscope.systemtests.harness;

import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.Heartbeat;
import java.util.List;
import java.util.stream.Stream;

/** What one run of an agent has published, counted: to be compared with what it says of itself. */
public final class CaptureTally {
    private final List<CaptureBatch> batches;

    private CaptureTally(List<CaptureBatch> batches) {
        this.batches = batches;
    }

    /** Of a log that holds one run of one agent. */
    public static CaptureTally of(EventLog log) {
        return new CaptureTally(log.batches().toList());
    }

    /** The numbers of the batches in the order of the topic. */
    public List<Long> batchSequences() {
        return batches.stream().map(CaptureBatch::getBatchSequence).toList();
    }

    /** All that the batches say was left out. */
    public long skipped() {
        return batches.stream().mapToLong(CaptureBatch::getSkippedBefore).sum();
    }

    /** Segments, those of runs too. */
    public long segments() {
        return batches.stream()
                .flatMap(batch -> batch.getSegments().stream())
                .mapToLong(segment ->
                        segment.getRun() == null ? 1 : segment.getRun().getSegments())
                .sum();
    }

    /** Segments from or to a port of which those flags are set that are in a mask. */
    public long withFlags(int port, int flags, int mask) {
        return of(port).filter(segment -> (segment.getFlags() & mask) == flags).count();
    }

    /** Octets of payload from and to a port. */
    public long payloadOctets(int port) {
        return of(port).mapToLong(CapturedSegment::getPayloadOctets).sum();
    }

    private Stream<CapturedSegment> of(int port) {
        return batches.stream()
                .flatMap(batch -> batch.getSegments().stream().filter(segment -> {
                    var connection = batch.getConnections().get(segment.getConnection());
                    return FourTuple.socket(connection.getLow()).getPort() == port
                            || FourTuple.socket(connection.getHigh()).getPort() == port;
                }));
    }

    /**
     * All packets of which it is known what has become of them: what is in the topic, and what the statistics say was left
     * out. After a stop, as many as were seen.
     */
    public long accounted(CaptureStatistics counted) {
        return segments()
                + counted.getPublishFailed()
                + counted.getShed()
                + counted.getQueueDropped()
                + counted.getCapturedTwice()
                + counted.getExcludedOwn()
                + counted.getExcludedBySetting()
                + counted.getMalformed()
                + counted.getNotTcp();
    }

    /** The newest heartbeat of a log. */
    public static Heartbeat lastHeartbeat(EventLog log) {
        List<Heartbeat> all = log.heartbeats();
        return all.get(all.size() - 1);
    }
}
