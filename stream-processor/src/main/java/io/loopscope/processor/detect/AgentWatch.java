package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The agent of a host: which run of it is heard, which batches were applied, and whether it is silent. Silence of the agent
 * is measured by somebody else's clock; the host's own stands still meanwhile.
 */
final class AgentWatch extends Alarm {

    /** So many heartbeat intervals without one, of a run that goes on, and the machine slept: nobody watched. */
    private static final int SLEPT_INTERVALS = 10;

    private static final long SLEPT_AT_LEAST_NANOS = 30_000_000_000L;

    /** Of the first run ever heard nobody knows what was before. */
    private static final long UNKNOWN = -1;

    private final CaptureHealth capture;
    private final ConnectionTable connections;
    private final ListenerTable listeners;

    private @Nullable AgentRun run;
    private long nextBatch;
    private long intervalNanos;
    private long lostTotal;
    /** Segments told as skipped by batches, which the next heartbeat's totals contain. */
    private long skippedSinceHeartbeat;

    private boolean stopped;
    private boolean givenUp;

    AgentWatch(HostContext host, CaptureHealth capture, ConnectionTable connections, ListenerTable listeners) {
        super(host, null, AnomalyName.AGENT_SILENT);
        this.capture = capture;
        this.connections = connections;
        this.listeners = listeners;
    }

    /** False when it was applied already, or belongs to a run that is over. */
    boolean batch(AgentRun of, long sequence, long skipped) {
        if (!heard(of) || sequence < nextBatch) {
            host.counters.add(Counters.Counter.BATCHES_REPLAYED, 1);
            return false;
        }
        missing(sequence);
        nextBatch = sequence + 1;
        if (skipped > 0) {
            skippedSinceHeartbeat += skipped;
            capture.lost(skipped, host.nowNanos());
        }
        changed();
        return true;
    }

    /** False when it belongs to a run that is over. */
    boolean heartbeat(
            AgentRun of, long watermarkNanos, long interval, long nextSequence, CaptureTotals totals, boolean goodbye) {
        if (!heard(of)) {
            return false;
        }
        long silence = watermarkNanos - host.nowNanos();
        if (intervalNanos > 0 && silence > Math.max(SLEPT_AT_LEAST_NANOS, SLEPT_INTERVALS * intervalNanos)) {
            unwatched(silence - interval);
        }
        intervalNanos = interval;
        missing(nextSequence);
        nextBatch = Math.max(nextBatch, nextSequence);
        long lost = lostTotal == UNKNOWN ? 0 : totals.lost() - lostTotal - skippedSinceHeartbeat;
        if (lost > 0) {
            capture.lost(lost, host.nowNanos());
        }
        lostTotal = Math.max(lostTotal, totals.lost());
        skippedSinceHeartbeat = 0;
        stopped = goodbye;
        changed();
        return true;
    }

    /** Something of a run was heard; false when that run is over. */
    private boolean heard(AgentRun of) {
        AgentRun known = run;
        if (known == null || of.epochNanos() > known.epochNanos()) {
            begin(of, known);
        } else if (of.epochNanos() < known.epochNanos()) {
            return false;
        }
        stopped = false;
        givenUp = false;
        close(ClearReason.RETURNED, host.nowNanos());
        return true;
    }

    private void begin(AgentRun next, @Nullable AgentRun before) {
        run = next;
        nextBatch = before == null ? UNKNOWN : 0;
        lostTotal = before == null ? UNKNOWN : 0;
        skippedSinceHeartbeat = 0;
        intervalNanos = 0;
        changed();
        if (before == null) {
            return;
        }
        unwatched(Math.max(0, next.epochNanos() - host.nowNanos()));
        boolean rebooted = !next.bootId().equals(before.bootId())
                && !next.bootId().isEmpty()
                && !before.bootId().isEmpty();
        if (rebooted) {
            giveUpAll(ClearReason.EXPIRED);
        }
    }

    private void unwatched(long nanos) {
        host.timers.skip(nanos);
        host.back(host.nowNanos());
    }

    private void missing(long sequence) {
        if (nextBatch != UNKNOWN && sequence > nextBatch) {
            host.counters.add(Counters.Counter.BATCHES_MISSING, sequence - nextBatch);
            capture.lostBatches(sequence - nextBatch, host.nowNanos());
        }
    }

    void silent(long silentNanos) {
        if (run == null) {
            return;
        }
        if (!stopped && intervalNanos > 0 && silentNanos > settings().countOrOne() * intervalNanos) {
            count = silentNanos / intervalNanos;
            open(host.nowNanos(), host.nowNanos() + silentNanos);
        }
        if (!givenUp && silentNanos > host.settings.limits().agentLost().toNanos()) {
            givenUp = true;
            giveUpAll(ClearReason.AGENT_LOST);
            changed();
        }
    }

    private void giveUpAll(ClearReason reason) {
        long nowNanos = host.nowNanos();
        connections.giveUpAll(reason, nowNanos);
        for (ListenerMonitor listener : listeners.all()) {
            listener.giveUp(reason, nowNanos);
        }
        listeners.publishCensus(nowNanos);
    }

    @Override
    boolean subsided(long nowNanos) {
        return false;
    }

    @Override
    Evidence evidence() {
        return Evidence.KERNEL;
    }

    @Override
    String explain(long nowNanos) {
        return "No heartbeat for %s, %s intervals, and no goodbye: the agent, its host or its way to the brokers is down."
                .formatted(Words.duration(count * intervalNanos), count);
    }

    @Override
    void attributes(Map<String, String> attributes) {
        attributes.put("heartbeat_interval_ms", Long.toString(intervalNanos / 1_000_000));
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        AgentRun known = run;
        output.writeBoolean(known != null);
        if (known != null) {
            output.writeUTF(known.bootId());
            output.writeLong(known.epochNanos());
        }
        output.writeLong(nextBatch);
        output.writeLong(intervalNanos);
        output.writeLong(lostTotal);
        output.writeLong(skippedSinceHeartbeat);
        output.writeBoolean(stopped);
        output.writeBoolean(givenUp);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        run = input.readBoolean() ? new AgentRun(input.readUTF(), input.readLong()) : null;
        nextBatch = input.readLong();
        intervalNanos = input.readLong();
        lostTotal = input.readLong();
        skippedSinceHeartbeat = input.readLong();
        stopped = input.readBoolean();
        givenUp = input.readBoolean();
    }
}
