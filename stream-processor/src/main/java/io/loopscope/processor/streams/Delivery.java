package io.loopscope.processor.streams;

import io.loopscope.processor.detect.AgentRun;
import io.loopscope.processor.detect.CaptureTotals;
import io.loopscope.processor.detect.HostMonitor;
import io.loopscope.processor.detect.Step;
import io.loopscope.processor.sockets.SocketReport;
import io.loopscope.processor.streams.Counters.Counter;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Segment;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A record of the capture topic in the words of the core, checked. */
interface Delivery {

    /** What it is about. */
    HostKey host();

    /** Enters it into the book of its host's agent runs. */
    Arrival enter(AgentRuns book);

    /**
     * Feeds it to its host's monitor.
     *
     * @return false when the monitor has had it before
     */
    boolean apply(HostMonitor monitor, Step out);

    /** Counts it as used. */
    void count(Counters counters);

    /**
     * Tells how long it took, and how late it was.
     *
     * @param begun what {@link Timings#begin} said before
     */
    default void time(Timings timings, long begun) {}

    /**
     * A segment and the connection it belongs to.
     *
     * @param controlOnly of that connection only segments with SYN, FIN, RST or a window of 0 are captured
     */
    record Captured(FourTuple fourTuple, Segment segment, boolean controlOnly) {}

    /** A {@link io.loopscope.schemas.v1.CaptureBatch}. */
    record Batch(
            HostKey host,
            long epoch,
            String bootId,
            String captured,
            long sequence,
            long skippedBefore,
            List<Captured> segments)
            implements Delivery {

        @Override
        public Arrival enter(AgentRuns book) {
            return book.batch(epoch, bootId, captured, sequence);
        }

        @Override
        public boolean apply(HostMonitor monitor, Step out) {
            if (!monitor.batch(new AgentRun(bootId, epoch), sequence, skippedBefore, out)) {
                return false;
            }
            for (Captured one : segments) {
                monitor.segment(one.fourTuple, one.segment, one.controlOnly, out);
            }
            return true;
        }

        @Override
        public void count(Counters counters) {
            counters.increment(Counter.BATCHES);
            counters.add(Counter.SEGMENTS, segments.size());
        }

        @Override
        public void time(Timings timings, long begun) {
            timings.processed(segments.size(), begun);
        }
    }

    /** A {@link io.loopscope.schemas.v1.Heartbeat}. */
    record SignOfLife(
            HostKey host,
            long epoch,
            String bootId,
            List<String> interfaces,
            long watermarkNanos,
            long intervalMs,
            long nextBatch,
            long sequence,
            boolean plannedStop,
            CaptureTotals totals)
            implements Delivery {

        @Override
        public Arrival enter(AgentRuns book) {
            return book.heartbeat(epoch, bootId, interfaces, nextBatch, sequence, plannedStop);
        }

        @Override
        public boolean apply(HostMonitor monitor, Step out) {
            monitor.heartbeat(
                    new AgentRun(bootId, epoch),
                    watermarkNanos,
                    TimeUnit.MILLISECONDS.toNanos(intervalMs),
                    nextBatch,
                    totals,
                    plannedStop,
                    out);
            return true;
        }

        @Override
        public void count(Counters counters) {
            counters.increment(Counter.HEARTBEATS);
        }

        @Override
        public void time(Timings timings, long begun) {
            timings.watermark(watermarkNanos);
        }
    }

    /** A {@link io.loopscope.schemas.v1.SocketReport}. */
    record Table(HostKey host, long epoch, String bootId, SocketReport report) implements Delivery {

        @Override
        public Arrival enter(AgentRuns book) {
            return book.unnumbered(epoch);
        }

        @Override
        public boolean apply(HostMonitor monitor, Step out) {
            return monitor.socketReport(new AgentRun(bootId, epoch), report, out);
        }

        @Override
        public void count(Counters counters) {
            counters.increment(Counter.SOCKET_REPORTS);
        }
    }
}
