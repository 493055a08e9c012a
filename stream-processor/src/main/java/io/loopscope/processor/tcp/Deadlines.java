package io.loopscope.processor.tcp;

import static io.loopscope.processor.tcp.Connection.NEVER;

/** What only the passing of time tells about an incarnation. */
final class Deadlines {

    private Deadlines() {}

    static long armedSinceNanos(Incarnation incarnation, Timeout timeout) {
        return switch (timeout) {
            case TIME_WAIT -> Math.max(timeWaitSince(incarnation.low), timeWaitSince(incarnation.high));
            case GIVE_UP -> earlier(waitsSince(incarnation.low), waitsSince(incarnation.high));
            case RESET_DOUBT -> incarnation.doubtfulResetBy == null ? NEVER : incarnation.doubtSinceNanos;
            case FORGET -> incarnation.closed() ? incarnation.lastNanos() : NEVER;
        };
    }

    /** When the first of those that change a state is due. */
    static long next(Incarnation incarnation, TcpSettings settings) {
        boolean quiet = incarnation.low.state == TcpState.ESTABLISHED
                && incarnation.high.state == TcpState.ESTABLISHED
                && incarnation.doubtfulResetBy == null;
        if (quiet || incarnation.closed()) {
            return Long.MAX_VALUE;
        }
        return Math.min(
                due(incarnation, Timeout.TIME_WAIT, settings),
                Math.min(due(incarnation, Timeout.GIVE_UP, settings), due(incarnation, Timeout.RESET_DOUBT, settings)));
    }

    private static long due(Incarnation incarnation, Timeout timeout, TcpSettings settings) {
        long since = armedSinceNanos(incarnation, timeout);
        return since == NEVER ? Long.MAX_VALUE : since + settings.nanos(timeout);
    }

    /** Fires what is due until then, in order, each at its own time. */
    static void pass(Incarnation incarnation, TcpSettings settings, long nowNanos) {
        for (long due = next(incarnation, settings); due <= nowNanos; due = next(incarnation, settings)) {
            Endpoint client = incarnation.endpoint(incarnation.client);
            fire(incarnation, client, settings, due);
            fire(incarnation, incarnation.peer(client), settings, due);
            if (due(incarnation, Timeout.RESET_DOUBT, settings) <= due) {
                Resets.unchallenged(incarnation, due);
            }
            incarnation.closeIfOver(due);
        }
    }

    private static void fire(Incarnation incarnation, Endpoint end, TcpSettings settings, long due) {
        if (timeWaitSince(end) != NEVER && timeWaitSince(end) + settings.nanos(Timeout.TIME_WAIT) <= due) {
            incarnation.signal(end, Signal.TIME_WAIT_EXPIRED, due);
        } else if (waitsSince(end) != NEVER && waitsSince(end) + settings.nanos(Timeout.GIVE_UP) <= due) {
            incarnation.signal(end, Signal.GAVE_UP, due);
        }
    }

    private static long timeWaitSince(Endpoint end) {
        return end.state == TcpState.TIME_WAIT ? end.timeWaitNanos : NEVER;
    }

    /** Silent since then although it has to retransmit. */
    private static long waitsSince(Endpoint end) {
        return end.state.mustRetransmit() ? Math.max(end.sinceNanos, end.lastSegmentNanos) : NEVER;
    }

    private static long earlier(long a, long b) {
        if (a == NEVER) {
            return b;
        }
        return b == NEVER ? a : Math.min(a, b);
    }
}
