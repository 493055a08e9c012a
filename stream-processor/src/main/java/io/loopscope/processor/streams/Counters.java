package io.loopscope.processor.streams;

import io.loopscope.processor.detect.AnomalyChange;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.CensusChange;
import io.loopscope.processor.detect.ConnectionChange;
import io.loopscope.processor.detect.ConnectionRoom;
import io.loopscope.processor.detect.ConnectionSummary;
import io.loopscope.processor.detect.Output;
import io.loopscope.processor.tcp.Notice;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the stream threads of one process count; see {@link ProcessorStatistics} for the meanings. Counters are about
 * work done: what an aborted transaction makes them do again is counted again.
 */
public final class Counters implements io.loopscope.processor.detect.Counters.Hearer {
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
        FAILED_TICKS,
        REGISTRY_RETRIES
    }

    private final Map<Counter, LongAdder> plain = new EnumMap<>(Counter.class);
    private final Map<DeadLetterReason, LongAdder> deadLetters = new EnumMap<>(DeadLetterReason.class);
    private final Map<AnomalyName, LongAdder> opened = new EnumMap<>(AnomalyName.class);
    private final Map<AnomalyName, LongAdder> cleared = new EnumMap<>(AnomalyName.class);

    private final Map<OpenedAs, LongAdder> openedAs = new ConcurrentHashMap<>();
    private final Map<io.loopscope.processor.detect.Counters.Counter, LongAdder> detector =
            new EnumMap<>(io.loopscope.processor.detect.Counters.Counter.class);
    private final Map<Notice, LongAdder> notices = new EnumMap<>(Notice.class);
    private final Timings timings;
    private final ConnectionRoom room;

    private final Map<String, Double> agreement = new ConcurrentHashMap<>();

    /** All at 0; nothing is timed. */
    public Counters() {
        this(new Timings(() -> 0, () -> 0));
    }

    /** All at 0. */
    public Counters(Timings timings) {
        this(timings, ConnectionRoom.unbounded());
    }

    /**
     * All at 0.
     *
     * @param room for the connections of all hosts of the process
     */
    public Counters(Timings timings, ConnectionRoom room) {
        this.timings = timings;
        this.room = room;
        for (io.loopscope.processor.detect.Counters.Counter counter :
                io.loopscope.processor.detect.Counters.Counter.values()) {
            detector.put(counter, new LongAdder());
        }
        for (Notice notice : Notice.values()) {
            notices.put(notice, new LongAdder());
        }
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

    /** A schema registry was asked for a schema in vain, and will be asked again. */
    public void registryRetry() {
        increment(Counter.REGISTRY_RETRIES);
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

    /** How many connections there are, and may be. */
    public ConnectionRoom room() {
        return room;
    }

    /** What took how long. */
    Timings timings() {
        return timings;
    }

    /** More that a host's detector has counted. */
    @Override
    public void more(io.loopscope.processor.detect.Counters.Counter counter, long number) {
        adder(detector, counter).add(number);
    }

    /** More that the TCP core has noticed. */
    @Override
    public void more(Notice notice, long number) {
        adder(notices, notice).add(number);
    }

    /** What the detectors of this process have counted, by stable snake_case name; every name is there. */
    public Map<String, Long> detector() {
        Map<String, Long> sums = new TreeMap<>();
        detector.forEach((counter, number) -> sums.put(counter.name().toLowerCase(Locale.ROOT), number.sum()));
        return sums;
    }

    /** How often the TCP core noticed something, by stable snake_case name; every name is there. */
    public Map<String, Long> notices() {
        Map<String, Long> sums = new TreeMap<>();
        notices.forEach((notice, number) -> sums.put(notice.counterName(), number.sum()));
        return sums;
    }

    /** Anomalies opened, by name and by the severity they were opened with; those that never were are not there. */
    public Map<OpenedAs, Long> openedAs() {
        Map<OpenedAs, Long> sums = new HashMap<>();
        openedAs.forEach((as, number) -> sums.put(as, number.sum()));
        return sums;
    }

    /**
     * What an anomaly was opened as.
     *
     * @param name name in the catalogue
     * @param severity in capitals
     */
    public record OpenedAs(String name, String severity) {}

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
                case OPENED -> {
                    adder(opened, change.name()).increment();
                    openedAs.computeIfAbsent(
                                    new OpenedAs(
                                            change.name().name(),
                                            change.severity().name()),
                                    as -> new LongAdder())
                            .increment();
                }
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
                sum(Counter.REGISTRY_RETRIES),
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
