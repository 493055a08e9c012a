package io.loopscope.agent;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.track.Answer;
import io.loopscope.agent.track.FlushPace;
import io.loopscope.agent.track.ItemQueue;
import io.loopscope.agent.track.Overload;
import io.loopscope.agent.track.TrackCounters;
import io.loopscope.agent.track.Tracker;

/** The capturing thread's part between the parser and the publishing thread: the tracker, and when it hands over. */
final class Tracking {
    /** Part of the queue that is held at most before it is handed over. */
    private static final int MOST_HELD_PART = 4;

    private final ItemQueue queue;
    private final Overload overload;
    private final Tracker tracker;
    private final FlushPace pace;
    private final TrackCounters counters;
    private final int mostHeld;

    Tracking(AgentSettings settings, Pipeline pipeline) {
        queue = pipeline.queue();
        counters = pipeline.counters().tracked;
        mostHeld = queue.capacity() / MOST_HELD_PART;
        overload = pipeline.source().live()
                ? Overload.shedding(queue.capacity(), settings.controlShare())
                : Overload.waiting();
        tracker = new Tracker(
                settings.fidelity(),
                queue,
                settings.trackedConnections(),
                overload,
                settings.coalesceInterval().toNanos());
        pace = new FlushPace(
                settings.coalesceInterval().toNanos(),
                settings.flushInterval().toNanos(),
                settings.controlFlushInterval().toNanos());
    }

    Answer take(SegmentHeader segment, long timeNs) {
        return tracker.take(segment, timeNs);
    }

    /**
     * Hands over what is due. Not while the publishing thread still has some, unless it asks: until then runs may go on
     * growing.
     *
     * @param nowNs any clock that only goes forward
     * @param lagNs by how much the capture is behind the clock
     * @param asked whether all that is held is wanted
     * @return whether something was handed over
     */
    boolean look(long nowNs, long lagNs, boolean asked) {
        overload.observe(queue.used(), lagNs);
        counters.evicted(tracker.evictedConnections());
        pace.held(tracker.takeUrgency(), nowNs);
        int held = queue.open();
        boolean due = (pace.isDue(nowNs) || held >= mostHeld) && queue.isDrained();
        if (held == 0 || !(due || asked)) {
            return false;
        }
        handOver(nowNs);
        return true;
    }

    /** How long there is nothing to do but to take segments, nanoseconds; very long when nothing is held. */
    long restNs(long nowNs) {
        // While the publishing thread has some, nothing is handed over.
        return queue.open() == 0 || !queue.isDrained() ? Long.MAX_VALUE : pace.remainingNs(nowNs);
    }

    /** Hands over all that is held. */
    void handOver(long nowNs) {
        int items = queue.open();
        queue.handOver();
        pace.flushed(items, nowNs);
    }

    boolean holdsNothing() {
        return queue.open() == 0;
    }
}
