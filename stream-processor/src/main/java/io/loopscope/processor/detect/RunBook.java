package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The agent runs heard of late: usually one; several while agents watch different interfaces, or one replaces another. */
final class RunBook {

    /** Of the first run ever heard nobody knows what was before. */
    static final long UNKNOWN = -1;

    private static final int REMEMBERED = 16;

    /** What is known of one run. */
    static final class Entry {
        long nextBatch;
        long lostTotal;
        /** Segments told as skipped by batches, which the totals of the next heartbeat contain. */
        long skippedSinceHeartbeat;

        long watermarkNanos;

        Entry(long nothing) {
            nextBatch = nothing;
            lostTotal = nothing;
        }
    }

    /** In the order they were last heard. */
    private final Map<AgentRun, Entry> entries = new LinkedHashMap<>(4, 0.75f, true);

    private @Nullable AgentRun latest;

    /** The run heard last. */
    @Nullable AgentRun latest() {
        return latest;
    }

    /** Null when it was not heard before. */
    @Nullable Entry find(AgentRun run) {
        Entry entry = entries.get(run);
        if (entry != null) {
            latest = run;
        }
        return entry;
    }

    Entry add(AgentRun run) {
        Entry entry = new Entry(entries.isEmpty() ? UNKNOWN : 0);
        entries.put(run, entry);
        latest = run;
        if (entries.size() > REMEMBERED) {
            entries.remove(entries.keySet().iterator().next());
        }
        return entry;
    }

    /** What the run heard last has promised; 0 when there is none. Does not count as hearing it. */
    long latestWatermarkNanos() {
        long watermark = 0;
        for (Map.Entry<AgentRun, Entry> one : entries.entrySet()) {
            if (one.getKey().equals(latest)) {
                watermark = one.getValue().watermarkNanos;
            }
        }
        return watermark;
    }

    /** Segments that all of them say they lost. */
    long lost() {
        long lost = 0;
        for (Entry entry : entries.values()) {
            lost += Math.max(0, entry.lostTotal) + entry.skippedSinceHeartbeat;
        }
        return lost;
    }

    void writeTo(DataOutput output) throws IOException {
        output.writeByte(entries.size());
        for (Map.Entry<AgentRun, Entry> one : entries.entrySet()) {
            output.writeUTF(one.getKey().bootId());
            output.writeLong(one.getKey().epochNanos());
            output.writeLong(one.getValue().nextBatch);
            output.writeLong(one.getValue().lostTotal);
            output.writeLong(one.getValue().skippedSinceHeartbeat);
            output.writeLong(one.getValue().watermarkNanos);
        }
    }

    void readFrom(DataInput input) throws IOException {
        int size = input.readUnsignedByte();
        for (int i = 0; i < size; i++) {
            Entry entry = add(new AgentRun(input.readUTF(), input.readLong()));
            entry.nextBatch = input.readLong();
            entry.lostTotal = input.readLong();
            entry.skippedSinceHeartbeat = input.readLong();
            entry.watermarkNanos = input.readLong();
        }
    }
}
