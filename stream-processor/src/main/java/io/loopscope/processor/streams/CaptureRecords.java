package io.loopscope.processor.streams;

import static io.loopscope.processor.streams.Ranges.ALL_FLAGS;
import static io.loopscope.processor.streams.Ranges.LONGEST_INTERVAL_MS;
import static io.loopscope.processor.streams.Ranges.UNSIGNED_16;
import static io.loopscope.processor.streams.Ranges.UNSIGNED_32;
import static io.loopscope.processor.streams.Ranges.UNSIGNED_8;
import static io.loopscope.processor.streams.Ranges.notNegative;
import static io.loopscope.processor.streams.Ranges.optional;
import static io.loopscope.processor.streams.Ranges.outOfRange;
import static io.loopscope.processor.streams.Ranges.time;
import static io.loopscope.processor.streams.Ranges.unsigned;
import static io.loopscope.processor.streams.Ranges.within;

import io.loopscope.processor.detect.CaptureTotals;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Run;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.SocketReport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * What agents send, in the words of the TCP core. Every number is checked against the range that its schema documents:
 * a batch is used as a whole or not at all.
 */
final class CaptureRecords {
    private CaptureRecords() {}

    /**
     * What is in a record.
     *
     * @param captured a {@link CaptureBatch}, {@link Heartbeat} or {@link SocketReport}
     * @throws UnusableRecordException when a field is out of range
     */
    static Delivery delivery(SpecificRecord captured) {
        if (captured instanceof CaptureBatch batch) {
            return batch(batch);
        }
        if (captured instanceof Heartbeat heartbeat) {
            return heartbeat(heartbeat);
        }
        if (captured instanceof SocketReport report) {
            return new Delivery.Table(
                    new HostKey(report.getHostId(), report.getNetworkNamespace()),
                    epoch(report.getAgentEpoch()),
                    report.getBootId(),
                    SocketRecords.report(report));
        }
        throw new IllegalStateException("not a record of the capture topic: " + captured.getSchema());
    }

    private static Delivery batch(CaptureBatch batch) {
        return new Delivery.Batch(
                new HostKey(batch.getHostId(), batch.getNetworkNamespace()),
                epoch(batch.getAgentEpoch()),
                batch.getBootId(),
                batch.getInterface$(),
                notNegative("batch_sequence", batch.getBatchSequence()),
                notNegative("skipped_before", batch.getSkippedBefore()),
                segments(batch));
    }

    private static Delivery heartbeat(Heartbeat heartbeat) {
        if (heartbeat.getIntervalMs() <= 0 || heartbeat.getIntervalMs() > LONGEST_INTERVAL_MS) {
            throw outOfRange("interval_ms", heartbeat.getIntervalMs());
        }
        return new Delivery.SignOfLife(
                new HostKey(heartbeat.getHostId(), heartbeat.getNetworkNamespace()),
                epoch(heartbeat.getAgentEpoch()),
                heartbeat.getBootId(),
                List.copyOf(heartbeat.getInterfaces()),
                time("watermark_ns", heartbeat.getWatermarkNs()),
                heartbeat.getIntervalMs(),
                notNegative("next_batch_sequence", heartbeat.getNextBatchSequence()),
                heartbeat.getHeartbeatSequence(),
                heartbeat.getPlannedStop(),
                totals(heartbeat.getStatistics()));
    }

    private static CaptureTotals totals(CaptureStatistics statistics) {
        long lost = notNegative("kernel_dropped", statistics.getKernelDropped())
                + notNegative("interface_dropped", statistics.getInterfaceDropped())
                + notNegative("queue_dropped", statistics.getQueueDropped())
                + notNegative("shed", statistics.getShed())
                + notNegative("publish_failed", statistics.getPublishFailed());
        return new CaptureTotals(notNegative("seen", statistics.getSeen()), notNegative("sum of the losses", lost));
    }

    private static long epoch(long nanos) {
        return time("agent_epoch", nanos);
    }

    private static List<Delivery.Captured> segments(CaptureBatch batch) {
        FourTuple[] tuples = tuples(batch);
        long base = time("base_time_ns", batch.getBaseTimeNs());
        List<Delivery.Captured> segments = new ArrayList<>(batch.getSegments().size());
        for (CapturedSegment captured : batch.getSegments()) {
            int index = captured.getConnection();
            if (index < 0 || index >= tuples.length) {
                throw outOfRange("connection", index);
            }
            segments.add(new Delivery.Captured(
                    tuples[index],
                    segment(captured, tuples[index], base),
                    batch.getConnections().get(index).getFidelity() == Fidelity.CONTROL));
        }
        return segments;
    }

