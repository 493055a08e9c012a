package io.loopscope.agent.parse;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Predicate;

/**
 * How many packets ended in each {@link ParseResult}. The sum over all results is the number of packets parsed.
 * One thread counts; any thread reads.
 */
public final class ParseCounters {
    private static final ParseResult[] RESULTS = ParseResult.values();
    private static final int OPTIONS_MALFORMED = RESULTS.length;
    private static final int OPTIONS_TRUNCATED = RESULTS.length + 1;
    private static final int FRAGMENTED = RESULTS.length + 2;

    private final AtomicLongArray counts = new AtomicLongArray(RESULTS.length + 3);

    /**
     * Counts one packet.
     *
     * @param result what became of it
     * @param header its header, looked at only when the result is {@link ParseResult#OK}
     */
    public void count(ParseResult result, SegmentHeader header) {
        increment(result.ordinal());
        if (result != ParseResult.OK) {
            return;
        }
        if (header.optionsMalformed()) {
            increment(OPTIONS_MALFORMED);
        }
        if (header.optionsTruncated()) {
            increment(OPTIONS_TRUNCATED);
        }
        if (header.fragmented()) {
            increment(FRAGMENTED);
        }
    }

    /** One writer: no need for an atomic add, only for readers to see whole and recent numbers. */
    private void increment(int index) {
        counts.setRelease(index, counts.getPlain(index) + 1);
    }

    /**
     * Packets with one result.
     *
     * @param result a result
     * @return 0 or more
     */
    public long of(ParseResult result) {
        return counts.getAcquire(result.ordinal());
    }

    /** All packets counted. */
    public long total() {
        return sum(result -> true);
    }

    /**
     * Packets of one kind.
     *
     * @param kind a kind of result
     * @return 0 or more
     */
    public long of(ParseResult.Kind kind) {
        return sum(result -> result.kind() == kind);
    }

    private long sum(Predicate<ParseResult> wanted) {
        return Arrays.stream(RESULTS).filter(wanted).mapToLong(this::of).sum();
    }

    /** Usable segments whose option list breaks RFC 9293. */
    public long optionsMalformed() {
        return counts.getAcquire(OPTIONS_MALFORMED);
    }

    /** Usable segments whose option list was cut by the snapshot length. */
    public long optionsTruncated() {
        return counts.getAcquire(OPTIONS_TRUNCATED);
    }

    /** Usable segments that are the first of several fragments. */
    public long fragmented() {
        return counts.getAcquire(FRAGMENTED);
    }

    /**
     * Packets by result, zeros included.
     *
     * @return one entry per {@link ParseResult}, in its order
     */
    public Map<ParseResult, Long> byResult() {
        Map<ParseResult, Long> byResult = new EnumMap<>(ParseResult.class);
        for (ParseResult result : RESULTS) {
            byResult.put(result, of(result));
        }
        return Collections.unmodifiableMap(byResult);
    }
}
