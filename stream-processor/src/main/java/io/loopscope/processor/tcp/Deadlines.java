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
            Endpoint server = incarnation.peer(client);
            boolean clientGaveUp = givesUp(client, settings, due);
            boolean serverGaveUp = server != client && givesUp(server, settings, due);
            expire(incarnation, client, settings, due);
            expire(incarnation, server, settings, due);
            if (clientGaveUp) {
                gaveUp(incarnation, client, server, settings, due, serverGaveUp);
            }
            if (serverGaveUp) {
                gaveUp(incarnation, server, client, settings, due, clientGaveUp);
            }
            if (due(incarnation, Timeout.RESET_DOUBT, settings) <= due) {
                Resets.unchallenged(incarnation, due);
            }
            incarnation.closeIfOver(due);
        }
    }

    private static void expire(Incarnation incarnation, Endpoint end, TcpSettings settings, long due) {
        if (timeWaitSince(end) != NEVER && timeWaitSince(end) + settings.nanos(Timeout.TIME_WAIT) <= due) {
            incarnation.signal(end, Signal.TIME_WAIT_EXPIRED, due);
        }
    }

    private static boolean givesUp(Endpoint end, TcpSettings settings, long due) {
        return waitsSince(end) != NEVER && waitsSince(end) + settings.nanos(Timeout.GIVE_UP) <= due;
    }

    private static void gaveUp(
            Incarnation incarnation, Endpoint end, Endpoint peer, TcpSettings settings, long due, boolean both) {
        if (!both && Handshake.stoppedRepeatingSynAck(end, peer)) {
            incarnation.signal(end, Signal.RCV_ACK_OF_SYN, due);
            return;
        }
        // With Fast Open it may have sent its FIN before the SYN,ACK was acknowledged.
        boolean opening = end.state == TcpState.SYN_RECEIVED || (incarnation.fastOpen && !incarnation.isClient(end));
        boolean synAckUnanswered = opening && !peer.sentBeyondSyn;
        incarnation.signal(end, Signal.GAVE_UP, due);
        if (end == peer || both) {
            return;
        }
        // What it repeated in vain, or could not repeat any more, never arrived.
        if (end.finSent() && !end.sequence.finProven) {
            end.sequence.finReceived = false;
            end.sequence.finDistrusted = true;
            incarnation.signal(peer, Signal.FIN_UNDELIVERED, due);
        }
        if (synAckUnanswered) {
            incarnation.signal(peer, Signal.SYN_ACK_UNDELIVERED, due);
            if (peer.lastSegmentNanos + settings.nanos(Timeout.GIVE_UP) <= due) {
                incarnation.signal(peer, Signal.GAVE_UP, due);
            }
        }
    }

    private static long timeWaitSince(Endpoint end) {
        return end.state == TcpState.TIME_WAIT ? end.timeWaitNanos : NEVER;
    }

    /** Silent since then although it has to retransmit. What its peer does starts no retransmission timer of a FIN. */
    private static long waitsSince(Endpoint end) {
        if (!end.state.mustRetransmit()) {
            return NEVER;
        }
        if (end.state.synchronised()) {
            return end.lastSegmentNanos;
        }
        // Before its own SYN, what it sent belongs to an earlier incarnation.
        return end.hasOpened() ? Math.max(end.sinceNanos, end.lastSegmentNanos) : end.sinceNanos;
    }

    private static long earlier(long a, long b) {
        if (a == NEVER) {
            return b;
        }
        return b == NEVER ? a : Math.min(a, b);
    }
}