    private static FourTuple[] tuples(CaptureBatch batch) {
        List<ConnectionRef> connections = batch.getConnections();
        FourTuple[] tuples = new FourTuple[connections.size()];
        for (int i = 0; i < tuples.length; i++) {
            ConnectionRef connection = connections.get(i);
            tuples[i] = tuple(batch.getNetworkNamespace(), connection.getLow(), connection.getHigh());
        }
        return tuples;
    }

    private static FourTuple tuple(long networkNamespace, SocketAddress low, SocketAddress high) {
        try {
            return new FourTuple(networkNamespace, address(low), port(low), address(high), port(high));
        } catch (IllegalArgumentException e) {
            throw new UnusableRecordException(DeadLetterReason.OUT_OF_RANGE, "connections: " + e.getMessage(), e);
        }
    }

    static Address address(SocketAddress socket) {
        ByteBuffer octets = socket.getAddress().duplicate();
        byte[] copy = new byte[octets.remaining()];
        octets.get(copy);
        return Address.of(copy);
    }

    static int port(SocketAddress socket) {
        return within("port", socket.getPort(), UNSIGNED_16);
    }

    private static Segment segment(CapturedSegment captured, FourTuple tuple, long base) {
        io.loopscope.schemas.v1.@Nullable Run run = captured.getRun();
        long first = time("time_delta_ns", base, captured.getTimeDeltaNs());
        long acknowledgment = run == null ? captured.getAcknowledgment() : run.getLastAcknowledgment();
        int window = run == null ? captured.getWindow() : run.getLastWindow();
        return new Segment(
                side(captured, tuple),
                run == null
                        ? first
                        : time(
                                "last_time_delta_ns",
                                first,
                                notNegative("last_time_delta_ns", run.getLastTimeDeltaNs())),
                within("flags", captured.getFlags(), ALL_FLAGS),
                unsigned("sequence", captured.getSequence()),
                unsigned("acknowledgment", acknowledgment),
                within("window", window, UNSIGNED_16),
                payload(captured),
                optional("urgent_pointer", captured.getUrgentPointer(), UNSIGNED_16, 0),
                options(captured, run),
                run == null ? null : run(run, first));
    }

    private static Side side(CapturedSegment captured, FourTuple tuple) {
        return switch (captured.getSender()) {
            case LOW -> Side.LOW;
            case HIGH -> {
                if (tuple.selfConnected()) {
                    throw outOfRange("sender of a connection to itself", captured.getSender());
                }
                yield Side.HIGH;
            }
            case UNKNOWN -> throw outOfRange("sender", captured.getSender());
        };
    }

    private static Run run(io.loopscope.schemas.v1.Run run, long first) {
        if (run.getSegments() < 2) {
            throw outOfRange("run.segments", run.getSegments());
        }
        return new Run(
                run.getSegments(),
                first,
                unsigned("next_sequence", run.getNextSequence()),
                within("min_window", run.getMinWindow(), UNSIGNED_16),
                within("max_window", run.getMaxWindow(), UNSIGNED_16));
    }

    private static Options options(CapturedSegment captured, io.loopscope.schemas.v1.@Nullable Run run) {
        Long value = run == null ? captured.getTimestampValue() : run.getLastTimestampValue();
        Long echo = run == null ? captured.getTimestampEcho() : run.getLastTimestampEcho();
        boolean onlyTimestamps = captured.getMaximumSegmentSize() == null
                && captured.getWindowScale() == null
                && !captured.getSackPermitted();
        if (onlyTimestamps && value == null) {
            return Options.NONE;
        }
        return new Options(
                optional("maximum_segment_size", captured.getMaximumSegmentSize(), UNSIGNED_16, Options.ABSENT),
                optional("window_scale", captured.getWindowScale(), UNSIGNED_8, Options.ABSENT),
                captured.getSackPermitted(),
                value != null,
                value == null ? 0 : unsigned("timestamp_value", value),
                echo == null ? 0 : unsigned("timestamp_echo", echo));
    }

    private static long payload(CapturedSegment captured) {
        long octets = notNegative("payload_octets", captured.getPayloadOctets());
        if (captured.getRun() == null && octets > UNSIGNED_32) {
            throw outOfRange("payload_octets", octets);
        }
        return octets;
    }
}
