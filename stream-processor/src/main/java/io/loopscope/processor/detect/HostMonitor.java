package io.loopscope.processor.detect;

import io.loopscope.processor.detect.Tracked.Phase;
import io.loopscope.processor.sockets.SocketReport;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.TcpSettings;
import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
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
 * time does not count for what has to hold for a while. When a heartbeat shows that the
 * host's clock was set back by more than 10 s, the monitor goes back with it.
 *
 * <p><b>Storing.</b> A host is rebuilt from its stored pieces with a {@link Restorer}; a step says which of them changed.
 */
public final class HostMonitor {

    private final HostContext host;
    private final ConditionEngine conditions;
    private final ListenerTable listeners;
    private final ConnectionTable connections;
    private final CaptureHealth capture;
    private final AgentWatch agent;
    private final SocketWatch table;
    private final Octets stored = new Octets();

    /**
     * A host of which nothing is known yet.
     *
     * @param hostId stable name of the host
     * @param networkNamespace inode of the captured namespace, 0 where unknown
     * @param settings thresholds
     * @param tcp what the TCP core has to know about the host's kernel
     */
    public HostMonitor(String hostId, long networkNamespace, DetectorSettings settings, TcpSettings tcp) {
        host = new HostContext(hostId, networkNamespace, settings, tcp);
        conditions = new ConditionEngine(host);
        listeners = new ListenerTable(host);
        capture = new CaptureHealth(host);
        Roll roll = new Roll(listeners, conditions);
        ConnectionEvents events = new ConnectionEvents(host, new Happenings(host, conditions, roll, capture));
        connections = new ConnectionTable(host, conditions, listeners, roll, events);
        agent = new AgentWatch(host, capture, connections, listeners);
        table = connections.table();
    }

    /** Stable name of the host. */
    public String hostId() {
        return host.hostId;
    }

    /** Inode of the captured namespace, 0 where unknown. */
    public long networkNamespace() {
        return host.networkNamespace;
    }

    /** The host's clock: the maximum of event times and watermarks, nanoseconds since the epoch; 0 before the first. */
    public long clockNanos() {
        return host.nowNanos();
    }

    /** Connections remembered now, closed ones included. */
    public int connections() {
        return connections.size();
    }

    /**
     * Share of the ends known to segments and socket table of which both say the same state, 0 to 1; null while there are
     * none, or the table is not read.
     */
    public @Nullable Double agreementRatio() {
        return listeners.agreementRatio();
    }

    /**
     * From now on this host shares room for connections with others, until it {@linkplain #leave leaves}. Where it exceeds
     * its own bounds, what it gives up follows from what it was fed; here also from what others were.
     */
    public void share(ConnectionRoom room) {
        connections.enter(room);
    }

    /** Its connections take no room any more, because it is dropped. */
    public void leave() {
        connections.leave();
    }

    /** Tells of connections that are done, from now on. */
    public void onRetired(RetiredConnections hearer) {
        host.retired = hearer;
    }

    /** Tells of every connection that is still remembered, in the order of their 4-tuples. */
    public void forEachConnection(RetiredConnections hearer) {
        for (Tracked tracked : connections.all()) {
            hearer.retired(tracked::id, tracked.connection);
        }
    }

    /** What was seen, left out and given up. */
    public Counters counters() {
        return host.counters;
    }

    /**
     * A batch begins.
     *
     * @param sequence the batch's number in its run, from 0 on
     * @param skippedBefore segments left out since the batch before
     * @return false when this batch has been applied already: skip its segments
     */
    public boolean batch(AgentRun run, long sequence, long skippedBefore, Step out) {
        host.begin(out);
        return agent.batch(run, sequence, skippedBefore);
    }

    /**
     * A segment was captured. First lets the time until its (first) timestamp pass.
     *
     * @param tuple of this host and namespace
     */
    public void segment(FourTuple tuple, Segment segment, Step out) {
        segment(tuple, segment, false, out);
    }

    /**
     * The same.
     *
     * @param controlOnly of this connection only segments with SYN, FIN, RST or a window of 0 are captured
     */
    public void segment(FourTuple tuple, Segment segment, boolean controlOnly, Step out) {
        host.begin(out);
        host.timers.advance(segment.firstNanos());
        host.counters.add(Counters.Counter.SEGMENTS, segment.count());
        capture.seen(segment.count(), segment.firstNanos());
        connections.apply(tuple, segment, controlOnly);
        out.hostHasChanged();
    }

