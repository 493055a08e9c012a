package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.TcpSettings;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Everything known about one host, as far as one network namespace of it is captured: connections, listeners, anomalies,
 * and how sound the capture is. (Each namespace has an agent of its own, and the agent's promise of completeness covers no
 * other.) Not thread-safe.
 *
 * <p><b>Feeding.</b> Per record of the capture topic, in order: for a batch {@link #batch}, then {@link #segment} for each
 * item; for a heartbeat {@link #heartbeat}. Offline: {@link #segment} per packet and {@link #advance} at the end. Each
 * call adds to a {@link Step}.
 *
 * <p><b>Time</b> is the host's: the maximum of event times and watermarks. Deadlines fire at their own time, in order,
 * however far a call advances. While nobody watched (the agent was away, the machine slept) silence is no evidence: that
 * time does not count for what has to hold for a while.
 *
 * <p><b>Storing.</b> A host is rebuilt from its stored pieces with a {@link Restorer}; a step says which of them changed.
 */
public final class HostMonitor {

    private final String hostId;
    private final long networkNamespace;

    /**
     * A host of which nothing is known yet.
     *
     * @param networkNamespace inode of the captured namespace, 0 where unknown
     */
    public HostMonitor(String hostId, long networkNamespace, DetectorSettings settings, TcpSettings tcp) {
        this.hostId = hostId;
        this.networkNamespace = networkNamespace;
    }

    /** Stable name of the host. */
    public String hostId() {
        return hostId;
    }

    /** Inode of the captured namespace, 0 where unknown. */
    public long networkNamespace() {
        return networkNamespace;
    }

    /** The host's clock: the maximum of event times and watermarks, nanoseconds since the epoch; 0 before the first. */
    public long clockNanos() {
        return 0;
    }

    /**
     * A batch begins.
     *
     * @param sequence the batch's number in its run, from 0 on
     * @param skippedBefore segments left out since the batch before
     * @return false when this batch has been applied already: skip its segments
     */
    public boolean batch(AgentRun run, long sequence, long skippedBefore, Step out) {
        return true;
    }

    /**
     * A segment was captured. First lets the time until its (first) timestamp pass.
     *
     * @param tuple of this host and namespace
     */
    public void segment(FourTuple tuple, Segment segment, Step out) {}

    /**
     * A sign of life: everything this agent run saw up to the watermark has been applied.
     *
     * @param watermarkNanos the promise, nanoseconds since the epoch
     * @param intervalNanos time to the next heartbeat
     * @param nextBatchSequence all batches with a lower number have been sent
     * @param totals the run's totals
     * @param plannedStop the agent says goodbye: its silence means nothing
     */
    public void heartbeat(
            AgentRun run,
            long watermarkNanos,
            long intervalNanos,
            long nextBatchSequence,
            CaptureTotals totals,
            boolean plannedStop,
            Step out) {}

    /** Lets the host's time pass; a time in the past changes nothing. Publishes the census. */
    public void advance(long hostTimeNanos, Step out) {}

    /**
     * Nothing was heard of the agent. To be told again and again while it lasts, by the wall clock; decides by itself when
     * that is an anomaly, and when the host is given up.
     *
     * @param silentNanos for how long until now
     */
    public void agentSilent(long silentNanos, Step out) {}

    /** Stored value of a connection; null when it is not remembered (any more): delete it. */
    public byte @Nullable [] connectionBytes(FourTuple tuple) {
        return null;
    }

    /** Stored value of a listener; null when it is not remembered (any more): delete it. */
    public byte @Nullable [] listenerBytes(Listener listener) {
        return null;
    }

    /** Stored value of the host itself. */
    public byte[] hostBytes() {
        return new byte[0];
    }

    /** Rebuilds a host from its stored values, given in any order. */
    public static final class Restorer {

        private final HostMonitor monitor;

        /** As the constructor of {@link HostMonitor}. */
        public Restorer(String hostId, long networkNamespace, DetectorSettings settings, TcpSettings tcp) {
            monitor = new HostMonitor(hostId, networkNamespace, settings, tcp);
        }

        /**
         * Adds the host's own value.
         *
         * @throws IOException when it is of a later version, or damaged
         */
        public Restorer host(byte[] bytes) throws IOException {
            return this;
        }

        /**
         * Adds a listener.
         *
         * @throws IOException when it is of a later version, or damaged
         */
        public Restorer listener(Listener listener, byte[] bytes) throws IOException {
            return this;
        }

        /**
         * Adds a connection.
         *
         * @throws IOException when it is of a later version, or damaged
         */
        public Restorer connection(FourTuple tuple, byte[] bytes) throws IOException {
            return this;
        }

        /**
         * The host as it was.
         *
         * @param out takes what follows from changed settings, such as anomalies that are none any more
         */
        public HostMonitor restore(Step out) {
            return monitor;
        }
    }
}
