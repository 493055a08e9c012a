package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Notice;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What was seen, left out and given up on a host since this process has it. Only grows; not stored. */
public final class Counters {

    /** Counted things that have no other name. */
    public enum Counter {
        /** Connections whose handling failed, which is a bug, and that were taken out for it. */
        CONNECTIONS_QUARANTINED,
        /** Timers of listeners or of the host that failed, which is a bug. */
        TIMERS_QUARANTINED,
        /** Segments of connections that had just been taken out for a bug. */
        SEGMENTS_QUARANTINED,
        /** Segments applied. */
        SEGMENTS,
        /** Batches that had been applied already. */
        BATCHES_REPLAYED,
        /** Batches that never came. */
        BATCHES_MISSING,
        /** Incarnations opened. */
        CONNECTIONS_OPENED,
        /** Incarnations over. */
        CONNECTIONS_CLOSED,
        /** Closed connections forgotten early to make room. */
        EVICTED_CLOSED,
        /** Handshakes given up to make room. */
        EVICTED_HANDSHAKES,
        /** Open connections given up to make room. */
        EVICTED_OPEN,
        /** Listeners given up to make room. */
        EVICTED_LISTENERS,
        /** Connections forgotten because nothing was seen of them for too long. */
        EXPIRED,
        /** Steps of the host's clock into the past. */
        CLOCK_STEPS,
        /** Reports of the socket table that came before, or from another agent than the one that is followed. */
        SOCKET_REPORTS_IGNORED,
        /** Connections that the socket table made known. */
        CONNECTIONS_SEEDED,
        /** Ends that left the socket table without a segment. */
        ENDED_BY_KERNEL,
        /** Connections that the kernel dropped because an accept queue was full, and nobody knows which. */
        LISTEN_OVERFLOWS_UNATTRIBUTED
    }

    private static final Counter[] COUNTERS = Counter.values();
    private static final Notice[] NOTICES = Notice.values();

    private final EnumCounts<Counter> counts = new EnumCounts<>(Counter.class);
    private final EnumCounts<Notice> notices = new EnumCounts<>(Notice.class);
    private final EnumCounts<AnomalyName> found = new EnumCounts<>(AnomalyName.class);

    private final EnumCounts<Counter> countsTold = new EnumCounts<>(Counter.class);
    private final EnumCounts<Notice> noticesTold = new EnumCounts<>(Notice.class);

    Counters() {}

    /** Hears of what was counted since it was told before. */
    public interface Hearer {
        /** More of a counter. */
        void more(Counter counter, long number);

        /** The TCP core noticed something more often. */
        void more(Notice notice, long number);
    }

    /** Tells what was counted since the last call. */
    public void tell(Hearer hearer) {
        for (Counter counter : COUNTERS) {
            long more = counts.get(counter) - countsTold.get(counter);
            if (more != 0) {
                countsTold.add(counter, more);
                hearer.more(counter, more);
            }
        }
        for (Notice notice : NOTICES) {
            long more = notices.get(notice) - noticesTold.get(notice);
            if (more != 0) {
                noticesTold.add(notice, more);
                hearer.more(notice, more);
            }
        }
    }

    /** How many. */
    public long of(Counter counter) {
        return counts.get(counter);
    }

    /** How often the TCP core noticed something. */
    public long of(Notice notice) {
        return notices.get(notice);
    }

    /** How often an anomaly was found, told singly, rolled up, folded into another or only counted. */
    public long found(AnomalyName name) {
        return found.get(name);
    }

    /** All that are not 0 by their stable snake_case name. */
    public Map<String, Long> all() {
        Map<String, Long> all = new TreeMap<>();
        for (Counter counter : Counter.values()) {
            put(all, counter.name(), of(counter));
        }
        for (Notice notice : Notice.values()) {
            put(all, "notice_" + notice.counterName(), of(notice));
        }
        for (AnomalyName name : AnomalyName.values()) {
            put(all, "anomaly_" + name.name(), found(name));
        }
        return all;
    }

    void add(Counter counter, long number) {
        counts.add(counter, number);
    }

    void add(Notice notice) {
        notices.add(notice, 1);
    }

    void add(AnomalyName name) {
        found.add(name, 1);
    }

    private static void put(Map<String, Long> all, String name, long number) {
        if (number != 0) {
            all.put(name.toLowerCase(Locale.ROOT), number);
        }
    }
}
