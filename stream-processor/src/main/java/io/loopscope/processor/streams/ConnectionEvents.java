package io.loopscope.processor.streams;

import io.loopscope.processor.detect.ConnectionChange;
import io.loopscope.processor.detect.ConnectionChange.Cause;
import io.loopscope.processor.detect.ConnectionSummary;
import io.loopscope.processor.detect.ConnectionView;
import io.loopscope.processor.tcp.Role;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.ConnectionEventType;
import io.loopscope.schemas.v1.EndSummary;
import io.loopscope.schemas.v1.SegmentSummary;
import io.loopscope.schemas.v1.StateChange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the detector tells about connections, as records of the contract. */
final class ConnectionEvents {
    /** In tcpdump's order and letters; bit n is letter n. */
    private static final String FLAG_LETTERS = "FSRP.UEWe";

    private ConnectionEvents() {}

    static ConnectionEvent of(String hostId, ConnectionChange change) {
        ConnectionView view = change.connection();
        return new ConnectionEvent(
                change.eventId(),
                type(change.type()),
                change.timeNanos(),
                view.id(),
                hostId,
                view.tuple().networkNamespace(),
                Sockets.published(view.address(Role.CLIENT), view.port(Role.CLIENT)),
                Sockets.published(view.address(Role.SERVER), view.port(Role.SERVER)),
                Words.initiator(view.initiator()),
                view.partial(),
                Words.state(view.clientState()),
                Words.state(view.serverState()),
                changes(change.changes()),
                cause(change.cause()),
                view.history(),
                view.tuple().communityId(),
                summary(change.summary()));
    }

    private static ConnectionEventType type(ConnectionChange.Type type) {
        return switch (type) {
            case OPENED -> ConnectionEventType.OPENED;
            case STATE_CHANGED -> ConnectionEventType.STATE_CHANGED;
            case CLOSED -> ConnectionEventType.CLOSED;
        };
    }

    /** {@code S.} for SYN,ACK; {@code none} without any, as tcpdump prints it. */
    static String letters(int flags) {
        StringBuilder letters = new StringBuilder();
        for (int bit = 0; bit < FLAG_LETTERS.length(); bit++) {
            if ((flags & 1 << bit) != 0) {
                letters.append(FLAG_LETTERS.charAt(bit));
            }
        }
        return letters.isEmpty() ? "none" : letters.toString();
    }

    private static List<StateChange> changes(List<ConnectionChange.StateChange> changes) {
        List<StateChange> published = new ArrayList<>(changes.size());
        for (ConnectionChange.StateChange change : changes) {
            published.add(
                    new StateChange(Words.end(change.end()), Words.state(change.from()), Words.state(change.to())));
        }
        return published;
    }

    private static @Nullable SegmentSummary cause(@Nullable Cause cause) {
        return cause == null
                ? null
                : new SegmentSummary(
                        Words.end(cause.sender()),
                        letters(cause.flags()),
                        cause.relativeSequence(),
                        cause.relativeAcknowledgment(),
                        cause.window(),
                        cause.payloadOctets());
    }

    private static io.loopscope.schemas.v1.@Nullable ConnectionSummary summary(@Nullable ConnectionSummary summary) {
        return summary == null
                ? null
                : new io.loopscope.schemas.v1.ConnectionSummary(
                        summary.startedNanos(),
                        summary.endedNanos(),
                        summary.connState(),
                        summary.endReason(),
                        summary.handshakeRttNanos(),
                        sent(summary.clientToServer()),
                        sent(summary.serverToClient()));
    }

    private static EndSummary sent(ConnectionSummary.Sent sent) {
        return new EndSummary(
                sent.segments(),
                sent.octets(),
                sent.uniqueOctets(),
                sent.retransmissions(),
                sent.outOfOrder(),
                sent.zeroWindows(),
                sent.missedOctets());
    }
}
