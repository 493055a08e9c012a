package io.loopscope.agent.testing;

import io.loopscope.agent.publish.CapturePublisher;
import io.loopscope.agent.publish.EncodedBatch;
import io.loopscope.agent.sockets.Endpoint;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecord;

/** Keeps what it is given, in order. Can be told to be away. */
public final class MemoryPublisher implements CapturePublisher {
    private final List<SpecificRecord> records = new CopyOnWriteArrayList<>();
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong undelivered = new AtomicLong();
    private final AtomicLong failedReports = new AtomicLong();
    private volatile boolean deliveringLate;
    private final RecordCodec codec = new RecordCodec();
    private volatile boolean refusingReports;
    private volatile boolean away;
    private volatile boolean closed;

    /** All records so far, in order. */
    public List<SpecificRecord> records() {
        return List.copyOf(records);
    }

    public List<CaptureBatch> batches() {
        return records.stream()
                .filter(CaptureBatch.class::isInstance)
                .map(CaptureBatch.class::cast)
                .toList();
    }

    public List<Heartbeat> heartbeats() {
        return records.stream()
                .filter(Heartbeat.class::isInstance)
                .map(Heartbeat.class::cast)
                .toList();
    }

    public List<SocketReport> socketReports() {
        return records.stream()
                .filter(SocketReport.class::isInstance)
                .map(SocketReport.class::cast)
                .toList();
    }

    public List<CapturedSegment> segments() {
        return batches().stream().flatMap(batch -> batch.getSegments().stream()).toList();
    }

    /** Segments that all items so far stand for. */
    public long segmentCount() {
        return segments().stream()
                .mapToLong(item -> item.getRun() == null ? 1 : item.getRun().getSegments())
                .sum();
    }

    /** While it is away it takes nothing. */
    public void setAway(boolean isAway) {
        away = isAway;
    }

    /** While it refuses reports of the socket table it takes all else. */
    public void refuseReports(boolean refusing) {
        refusingReports = refusing;
    }

    /** One report that was taken is lost. */
    public void loseReport() {
        failedReports.incrementAndGet();
    }

    public boolean isClosed() {
        return closed;
    }

    /** From now on what it takes is delivered only when that is waited for. */
    public void deliverLate() {
        deliveringLate = true;
    }

    @Override
    public boolean offer(EncodedBatch batch) {
        boolean taken = take(codec.decode(batch.octets()));
        (deliveringLate ? undelivered : published).addAndGet(taken ? batch.segments() : 0);
        return taken;
    }

    @Override
    public boolean awaitDelivered(Duration timeout) {
        published.addAndGet(undelivered.getAndSet(0));
        return true;
    }

    @Override
    public boolean offer(Heartbeat heartbeat) {
        return take(heartbeat);
    }

    @Override
    public boolean offer(SocketReport report) {
        return !refusingReports && take(report);
    }

    @Override
    public long failedReports() {
        return failedReports.get();
    }

    private boolean take(SpecificRecord value) {
        if (away) {
            LockSupport.parkNanos(100_000);
            return false;
        }
        records.add(value);
        return true;
    }

    @Override
    public long publishedSegments() {
        return published.get();
    }

    @Override
    public long failedSegments() {
        return 0;
    }

    @Override
    public Collection<Endpoint> brokers() {
        return List.of();
    }

    @Override
    public long connectionsMade() {
        return 0;
    }

    @Override
    public long connectionsOpen() {
        return 0;
    }

    @Override
    public boolean awaitReady(Duration timeout) {
        return !away;
    }

    @Override
    public void close(Duration timeout) {
        closed = true;
    }
}
