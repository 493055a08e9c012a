package io.loopscope.benchmarks.processor;

import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Gathers items into batches as an agent does by default: 500, or 100 ms, or 20 ms after a SYN, FIN or RST. */
final class ItemBatch {
    private static final int MOST = 500;
    private static final long FLUSH_NANOS = 100_000_000;
    private static final long CONTROL_FLUSH_NANOS = 20_000_000;

    private final Consumer<CaptureBatch> out;
    private final Map<ConnectionRef, Integer> indexes = new HashMap<>();
    private List<ConnectionRef> connections = new ArrayList<>();
    private List<CapturedSegment> segments = new ArrayList<>();
    private long baseNanos;
    private long dueNanos = Long.MAX_VALUE;
    private long sequence;

    ItemBatch(Consumer<CaptureBatch> out) {
        this.out = out;
    }

    /** Number of the next batch. */
    long sequence() {
        return sequence;
    }

    /** Time has passed. */
    void at(long nowNanos) {
        if (nowNanos >= dueNanos) {
            flush();
        }
    }

    /** @param item whose time is still absolute */
    void add(ConnectionRef connection, CapturedSegment item, long nowNanos) {
        if (segments.isEmpty()) {
            baseNanos = item.getTimeDeltaNs();
            dueNanos = nowNanos + FLUSH_NANOS;
        }
        if (TcpFlags.isControl(item.getFlags())) {
            dueNanos = Math.min(dueNanos, nowNanos + CONTROL_FLUSH_NANOS);
        }
        item.setTimeDeltaNs(item.getTimeDeltaNs() - baseNanos);
        item.setConnection(indexes.computeIfAbsent(connection, added -> {
            connections.add(added);
            return connections.size() - 1;
        }));
        segments.add(item);
        if (segments.size() >= MOST) {
            flush();
        }
    }

    void flush() {
        if (segments.isEmpty()) {
            return;
        }
        out.accept(new CaptureBatch("", "boot", 0L, 0L, "lo", sequence++, baseNanos, 0L, connections, segments));
        indexes.clear();
        connections = new ArrayList<>();
        segments = new ArrayList<>();
        dueNanos = Long.MAX_VALUE;
    }
}