    /**
     * A sign of life: everything this agent run saw up to the watermark has been applied. Publishes the census.
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
            Step out) {
        host.begin(out);
        agent.heartbeat(run, watermarkNanos, intervalNanos, nextBatchSequence, totals, plannedStop);
        host.timers.advance(watermarkNanos);
        table.heartbeat();
        connections.makeRoomForOthers();
        listeners.publishCensus(host.nowNanos());
        out.hostHasChanged();
    }

    /**
     * Part of a poll of the kernel's socket table. It comes after all segments captured up to its time.
     *
     * @return false when it is not used: it was applied already, or another agent reads the table
     */
    public boolean socketReport(AgentRun run, SocketReport report, Step out) {
        host.begin(out);
        agent.socketReport(run);
        host.timers.advance(report.timeNanos());
        out.hostHasChanged();
        boolean fresh = table.report(run, report);
        // What the table dates back is due already.
        host.timers.advance(report.timeNanos());
        return fresh;
    }

    /** Lets the host's time pass; a time in the past changes nothing. Publishes the census. */
    public void advance(long hostTimeNanos, Step out) {
        host.begin(out);
        host.timers.advance(hostTimeNanos);
        connections.makeRoomForOthers();
        listeners.publishCensus(host.nowNanos());
        out.hostHasChanged();
    }

    /**
     * Nothing was heard of the agent. To be told again and again while it lasts, by the wall clock; decides by itself when
     * that is an anomaly, and when the host is given up.
     *
     * @param silentNanos for how long until now
     */
    public void agentSilent(long silentNanos, Step out) {
        host.begin(out);
        agent.silent(silentNanos);
        connections.makeRoomForOthers();
    }

    /** Its agent was silent for so long that all its connections were given up: it may be stored and dropped. */
    public boolean isGivenUp() {
        return agent.hasGivenUp();
    }

    /**
     * Stored value of a connection; null when it is not remembered (any more): delete it. Nobody may change these octets:
     * an idle connection keeps its state in them, so that they are in memory once when the store keeps them, too.
     */
    public byte @Nullable [] connectionBytes(FourTuple tuple) {
        Tracked tracked = connections.get(tuple);
        if (tracked == null) {
            return null;
        }
        try {
            return StoredConnection.bytes(tracked, stored);
        } catch (IOException e) {
            throw memoryFails(e);
        }
    }

    /** Stored value of a listener; null when it is not remembered (any more): delete it. */
    public byte @Nullable [] listenerBytes(Listener listener) {
        ListenerMonitor monitor = listeners.get(listener);
        return monitor == null
                ? null
                : bytes(output -> {
                    StoredVersion.write(output);
                    monitor.writeTo(output);
                });
    }

    /** Stored value of the host itself. */
    public byte[] hostBytes() {
        return bytes(output -> {
            StoredVersion.write(output);
            Timers timers = host.timers;
            output.writeLong(timers.nowNanos());
            output.writeLong(timers.unwatchedNanos());
            output.writeBoolean(timers.trusted());
            output.writeLong(timers.trustedSinceNanos());
            output.writeLong(host.lossNanos());
            output.writeLong(host.backNanos());
            capture.writeTo(output);
            agent.writeTo(output);
            host.polls.writeTo(output);
            host.locals.writeTo(output);
            table.writeTo(output);
        });
    }

    /** For tests, which inject bugs. */
    @Nullable Tracked tracked(FourTuple tuple) {
        return connections.get(tuple);
    }

    /** Of a host {@linkplain StoredHost as it was stored}. */
    HostStatus status() {
        return agent.status(host.lossNanos());
    }

    /** Of a listener as it was stored. */
    ListenerStatus status(Listener listener) {
        ListenerMonitor known = listeners.of(listener);
        return new ListenerStatus(
                listener,
                known.isListening(),
                Processes.text(known.process()),
                known.census,
                known.kernelCensus.counts);
    }

