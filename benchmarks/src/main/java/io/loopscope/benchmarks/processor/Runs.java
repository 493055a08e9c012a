package io.loopscope.benchmarks.processor;

import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Run;
import io.loopscope.schemas.v1.Side;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Merges plain data and pure acknowledgments of a direction into runs, as an agent does that coalesces; for a capture
 * without loss, so without its care for what is missing.
 */
final class Runs {
    private static final long MASK = 0xFFFF_FFFFL;

    private final ItemBatch out;
    private final long longestNanos;
    private final Map<ConnectionRef, Ends> connections = new HashMap<>();
    /** Those with an unfinished run, in the order in which it began. */
    private final Set<Ends> unfinished = new LinkedHashSet<>();

    private static final class End {
        boolean known;
        long next;
        int window = 1;
        boolean fin;
        long finEnd;
        int single;

        @Nullable CapturedSegment held;

        long heldNanos;
    }

    private static final class Ends {
        final ConnectionRef connection;
        final End low = new End();
        final End high = new End();

        Ends(ConnectionRef connection) {
            this.connection = connection;
        }
    }

    Runs(ItemBatch out, long longestNanos) {
        this.out = out;
        this.longestNanos = longestNanos;
    }

    /** @param segment whose time is absolute */
    void add(ConnectionRef connection, CapturedSegment segment, long nowNanos) {
        at(nowNanos);
        Ends ends = connections.computeIfAbsent(connection, Ends::new);
        End from = segment.getSender() == Side.LOW ? ends.low : ends.high;
        End to = from == ends.low ? ends.high : ends.low;
        if (isPlain(segment, from, to)) {
            merge(ends, from, segment, nowNanos);
        } else {
            finish(ends, nowNanos);
            out.add(connection, segment, nowNanos);
        }
        note(segment, from, to);
    }

    void at(long nowNanos) {
        while (!unfinished.isEmpty()) {
            Ends eldest = unfinished.iterator().next();
            long began = Math.min(began(eldest.low), began(eldest.high));
            if (nowNanos - began < longestNanos) {
                return;
            }
            finish(eldest, nowNanos);
        }
    }

    void finishAll(long nowNanos) {
        while (!unfinished.isEmpty()) {
            finish(unfinished.iterator().next(), nowNanos);
        }
    }

    private static long began(End end) {
        return end.held == null ? Long.MAX_VALUE : end.heldNanos;
    }

    private static boolean isPlain(CapturedSegment segment, End from, End to) {
        boolean coversFin = to.fin && ((segment.getAcknowledgment() - to.finEnd) & MASK) < 1L << 31;
        return (segment.getFlags() & ~TcpFlags.PSH) == TcpFlags.ACK
                && from.known
                && from.single == 0
                && segment.getSequence() == from.next
                && segment.getWindow() != 0
                && from.window != 0
                && !coversFin;
    }

    private void merge(Ends ends, End from, CapturedSegment segment, long nowNanos) {
        CapturedSegment held = from.held;
        if (held == null) {
            from.held = segment;
            from.heldNanos = nowNanos;
            unfinished.add(ends);
            return;
        }
        Run run = held.getRun();
        if (run == null) {
            run = new Run(1, 0L, 0L, 0L, 0, held.getWindow(), held.getWindow(), null, null);
            held.setRun(run);
        }
        run.setSegments(run.getSegments() + 1);
        run.setLastTimeDeltaNs(segment.getTimeDeltaNs() - held.getTimeDeltaNs());
        run.setNextSequence((segment.getSequence() + segment.getPayloadOctets()) & MASK);
        run.setLastAcknowledgment(segment.getAcknowledgment());
        run.setLastWindow(segment.getWindow());
        run.setMinWindow(Math.min(run.getMinWindow(), segment.getWindow()));
        run.setMaxWindow(Math.max(run.getMaxWindow(), segment.getWindow()));
        run.setLastTimestampValue(segment.getTimestampValue());
        run.setLastTimestampEcho(segment.getTimestampEcho());
        held.setPayloadOctets(held.getPayloadOctets() + segment.getPayloadOctets());
        held.setFlags(held.getFlags() | segment.getFlags());
    }

    private void finish(Ends ends, long nowNanos) {
        boolean highFirst = began(ends.high) < began(ends.low);
        finish(ends.connection, highFirst ? ends.high : ends.low, nowNanos);
        finish(ends.connection, highFirst ? ends.low : ends.high, nowNanos);
        unfinished.remove(ends);
    }

    private void finish(ConnectionRef connection, End end, long nowNanos) {
        CapturedSegment held = end.held;
        if (held != null) {
            end.held = null;
            out.add(connection, held, nowNanos);
        }
    }

    private static void note(CapturedSegment segment, End from, End to) {
        boolean syn = (segment.getFlags() & TcpFlags.SYN) != 0;
        boolean fin = (segment.getFlags() & TcpFlags.FIN) != 0;
        long end = (segment.getSequence() + segment.getPayloadOctets() + (syn ? 1 : 0) + (fin ? 1 : 0)) & MASK;
        from.window = segment.getWindow();
        if (syn || !from.known || ((end - from.next) & MASK) < 1L << 31) {
            from.next = end;
            from.known = true;
            from.fin = from.fin && !syn;
        }
        if (fin) {
            from.fin = true;
            from.finEnd = end;
        }
        if (TcpFlags.isControl(segment.getFlags())) {
            from.single = 2;
            to.single = 2;
        } else {
            from.single = Math.max(0, from.single - 1);
        }
    }
}
