package io.loopscope.processor.tcp.simulation;

import static io.loopscope.processor.tcp.TcpFlags.ACK;
import static io.loopscope.processor.tcp.TcpFlags.FIN;
import static io.loopscope.processor.tcp.TcpFlags.PSH;
import static io.loopscope.processor.tcp.TcpFlags.RST;
import static io.loopscope.processor.tcp.TcpFlags.SYN;

import io.loopscope.processor.tcp.Run;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a coalescing agent makes of a capture: consecutive plain data and pure ACKs of a direction become a run. Never in
 * a run: SYN, FIN, RST, what follows them (the ACK that completes a handshake or covers a FIN, a challenge ACK),
 * retransmissions, what is out of order, keepalives and probes, a zero window and the update after it, what
 * acknowledges something that was not captured, and anything while something captured is ahead of what was not.
 */
final class Coalescer {

    /** A run is sent on after this long, as an agent flushes. */
    private static final long FLUSH = 100 * Timeline.MILLISECOND;

    private static final class Direction {
        private int initial;
        private int next;
        private boolean nextKnown;
        private boolean finSent;
        private int finEnd;
        private boolean closedWindow;
        /** Something before {@link #gapEnd} was not captured, and is not known to have arrived. */
        private boolean gap;

        private int gapEnd;
        /** How many of its next segments stay single: those that answer a SYN, FIN or RST. */
        private int single;

        private @Nullable Segment first;
        private @Nullable Segment last;
        private int segments;
        private long octets;
        private int minWindow;
        private int maxWindow;
    }

    private final Map<Side, Direction> directions =
            new EnumMap<>(Map.of(Side.LOW, new Direction(), Side.HIGH, new Direction()));
    private final List<Step> steps = new ArrayList<>();

    static List<Step> coalesce(List<Step> steps) {
        var coalescer = new Coalescer();
        for (Step step : steps) {
            coalescer.add(step);
        }
        coalescer.flush();
        return coalescer.steps;
    }

    private void add(Step step) {
        flushOlderThan(step.atNanos() - FLUSH);
        Segment segment = step.segment();
        if (segment == null) {
            // Time only passes when nothing from before is held back any more: the watermark promise.
            flush();
            steps.add(step);
            return;
        }
        Direction direction = directions.get(segment.sender());
        if (mergeable(segment, direction)) {
            merge(segment, direction);
        } else {
            flush();
            steps.add(step);
        }
        note(segment, direction);
    }

    private boolean mergeable(Segment segment, Direction direction) {
        boolean plain = (segment.flags() & ~PSH) == ACK;
        boolean inOrder = direction.nextKnown && segment.sequence() == direction.next;
        Direction peer = directions.get(segment.sender().peer());
        boolean coversFin = peer.finSent && Mod32.lessOrEqual(peer.finEnd, segment.acknowledgment());
        boolean window = segment.window() != 0 && !direction.closedWindow;
        boolean loss = !peer.nextKnown || Mod32.less(peer.next, segment.acknowledgment());
        boolean gap = direction.gap || peer.gap;
        return plain && inOrder && !coversFin && window && !loss && !gap && direction.single == 0;
    }

    private static void merge(Segment segment, Direction direction) {
        if (direction.first == null) {
            direction.first = segment;
            direction.minWindow = segment.window();
            direction.maxWindow = segment.window();
        }
        direction.last = segment;
        direction.segments++;
        direction.octets += segment.payloadOctets();
        direction.minWindow = Math.min(direction.minWindow, segment.window());
        direction.maxWindow = Math.max(direction.maxWindow, segment.window());
    }

    private void note(Segment segment, Direction direction) {
        boolean control = (segment.flags() & (SYN | FIN | RST)) != 0;
        int length = (int) segment.payloadOctets() + (segment.syn() ? 1 : 0) + (segment.fin() ? 1 : 0);
        int end = segment.sequence() + length;
        if (!segment.rst()) {
            boolean another = segment.syn() && segment.sequence() != direction.initial;
            boolean restarts = another || !direction.nextKnown;
            noteGap(segment, direction, restarts);
            direction.initial = segment.syn() ? segment.sequence() : direction.initial;
            direction.next = restarts || Mod32.less(direction.next, end) ? end : direction.next;
            direction.nextKnown = true;
            direction.closedWindow = segment.window() == 0;
        }
        if (segment.fin()) {
            direction.finSent = true;
            direction.finEnd = end;
        }
        if (control) {
            directions.values().forEach(each -> each.single = 2);
        } else {
            direction.single = Math.max(0, direction.single - 1);
        }
    }

    private void noteGap(Segment segment, Direction direction, boolean restarts) {
        if (restarts) {
            direction.gap = false;
        } else if (Mod32.less(direction.next, segment.sequence())) {
            direction.gap = true;
            direction.gapEnd = segment.sequence();
        }
        Direction peer = directions.get(segment.sender().peer());
        peer.gap &= !segment.ack() || Mod32.less(segment.acknowledgment(), peer.gapEnd);
    }

    private void flushOlderThan(long nanos) {
        boolean old = directions.values().stream()
                .anyMatch(direction -> direction.first != null && direction.first.atNanos() < nanos);
        if (old) {
            flush();
        }
    }

    /** Runs go out in the order in which they began. */
    private void flush() {
        Direction low = directions.get(Side.LOW);
        Direction high = directions.get(Side.HIGH);
        boolean highFirst = low.first != null && high.first != null && high.first.atNanos() < low.first.atNanos();
        for (Direction direction : highFirst ? List.of(high, low) : List.of(low, high)) {
            emit(direction);
        }
    }

    private void emit(Direction direction) {
        Segment first = direction.first;
        Segment last = direction.last;
        if (first != null && last != null) {
            steps.add(Step.of(direction.segments == 1 ? first : run(direction, first, last)));
            direction.first = null;
            direction.last = null;
            direction.segments = 0;
            direction.octets = 0;
        }
    }

    private static Segment run(Direction direction, Segment first, Segment last) {
        int next = last.sequence() + (int) last.payloadOctets();
        return new Segment(
                first.sender(),
                last.atNanos(),
                ACK | (first.flags() & PSH) | (last.flags() & PSH),
                first.sequence(),
                last.acknowledgment(),
                last.window(),
                direction.octets,
                0,
                last.options(),
                new Run(direction.segments, first.atNanos(), next, direction.minWindow, direction.maxWindow));
    }
}
