package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a connection.
 *
 * @param type what happened
 * @param number the event's number in its connection, from 0 on, without gaps
 * @param timeNanos when
 * @param connection how it was after this event
 * @param changes state changes in order
 * @param cause the segment that caused it; null when a timer did
 * @param summary set when it is over
 */
public record ConnectionChange(
        Type type,
        int number,
        long timeNanos,
        ConnectionView connection,
        List<StateChange> changes,
        @Nullable Cause cause,
        @Nullable ConnectionSummary summary)
        implements Output {

    /** Kinds of events. */
    public enum Type {
        /** First segment of an incarnation. */
        OPENED,
        /** One or both ends moved. */
        STATE_CHANGED,
        /** The incarnation is over. */
        CLOSED
    }

    /** One end moved. */
    public record StateChange(Role end, TcpState from, TcpState to) {}

    /**
     * The segment that caused an event, with relative numbers as tcpdump prints them.
     *
     * @param sender which end sent it
     * @param flags control bits as in {@link io.loopscope.processor.tcp.TcpFlags}
     * @param relativeSequence SEG.SEQ less the sender's initial sequence number; absolute in a SYN; unsigned
     * @param relativeAcknowledgment SEG.ACK less the peer's initial sequence number; 0 when ACK is off; unsigned
     * @param window SEG.WND as on the wire
     * @param payloadOctets payload octets
     */
    public record Cause(
            Role sender,
            int flags,
            long relativeSequence,
            long relativeAcknowledgment,
            int window,
            long payloadOctets) {}

    public ConnectionChange {
        changes = List.copyOf(changes);
    }

    /** Unique and repeatable. */
    public String eventId() {
        return connection.id() + '.' + number;
    }
}
