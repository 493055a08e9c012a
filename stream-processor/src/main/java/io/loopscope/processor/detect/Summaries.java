package io.loopscope.processor.detect;

import io.loopscope.processor.detect.ConnectionSummary.Sent;
import io.loopscope.processor.tcp.CloseReason;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Endpoint;

/** Makes summaries of connections. */
final class Summaries {

    static final String EXPIRED = "expired";
    static final String EVICTED = "evicted";
    static final String QUARANTINED = "quarantined";

    private Summaries() {}

    static ConnectionSummary of(Tracked tracked, String endReason) {
        Connection connection = tracked.connection;
        boolean captured = connection.startedNanos() != Connection.NEVER;
        long handshake = connection.handshakeNanos();
        return new ConnectionSummary(
                captured ? connection.startedNanos() : tracked.lastNanos(),
                captured ? connection.lastNanos() : tracked.lastNanos(),
                connection.connState(),
                endReason,
                handshake == Connection.NEVER ? null : handshake,
                sent(connection.endpoint(connection.client())),
                sent(connection.endpoint(connection.client().peer())));
    }

    static String endReason(CloseReason reason) {
        return switch (reason) {
            case FINISHED -> "closed";
            case RESET -> "reset";
            case REFUSED -> "refused";
            case GAVE_UP -> EXPIRED;
            case TUPLE_REUSED -> "tuple_reused";
        };
    }

    private static Sent sent(Endpoint end) {
        return new Sent(
                end.segments(),
                end.octets(),
                end.uniqueOctets(),
                end.retransmissions(),
                end.outOfOrder(),
                end.zeroWindows(),
                end.missedOctets());
    }
}
