package io.loopscope.agent.track;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;

/**
 * Which segments may share an item: consecutive plain data and pure ACKs of one end. Never merged is what could change
 * what a reader concludes:
 *
 * <ul>
 *   <li>SYN, FIN, RST, and the next two segments of each end: the ACK that completes a handshake, covers a FIN or answers
 *       a challenge; and all that the peer of an end sends after that end's FIN;
 *   <li>the first data and the first pure ACK of each end, so that it shows which came first;
 *   <li>retransmissions, segments out of order or acknowledged before, keepalives and probes, old timestamps;
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
                && !(from.acknowledged && (int) segment.sequence() - from.acknowledgedTo < 0)
                && from.single == 0
                && (segment.payloadOctets() > 0 ? from.dataTold : from.acknowledgmentTold)
                && segment.window() != 0
                && !from.closedWindow
                && !from.gap
                && !to.gap
                && to.known
                && from != to
                && !to.finSent
                && (int) segment.acknowledgment() - to.next <= 0
                && hasUsualOptions(segment, from);
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
            from.forgetKinds();
        } else if (sequence - from.next > 0) {
            from.gap = true;
            from.gapEnd = sequence;
        }
        if (syn && restarts) {
            from.initial = sequence;
            from.acknowledged = false;
            // To a reader a new connection has begun, whatever the other end still sends.
            to.forgetKinds();
        }
        if ((segment.flags() & TcpFlags.ACK) != 0) {
            noteAcknowledgment((int) segment.acknowledgment(), to);
        }
        int end = end(segment);
        if (restarts || end - from.next >= 0) {
            from.next = end;
            noteKind(segment, from);
        }
        from.known = true;
        from.closedWindow = segment.window() == 0;
        noteTimestamp(segment, from);
    }

    private static void noteKind(SegmentHeader segment, Direction from) {
        if (segment.payloadOctets() > 0) {
            from.dataTold = true;
        } else if (!TcpFlags.isControl(segment.flags())) {
            from.acknowledgmentTold = true;
        }
    }

    private static void noteAcknowledgment(int acknowledgment, Direction to) {
        if (acknowledgment - to.gapEnd >= 0) {
            to.gap = false;
        }
        if (!to.acknowledged || acknowledgment - to.acknowledgedTo > 0) {
            to.acknowledged = true;
            to.acknowledgedTo = acknowledgment;
        }
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
