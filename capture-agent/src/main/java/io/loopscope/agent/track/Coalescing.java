package io.loopscope.agent.track;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;

/**
 * Which segments may share an item: consecutive plain data and pure ACKs of one end. Never merged is what could change
 * what a reader concludes:
 *
 * <ul>
 *   <li>SYN, FIN, RST, and the next two segments of each end: the ACK that completes a handshake, covers a FIN or answers
 *       a challenge;
 *   <li>retransmissions, segments out of order, keepalives and probes, old timestamps;
 *   <li>a zero window and the update after it;
 *   <li>what acknowledges octets that were not captured, and everything while such a gap is open;
 *   <li>any flag but ACK and PSH, any option of a handshake, a broken or cut option list, IP fragments;
 *   <li>a connection of a socket to itself, whose directions nobody can tell apart.
 * </ul>
 */
final class Coalescing {
    /** Segments of each end after a control segment that stay single. */
    private static final int SINGLE_AFTER_CONTROL = 2;

    private Coalescing() {}

    /** Whether a segment may be in a run. */
    static boolean isMergeable(SegmentHeader segment, Direction from, Direction to) {
        return (segment.flags() & ~TcpFlags.PSH) == TcpFlags.ACK
                && from.known
                && (int) segment.sequence() == from.next
                && from.single == 0
                && segment.window() != 0
                && !from.closedWindow
                && !from.gap
                && !to.gap
                && to.known
                && from != to
                && acknowledgesNothingSpecial((int) segment.acknowledgment(), to)
                && hasUsualOptions(segment, from);
    }

    private static boolean acknowledgesNothingSpecial(int acknowledgment, Direction to) {
        return acknowledgment - to.next <= 0 && !(to.finSent && acknowledgment - to.finEnd >= 0);
    }

    private static boolean hasUsualOptions(SegmentHeader segment, Direction from) {
        boolean timestampsAsBefore = segment.hasTimestamps() == from.timestamps
                && (!from.timestamps || (int) segment.timestampValue() - from.timestamp >= 0);
        return timestampsAsBefore
                && segment.maximumSegmentSize() == SegmentHeader.ABSENT
                && segment.windowScale() == SegmentHeader.ABSENT
                && !segment.sackPermitted()
                && !segment.optionsMalformed()
                && !segment.optionsTruncated()
                && !segment.fragmented();
    }

    /** Remembers a segment that is published, alone or in a run. */
    static void note(SegmentHeader segment, Direction from, Direction to) {
        int flags = segment.flags();
        if ((flags & TcpFlags.RST) == 0) {
            noteText(segment, from, to);
        }
        if ((flags & TcpFlags.FIN) != 0) {
            from.finSent = true;
            from.finEnd = end(segment);
        }
        if (TcpFlags.isControl(flags)) {
            from.single = SINGLE_AFTER_CONTROL;
            to.single = SINGLE_AFTER_CONTROL;
        } else if (from.single > 0) {
            from.single--;
        }
    }

    private static void noteText(SegmentHeader segment, Direction from, Direction to) {
        int sequence = (int) segment.sequence();
        boolean syn = (segment.flags() & TcpFlags.SYN) != 0;
        boolean restarts = !from.known || (syn && sequence != from.initial);
        if (restarts) {
            from.gap = false;
            from.finSent = false;
            from.timestamps = false;
        } else if (sequence - from.next > 0) {
            from.gap = true;
            from.gapEnd = sequence;
        }
        if ((segment.flags() & TcpFlags.ACK) != 0 && (int) segment.acknowledgment() - to.gapEnd >= 0) {
            to.gap = false;
        }
        if (syn) {
            from.initial = sequence;
        }
        int end = end(segment);
        if (restarts || end - from.next > 0) {
            from.next = end;
        }
        from.known = true;
        from.closedWindow = segment.window() == 0;
        noteTimestamp(segment, from);
    }

    private static void noteTimestamp(SegmentHeader segment, Direction from) {
        int timestamp = (int) segment.timestampValue();
        if (!from.timestamps || timestamp - from.timestamp > 0) {
            from.timestamp = timestamp;
        }
        from.timestamps = segment.hasTimestamps();
    }

    /** After all that the segment takes in sequence space. */
    private static int end(SegmentHeader segment) {
        int flags = segment.flags();
        return (int) segment.sequence()
                + segment.payloadOctets()
                + ((flags & TcpFlags.SYN) != 0 ? 1 : 0)
                + ((flags & TcpFlags.FIN) != 0 ? 1 : 0);
    }
}
