package io.loopscope.agent.parse;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many packets ended in each {@link ParseResult}. The sum over all results is the number of packets parsed.
 * One thread counts; any thread reads.
 */
public final class ParseCounters {
    private static final ParseResult[] RESULTS = ParseResult.values();

    private final Map<ParseResult, AtomicLong> packets = new EnumMap<>(ParseResult.class);
    private final AtomicLong optionsMalformed = new AtomicLong();
    private final AtomicLong optionsTruncated = new AtomicLong();
    private final AtomicLong fragmented = new AtomicLong();

    /** Counters at zero. */
    public ParseCounters() {
        for (ParseResult result : RESULTS) {
            packets.put(result, new AtomicLong());
        }
    }

    /**
     * Counts one packet.
     *
     * @param result what became of it
     * @param header its header, looked at only when the result is {@link ParseResult#OK}
     */
    public void count(ParseResult result, SegmentHeader header) {
        increment(packets(result));
        if (result != ParseResult.OK) {
            return;
        }
        if (header.optionsMalformed()) {
            increment(optionsMalformed);
        }
        if (header.optionsTruncated()) {
            increment(optionsTruncated);
        }
        if (header.fragmented()) {
            increment(fragmented);
        }
    }

    /** One writer: no need for an atomic add, only for readers to see whole and recent numbers. */
    private static void increment(AtomicLong counter) {
        counter.setRelease(counter.getPlain() + 1);
    }

    private AtomicLong packets(ParseResult result) {
        AtomicLong counter = packets.get(result);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + result);
        }
        return counter;
    }

    /**
     * Packets with one result.
     *
     * @param result a result
     * @return 0 or more
     */
    public long of(ParseResult result) {
        return packets(result).get();
    }

    /**
     * Packets of one kind.
     *
     * @param kind a kind of result
     * @return 0 or more
     */
    public long of(ParseResult.Kind kind) {
        long sum = 0;
        for (ParseResult result : RESULTS) {
            sum += result.kind() == kind ? of(result) : 0;
        }
        return sum;
    }

    /** All packets counted. */
    public long total() {
        long sum = 0;
        for (ParseResult result : RESULTS) {
            sum += of(result);
        }
        return sum;
    }

    /** Usable segments whose option list breaks RFC 9293. */
    public long optionsMalformed() {
        return optionsMalformed.get();
    }

    /** Usable segments whose option list was cut by the snapshot length. */
    public long optionsTruncated() {
        return optionsTruncated.get();
    }

    /** Usable segments that are the first of several fragments. */
    public long fragmented() {
        return fragmented.get();
    }

    /**
     * Packets by result, zeros included.
     *
     * @return one entry per {@link ParseResult}, in its order
     */
    public Map<ParseResult, Long> byResult() {
        Map<ParseResult, Long> byResult = new EnumMap<>(ParseResult.class);
        packets.forEach((result, counter) -> byResult.put(result, counter.get()));
        return Collections.unmodifiableMap(byResult);
    }
}
