package io.loopscope.processor.tcp.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time: what will happen, in order. Equal times keep the order in which they were asked for. */
final class Timeline {

    static final long MICROSECOND = 1_000;
    static final long MILLISECOND = 1_000_000;
    static final long SECOND = 1_000_000_000;

    private record Event(long at, long order, Timer timer, int generation) {
        boolean live() {
            return timer.generation == generation;
        }
    }

    /** Something that happens once at a time when armed; arming again moves it. */
    final class Timer {
        private final Runnable action;
        private int generation;
        private boolean armed;

        private Timer(Runnable action) {
            this.action = action;
        }

        void arm(long delayNanos) {
            armed = true;
            generation++;
            events.add(new Event(now + delayNanos, order++, this, generation));
        }

        void cancel() {
            armed = false;
            generation++;
        }

        boolean armed() {
            return armed;
        }

        private void fire() {
            armed = false;
            generation++;
            action.run();
        }
    }

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private long now;
    private long order;

    Timeline(long startNanos) {
        now = startNanos;
    }

    long now() {
        return now;
    }

    Timer timer(Runnable action) {
        return new Timer(action);
    }

    void at(long atNanos, Runnable action) {
        timer(action).arm(atNanos - now);
    }

    /** When the next event is due; {@link Long#MAX_VALUE} when nothing will ever happen again. */
    long nextAt() {
        while (!events.isEmpty() && !events.peek().live()) {
            events.remove();
        }
        return events.isEmpty() ? Long.MAX_VALUE : events.peek().at();
    }

    /** Lets the next event happen. There must be one. */
    void step() {
        long at = nextAt();
        if (at == Long.MAX_VALUE) {
            throw new IllegalStateException("nothing is due");
        }
        now = at;
        events.remove().timer().fire();
    }
}
