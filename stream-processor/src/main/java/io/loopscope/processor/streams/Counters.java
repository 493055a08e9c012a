package io.loopscope.processor.streams;

import io.loopscope.processor.detect.AnomalyChange;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.CensusChange;
import io.loopscope.processor.detect.ConnectionChange;
import io.loopscope.processor.detect.ConnectionSummary;
import io.loopscope.processor.detect.Output;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the stream threads of one process count; see {@link ProcessorStatistics} for the meanings. Counters are about
 * work done: what an aborted transaction makes them do again is counted again.
 */
public final class Counters {
    /** The plain ones. */
    enum Counter {
        RECORDS,
        BATCHES,
        SEGMENTS,
        HEARTBEATS,
        SOCKET_REPORTS,
        REPLAYED,
        SUPERSEDED,
        LOST_BATCHES,
        CONNECTION_EVENTS,
        CENSUS_COUNTS,
        EVICTED,
        QUARANTINED,
        NOT_PUBLISHED,
        FAILED_TICKS
    }

    private final Map<Counter, LongAdder> plain = new EnumMap<>(Counter.class);
    private final Map<DeadLetterReason, LongAdder> deadLetters = new EnumMap<>(DeadLetterReason.class);
    private final Map<AnomalyName, LongAdder> opened = new EnumMap<>(AnomalyName.class);
    private final Map<AnomalyName, LongAdder> cleared = new EnumMap<>(AnomalyName.class);

    private final Map<String, Double> agreement = new ConcurrentHashMap<>();

    /** All at 0. */
    public Counters() {
        for (Counter counter : Counter.values()) {
            plain.put(counter, new LongAdder());
        }
        for (DeadLetterReason reason : DeadLetterReason.values()) {
            deadLetters.put(reason, new LongAdder());
        }
        for (AnomalyName name : AnomalyName.values()) {
            opened.put(name, new LongAdder());
            cleared.put(name, new LongAdder());
        }
    }

    void add(Counter counter, long number) {
        adder(plain, counter).add(number);
    }

    void increment(Counter counter) {
        adder(plain, counter).increment();
    }

    /** How far segments and socket table of a host agree now; null when they cannot be compared. */
    void agreement(HostKey host, @Nullable Double ratio) {
        String name = host.hostId() + "/" + host.networkNamespace();
        if (ratio == null) {
            agreement.remove(name);
        } else {
            agreement.put(name, ratio);
        }
    }

    void deadLetter(DeadLetterReason reason) {
        adder(deadLetters, reason).increment();
    }

    void count(Output output) {
        if (output instanceof ConnectionChange change) {
            increment(Counter.CONNECTION_EVENTS);
            ConnectionSummary summary = change.summary();
            if (summary != null && summary.endReason().equals("evicted")) {
                increment(Counter.EVICTED);
            }
        } else if (output instanceof AnomalyChange change) {
            switch (change.stage()) {
                case OPENED -> adder(opened, change.name()).increment();
                case CLEARED -> adder(cleared, change.name()).increment();
                case ESCALATED -> {} // told once per life
            }
        } else if (output instanceof CensusChange) {
            increment(Counter.CENSUS_COUNTS);
        }
    }

    /** The numbers as they are now. */
    public ProcessorStatistics snapshot() {
        Map<String, Long> byReason = new TreeMap<>();
        deadLetters.forEach((reason, number) -> byReason.put(reason.label(), number.sum()));
        return new ProcessorStatistics(
                sum(Counter.RECORDS),
                sum(Counter.BATCHES),
                sum(Counter.SEGMENTS),
                sum(Counter.HEARTBEATS),
                sum(Counter.SOCKET_REPORTS),
                sum(Counter.REPLAYED),
                sum(Counter.SUPERSEDED),
                sum(Counter.LOST_BATCHES),
                byReason,
                sum(Counter.CONNECTION_EVENTS),
                sum(Counter.CENSUS_COUNTS),
                sum(Counter.EVICTED),
                sum(Counter.QUARANTINED),
                sum(Counter.NOT_PUBLISHED),
                sum(Counter.FAILED_TICKS),
                sums(opened),
                sums(cleared),
                agreement);
    }

    private long sum(Counter counter) {
        return adder(plain, counter).sum();
    }

    private static Map<String, Long> sums(Map<AnomalyName, LongAdder> adders) {
        Map<String, Long> sums = new TreeMap<>();
        adders.forEach((name, number) -> sums.put(name.name(), number.sum()));
        return sums;
    }

    private static <K> LongAdder adder(Map<K, LongAdder> adders, K key) {
        LongAdder adder = adders.get(key);
        if (adder == null) {
            throw new IllegalStateException("no counter " + key);
        }
        return adder;
    }
}
