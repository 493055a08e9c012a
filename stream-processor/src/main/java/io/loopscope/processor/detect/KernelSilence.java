package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.tcp.Side;

/**
 * Silence of a connection whose data is not captured: only the ages in the socket table know of it, as of the last poll.
 * What was sent since shows in the next one, so a silence is proven only by a poll that comes after it.
 */
final class KernelSilence {
    private KernelSilence() {}

    /** Nobody but the table could have seen data. */
    static boolean isOnlyWitness(Tracked tracked) {
        return tracked.onlyInTable() || tracked.connection.controlOnly();
    }

    /** The table has named an end since then, if it knows it: all that are not half-closed are named seldom. */
    static boolean isNamedSince(Tracked tracked, Side side, long nanos) {
        KernelEnd end = tracked.kernelEnd(side);
        return end == null || end.namedSince(nanos);
    }
}