    /** A connection as it was stored, only to be looked at: it does not become one of this host's. */
    Tracked read(FourTuple tuple, DataInput stored) throws IOException {
        Tracked read = StoredConnection.read(tuple, host.tcp, connections, conditions, host.timers, stored);
        read.conditions.forEach(host.timers::cancel);
        read.listener = listeners.get(read.view().listener());
        return read;
    }

    private interface Writing {
        void to(DataOutput output) throws IOException;
    }

    private byte[] bytes(Writing writing) {
        try {
            writing.to(stored.clear());
        } catch (IOException e) {
            throw memoryFails(e);
        }
        return stored.toBytes();
    }

    private static UncheckedIOException memoryFails(IOException cause) {
        return new UncheckedIOException("memory does not fail", cause);
    }

    /** Rebuilds a host from its stored values, given in any order. */
    public static final class Restorer {

        private final HostMonitor monitor;
        private final List<Tracked> tracked = new ArrayList<>();
        private final List<byte[]> values = new ArrayList<>();

        /** As the constructor of {@link HostMonitor}. */
        public Restorer(String hostId, long networkNamespace, DetectorSettings settings, TcpSettings tcp) {
            monitor = new HostMonitor(hostId, networkNamespace, settings, tcp);
        }

        /**
         * Adds the host's own value.
         *
         * @throws IOException when it is of another version, or damaged
         */
        public Restorer host(byte[] bytes) throws IOException {
            DataInputStream input = new DataInputStream(new ByteArrayInputStream(bytes));
            int version = StoredVersion.read("host", input);
            HostContext host = monitor.host;
            host.timers.restore(input.readLong(), input.readLong(), input.readBoolean(), input.readLong());
            host.restore(input.readLong(), input.readLong());
            monitor.capture.readFrom(input);
            monitor.agent.readFrom(input);
            if (version >= StoredVersion.WITH_TABLE) {
                host.polls.readFrom(input);
                host.locals.readFrom(input);
                monitor.table.readFrom(input);
            }
            if (version < StoredVersion.WITH_NAMES) {
                host.polls.withoutNames();
            }
            return this;
        }

        /**
         * Adds a listener.
         *
         * @throws IOException when it is of another version, or damaged
         */
        public Restorer listener(Listener listener, byte[] bytes) throws IOException {
            DataInputStream input = new DataInputStream(new ByteArrayInputStream(bytes));
            int version = StoredVersion.read("listener", input);
            monitor.listeners.of(listener).readFrom(input, version);
            return this;
        }

        /**
         * Adds a connection.
         *
         * @param bytes nobody may change them any more, as those of {@link HostMonitor#connectionBytes}
         * @throws IOException when it is of another version, or damaged
         */
        public Restorer connection(FourTuple tuple, byte[] bytes) throws IOException {
            DataInputStream input = new DataInputStream(new ByteArrayInputStream(bytes));
            HostContext host = monitor.host;
            tracked.add(StoredConnection.read(
                    tuple, host.tcp, monitor.connections, monitor.conditions, host.timers, input));
            values.add(bytes);
            return this;
        }

        /**
         * The host as it was.
         *
         * @param out takes what follows from changed settings, such as anomalies that are none any more
         */
        public HostMonitor restore(Step out) {
            monitor.host.begin(out);
            Quarantine quarantine = monitor.connections.quarantine();
            for (Tracked one : tracked) {
                quarantine.guard(one, () -> monitor.connections.restore(one));
            }
            for (int i = 0; i < values.size(); i++) {
                share(tracked.get(i), values.get(i));
            }
            monitor.listeners.restored();
            for (Tracked one : monitor.connections.all()) {
                quarantine.guard(one, () -> monitor.conditions.settingsChanged(one, monitor.clockNanos()));
            }
            for (ListenerMonitor listener : monitor.listeners.all()) {
                listener.alarms().settingsChanged(monitor.clockNanos());
            }
            return monitor;
        }

        private void share(Tracked one, byte[] value) {
            if (one.phase == Phase.IDLE) {
                try {
                    StoredConnection.share(one, value, monitor.stored);
                } catch (IOException e) {
                    throw memoryFails(e);
                }
            }
        }

        /** The host as far as it has been given, only to be looked at. */
        HostMonitor asStored() {
            return monitor;
        }
    }
}
