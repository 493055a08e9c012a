package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The agents of a host: which batches of their runs were applied, and whether all of them are silent. Silence is measured
 * by somebody else's clock; the host's own stands still meanwhile.
 */
final class AgentWatch extends Alarm {

    /** So many heartbeat intervals without one, of a run that goes on, and the machine slept: nobody watched. */
    private static final int SLEPT_INTERVALS = 10;

    private static final long SLEPT_AT_LEAST_NANOS = 30_000_000_000L;

    private final CaptureHealth capture;
    private final ConnectionTable connections;
    private final ListenerTable listeners;

    private final RunBook runs = new RunBook();
    private long intervalNanos;
    private boolean stopped;
    private boolean givenUp;

    AgentWatch(HostContext host, CaptureHealth capture, ConnectionTable connections, ListenerTable listeners) {
        super(host, null, AnomalyName.AGENT_SILENT);
        this.capture = capture;
        this.connections = connections;
        this.listeners = listeners;
    }

    /** False when it was applied already. */
    boolean batch(AgentRun run, long sequence, long skipped) {
        RunBook.Entry entry = heard(run);
        if (sequence < entry.nextBatch) {
            host.counters.add(Counters.Counter.BATCHES_REPLAYED, 1);
            return false;
        }
        missing(entry, sequence);
        entry.nextBatch = sequence + 1;
        if (skipped > 0) {
            entry.skippedSinceHeartbeat += skipped;
            capture.lost(skipped, host.nowNanos());
        }
        changed();
        return true;
    }

    void heartbeat(
            AgentRun run,
            long watermarkNanos,
            long interval,
            long nextSequence,
            CaptureTotals totals,
            boolean goodbye) {
        RunBook.Entry entry = heard(run);
        clockStep(entry, watermarkNanos);
        long silence = watermarkNanos - host.nowNanos();
        if (intervalNanos > 0 && silence > Math.max(SLEPT_AT_LEAST_NANOS, SLEPT_INTERVALS * intervalNanos)) {
            unwatched(silence - interval);
        }
        intervalNanos = interval;
        missing(entry, nextSequence);
        entry.nextBatch = Math.max(entry.nextBatch, nextSequence);
        long known = entry.lostTotal + entry.skippedSinceHeartbeat;
        if (entry.lostTotal != RunBook.UNKNOWN && totals.lost() > known) {
            capture.lost(totals.lost() - known, host.nowNanos());
        }
        entry.lostTotal = Math.max(entry.lostTotal, totals.lost());
        entry.skippedSinceHeartbeat = 0;
        stopped = goodbye;
        changed();
    }

    /** A run's own promise goes back only when the host's clock was set back. */
    private void clockStep(RunBook.Entry entry, long watermarkNanos) {
        if (entry.watermarkNanos - watermarkNanos > Timers.CLOCK_STEP_NANOS) {
            host.counters.add(Counters.Counter.CLOCK_STEPS, 1);
            unwatched(watermarkNanos - host.nowNanos());
        }
        entry.watermarkNanos = watermarkNanos;
    }

    private RunBook.Entry heard(AgentRun run) {
        AgentRun before = runs.latest();
        RunBook.Entry entry = runs.find(run);
        if (entry == null) {
            entry = runs.add(run);
            begin(run, before);
        }
        stopped = false;
        givenUp = false;
        close(ClearReason.RETURNED, host.nowNanos());
        return entry;
    }

    /** A run is heard for the first time: from its epoch on somebody watches again. */
    private void begin(AgentRun run, @Nullable AgentRun before) {
        changed();
        if (before == null) {
            return;
        }
        // The clock stands where another agent's promise left it, if there is one that watches meanwhile.
        unwatched(Math.max(0, run.epochNanos() - host.nowNanos()));
        intervalNanos = 0;
        boolean rebooted = !run.bootId().equals(before.bootId())
                && !run.bootId().isEmpty()
                && !before.bootId().isEmpty();
        if (rebooted) {
            giveUpAll(ClearReason.EXPIRED);
        }
    }

    private void unwatched(long nanos) {
        host.timers.skip(nanos);
        host.back(host.nowNanos());
    }

    private void missing(RunBook.Entry entry, long sequence) {
        if (entry.nextBatch != RunBook.UNKNOWN && sequence > entry.nextBatch) {
            long missing = sequence - entry.nextBatch;
            host.counters.add(Counters.Counter.BATCHES_MISSING, missing);
            capture.lostBatches(missing, host.nowNanos());
        }
    }

    void silent(long silentNanos) {
        if (runs.latest() == null) {
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

    /** It was silent for so long that nothing is known of the host any more. */
    boolean hasGivenUp() {
        return givenUp;
    }

    /** It reads the socket table. */
    void socketReport(AgentRun run) {
        if (stopped && runs.find(run) != null) {
            return; // It came before the goodbye, and comes again.
        }
        heard(run);
    }

    private void giveUpAll(ClearReason reason) {
        long nowNanos = host.nowNanos();
        connections.giveUpAll(reason, nowNanos);
        for (ListenerMonitor listener : listeners.all()) {
            listener.giveUp(reason, nowNanos);
        }
        listeners.publishCensus(nowNanos);
    }

    HostStatus status(long lossNanos) {
        AgentRun run = runs.latest();
        return new HostStatus(
                host.nowNanos(),
                runs.latestWatermarkNanos(),
                run == null ? 0 : run.epochNanos(),
                run == null ? "" : run.bootId(),
                intervalNanos,
                presence(),
                host.timers.trusted(),
                lossNanos,
                runs.lost());
    }

    private HostStatus.Presence presence() {
        if (givenUp) {
            return HostStatus.Presence.GIVEN_UP;
        }
        if (isOpen()) {
            return HostStatus.Presence.SILENT;
        }
        return stopped ? HostStatus.Presence.STOPPED : HostStatus.Presence.LIVE;
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
        runs.writeTo(output);
        output.writeLong(intervalNanos);
        output.writeBoolean(stopped);
        output.writeBoolean(givenUp);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        runs.readFrom(input);
        intervalNanos = input.readLong();
        stopped = input.readBoolean();
        givenUp = input.readBoolean();
    }
}
