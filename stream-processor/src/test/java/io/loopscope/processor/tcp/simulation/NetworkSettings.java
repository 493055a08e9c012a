package io.loopscope.processor.tcp.simulation;

import java.util.List;

/**
 * What the network does to segments after they were captured.
 *
 * @param lossPercent of segments that never arrive
 * @param duplicatePercent of segments that arrive a second time
 * @param reorderPercent of segments that are overtaken
 * @param delayNanos everybody's delay, at least 1
 * @param lagNanos how much later, at most, a duplicate or an overtaken segment comes
 * @param blackouts when nothing of one direction or both gets through
 */
record NetworkSettings(
        int lossPercent,
        int duplicatePercent,
        int reorderPercent,
        long delayNanos,
        long lagNanos,
        List<Blackout> blackouts) {

    /** Relative to the start of the run. */
    record Blackout(long fromNanos, long toNanos, boolean low, boolean high) {}

    static final NetworkSettings LOOPBACK =
            new NetworkSettings(0, 0, 0, 5 * Timeline.MICROSECOND, Timeline.MICROSECOND, List.of());

    NetworkSettings withBlackouts(List<Blackout> some) {
        return new NetworkSettings(lossPercent, duplicatePercent, reorderPercent, delayNanos, lagNanos, some);
    }

    long longestDelayNanos() {
        return delayNanos + lagNanos;
    }
}
