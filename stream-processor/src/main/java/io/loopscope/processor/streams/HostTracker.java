package io.loopscope.processor.streams;

import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.HostMonitor;
import io.loopscope.processor.detect.Quarantined;
import io.loopscope.processor.detect.Step;
import io.loopscope.processor.streams.Counters.Counter;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.SchemaIds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the records of one partition to the monitors of its hosts, in order, and carries out what follows. Whatever a
 * record holds, the next one is processed.
 */
final class HostTracker {
    /** How often silence is measured; a heartbeat comes every second by default. */
    static final Duration TICK = Duration.ofMillis(500);
    /** Records older than this say that the processor is behind: what looks like silence may be backlog. */
    static final Duration BEHIND = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(HostTracker.class);

    private final Counters counters;
    private final Stores stores;
    private final HostMonitors monitors;
    private final AgentBook agents;
    private final DeadLetters deadLetters;
    private final Publisher publisher;
    private final CaptureReader reader;
    private final RecordCodec codec;
    private final SilenceWatch silence = new SilenceWatch(TICK.toMillis());
    private final Step step = Step.quarantining();
    private boolean storedHostsKnown;
    private long recordsSinceTick;
    private long latestTimestampMs;

    HostTracker(
            ProcessorContext<byte[], byte[]> context,
            DetectorSettings settings,
            TcpSettings tcp,
            Counters counters,
            RecordLimits limits,
            SchemaIds ids) {
        codec = new RecordCodec(ids);
        reader = new CaptureReader(codec);
        this.counters = counters;
        stores = new Stores(context);
        monitors = new HostMonitors(stores, settings, tcp, counters.room());
        agents = new AgentBook(stores);
        deadLetters = new DeadLetters(context, counters, limits);
        publisher = new Publisher(context, limits, deadLetters);
    }

    void process(Record<byte[], byte[]> record) {
        counters.increment(Counter.RECORDS);
        recordsSinceTick++;
        latestTimestampMs = record.timestamp();
        try {
            use(reader.delivery(record.key(), record.value()), record);
        } catch (UnusableRecordException e) {
            deadLetters.send(record, e.reason(), e);
        }
    }

    void use(Delivery delivery, Record<byte[], byte[]> record) {
        HostKey host = delivery.host();
        AgentRuns book = agents.of(host);
        Arrival arrival = delivery.enter(book);
        counters.add(Counter.LOST_BATCHES, arrival.lostBatches());
        Effects booked = new Effects(codec, record.timestamp());
        booked.write(Stores.AGENTS, host.toBytes(), book.toBytes());
        booked.carryOut(stores, publisher);
        switch (arrival.verdict()) {
            case SUPERSEDED -> counters.increment(Counter.SUPERSEDED);
            case REPLAYED -> {
                counters.increment(Counter.REPLAYED);
                silence.heard(host);
            }
            case ACCEPTED -> {
                silence.heard(host);
                apply(delivery, record);
            }
        }
    }

    private void apply(Delivery delivery, Record<byte[], byte[]> record) {
        HostKey host = delivery.host();
        HostMonitor monitor = monitors.of(host, step);
        Effects found = new Effects(codec, record.timestamp());
        long begun = counters.timings().begin();
        boolean fresh;
        try {
            fresh = delivery.apply(monitor, step);
            found.collect(host, monitor, step);
        } catch (RuntimeException bug) {
            setAside(host, bug);
            deadLetters.send(record, DeadLetterReason.QUARANTINED, bug);
            return;
        }
        setAside(host, step.quarantined())
                .ifPresent(what -> deadLetters.send(record, DeadLetterReason.CONNECTION_QUARANTINED, what));
        monitor.counters().tell(counters);
        if (fresh) {
            delivery.count(counters);
            if (delivery instanceof Delivery.Table) {
                counters.agreement(host, monitor.agreementRatio());
            }
        } else {
            counters.increment(Counter.REPLAYED);
        }
        carryOut(found);
        delivery.time(counters.timings(), begun);
    }

    /** The partition is not processed here any more. */
    void close() {
        monitors.forgetAll();
    }

    /** Wall clock has passed. */
    void tick(long nowMs) {
        if (!storedHostsKnown) {
            monitors.stored().forEach(silence::known);
            storedHostsKnown = true;
        }
        boolean behind = recordsSinceTick > 0 && nowMs - latestTimestampMs > BEHIND.toMillis();
        recordsSinceTick = 0;
        silence.tick(nowMs, behind);
        for (HostKey host : silence.hosts()) {
            long silentMs = silence.silentMs(host);
            if (silentMs > 0) {
                tellSilence(host, silentMs, nowMs);
            }
        }
    }

    private void tellSilence(HostKey host, long silentMs, long nowMs) {
        HostMonitor monitor = monitors.of(host, step);
        Effects found = new Effects(codec, nowMs);
        try {
            monitor.agentSilent(TimeUnit.MILLISECONDS.toNanos(silentMs), step);
            found.collect(host, monitor, step);
        } catch (RuntimeException bug) {
            setAside(host, bug);
            counters.increment(Counter.FAILED_TICKS);
            return;
        }
        setAside(host, step.quarantined()).ifPresent(what -> counters.increment(Counter.FAILED_TICKS));
        monitor.counters().tell(counters);
        carryOut(found);
        if (monitor.isGivenUp()) {
            // It may never come back. If it does, the stores know it.
            monitors.forget(host);
            agents.forget(host);
            silence.forget(host);
        }
    }

    private void carryOut(Effects found) {
        step.outputs().forEach(counters::count);
        step.clear();
        found.carryOut(stores, publisher);
    }

    /**
     * Tells what the detector failed at and goes on without.
     *
     * @return it in words; empty when it did not fail
     */
    private Optional<String> setAside(HostKey host, List<Quarantined> failed) {
        for (Quarantined one : failed) {
            counters.increment(Counter.QUARANTINED);
            LOG.error(
                    "The detector failed, which is a bug in Loopscope. Host {} goes on without {}",
                    host,
                    what(host, one),
                    one.bug());
        }
        return failed.stream().map(one -> what(host, one) + ": " + one.bug()).reduce((all, next) -> all + "; " + next);
    }

    private static String what(HostKey host, Quarantined failed) {
        FourTuple connection = failed.connection();
        return connection == null ? "a timer" : "connection " + Sockets.key(host.hostId(), connection);
    }

    /** Nobody knows what state the monitor is in; the stores have what was good before. */
    private void setAside(HostKey host, RuntimeException bug) {
        step.clear();
        monitors.forget(host);
        LOG.error(
                "The detector failed, which is a bug in Loopscope. Host {} goes on without what led to it", host, bug);
    }
}
