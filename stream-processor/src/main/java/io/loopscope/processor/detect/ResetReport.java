package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.ResetCause;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import org.jspecify.annotations.Nullable;

/**
 * RFC 9293 3.5.3 and 3.5.1: a connection was reset before both ends had closed. A RST without ACK from an end that never
 * closed, in answer to data or a keepalive, comes from a kernel that does not know the connection: it was half-open. All
 * others are resets, with a cause. Normal: a RST after both FINs.
 */
final class ResetReport {

    private final HostContext host;

    ResetReport(HostContext host) {
        this.host = host;
    }

    /** What is to be told about a connection that was just reset; null when that was normal. */
    @Nullable Happening of(Tracked tracked, long atNanos) {
        Connection connection = tracked.connection;
        Side sender = connection.resetBy();
        boolean bothClosed =
                tracked.end(Side.LOW).finSent() && tracked.end(Side.HIGH).finSent();
        boolean nothingBefore = tracked.countedLow == TcpState.CLOSED && tracked.countedHigh == TcpState.CLOSED;
        if (sender == null || bothClosed || nothingBefore) {
            return null;
        }
        boolean halfOpen = connection.resetCause() == ResetCause.NO_SOCKET && wasSynchronised(tracked);
        return halfOpen ? halfOpen(tracked, sender, atNanos) : reset(tracked, sender, atNanos);
    }

    private Happening halfOpen(Tracked tracked, Side sender, long atNanos) {
        String what =
                "%s answered a segment of %s with a RST although it had never closed: it did not know the connection any more."
                        .formatted(tracked.name(sender), tracked.name(sender.peer()));
        return new Happening(AnomalyName.HALF_OPEN, sender, atNanos, what, ClearReason.RESET, holdNanos());
    }

    private Happening reset(Tracked tracked, Side sender, long atNanos) {
        String what = "%s reset the connection with %s in %s: %s."
                .formatted(
                        tracked.name(sender),
                        tracked.name(sender.peer()),
                        before(tracked, sender),
                        cause(tracked.connection.resetCause()));
        return new Happening(AnomalyName.RESET, sender, atNanos, what, ClearReason.RESET, holdNanos());
    }

    private static String cause(@Nullable ResetCause cause) {
        if (cause == null) {
            return "the cause is not known";
        }
        return switch (cause) {
            case REFUSED -> "nobody listened";
            case ABORTED -> "its owner aborted it (SO_LINGER 0) or exited";
            case UNREAD_DATA -> "its owner closed while data was unread";
            case KEEPALIVE_GAVE_UP -> "its keepalive probes were not answered and it gave the peer up";
            case NO_SOCKET -> "its kernel has no socket for the connection";
            case AFTER_CLOSE -> "it had closed already and data still came";
        };
    }

    /** The states as last counted are those before this segment: both are CLOSED now. */
    private static TcpState before(Tracked tracked, Side side) {
        return side == Side.LOW ? tracked.countedLow : tracked.countedHigh;
    }

    private static boolean wasSynchronised(Tracked tracked) {
        return tracked.countedLow.synchronised() && tracked.countedHigh.synchronised();
    }

    private long holdNanos() {
        return host.settings.limits().holdEvent().toNanos();
    }
}
