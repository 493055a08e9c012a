package io.loopscope.processor.tcp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Merges runs as a coalescing agent does: plain data and pure acknowledgments, for a tenth of a second at most. */
final class Coalescing {

    private static final long FLUSH_NANOS = 100_000_000;

    private final List<Segment> output = new ArrayList<>();
    private final Map<Side, Direction> directions = new EnumMap<>(Side.class);

    private static final class Direction {
        boolean known;
        int next;
        int window = 1;
        boolean spoke;
        int finEnd;
        boolean fin;

        @Nullable Segment run;
    }

    private Coalescing() {
        directions.put(Side.LOW, new Direction());
        directions.put(Side.HIGH, new Direction());
    }

    static List<Segment> of(List<Segment> segments) {
        var coalescing = new Coalescing();
        segments.forEach(coalescing::take);
        coalescing.flush();
        return coalescing.output;
    }

    private void take(Segment segment) {
        Direction from = directions.get(segment.sender());
        Direction to = directions.get(segment.sender().peer());
        for (Direction direction : directions.values()) {
            if (direction.run != null && segment.atNanos() - direction.run.firstNanos() > FLUSH_NANOS) {
                flush();
            }
        }
        if (isPlain(segment, from, to)) {
            from.run = merged(from.run, segment);
        } else {
            flush();
            output.add(segment);
        }
        remember(segment, from);
    }

    private static boolean isPlain(Segment segment, Direction from, Direction to) {
        boolean control = (segment.flags() & (TcpFlags.SYN | TcpFlags.FIN | TcpFlags.RST)) != 0 || !segment.ack();
        boolean coversFin = to.fin && Seq.atOrAfter(segment.acknowledgment(), to.finEnd);
        return !control
                && from.known
                && from.spoke
                && segment.sequence() == from.next
                && segment.window() != 0
                && from.window != 0
                && !coversFin;
    }

    private static Segment merged(@Nullable Segment run, Segment segment) {
        long octets = segment.payloadOctets() + (run == null ? 0 : run.payloadOctets());
        Run merged = run == null
                ? new Run(1, segment.atNanos(), segment.dataEnd(), segment.window(), segment.window())
                : new Run(
                        run.count() + 1,
                        run.firstNanos(),
                        segment.dataEnd(),
                        Math.min(run.run().minWindow(), segment.window()),
                        Math.max(run.run().maxWindow(), segment.window()));
        return new Segment(
                segment.sender(),
                segment.atNanos(),
                segment.flags(),
                run == null ? segment.sequence() : run.sequence(),
                segment.acknowledgment(),
                segment.window(),
                octets,
                0,
                segment.options(),
                merged);
    }

    private static void remember(Segment segment, Direction from) {
        if (segment.syn()) {
            from.known = true;
            from.next = segment.end();
            from.spoke = false;
            from.fin = false;
            return;
        }
        if (segment.rst()) {
            return;
        }
        from.window = segment.window();
        from.spoke = true;
        if (!from.known || Seq.after(segment.end(), from.next)) {
            from.known = true;
            from.next = segment.end();
        }
        if (segment.fin()) {
            from.fin = true;
            from.finEnd = segment.end();
        }
    }

    private void flush() {
        directions.values().stream()
                .filter(direction -> direction.run != null)
                .sorted(Comparator.comparingLong(direction -> direction.run.firstNanos()))
                .forEach(direction -> output.add(direction.run));
        directions.values().forEach(direction -> direction.run = null);
    }
}
