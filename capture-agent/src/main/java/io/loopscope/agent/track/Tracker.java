package io.loopscope.agent.track;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import org.jspecify.annotations.Nullable;

/**
 * Segments into items: merges what may be merged, leaves out what there is no room for. What it leaves out it does not
 * remember either: it knows of a connection what a reader of the items can know.
 */
public final class Tracker {
    /** A run stays this short, whatever has to wait: the most by which a reader's clock may be behind one's. */
    private static final long LONGEST_RUN_NS = 30_000_000_000L;

    private final FidelityByPort fidelities;
    private final ItemQueue queue;
    private final ConnectionTable table;
    private final Overload overload;
    private final long runNs;
    private Urgency urgency = Urgency.NONE;

    /**
     * A tracker without connections.
     *
     * @param fidelities how much of which connection is told
     * @param queue where items go
     * @param connections remembered at most, 1 or more
     * @param overload what is left out when there is too much
     * @param runNs from the first to the last segment of a run at most, as long as there is room
     */
    public Tracker(FidelityByPort fidelities, ItemQueue queue, int connections, Overload overload, long runNs) {
        this.fidelities = fidelities;
        this.queue = queue;
        this.overload = overload;
        this.runNs = runNs;
        table = new ConnectionTable(connections);
    }

    /**
     * Takes a segment, in capture order.
     *
     * @param segment copied as far as it is kept
     * @param timeNs when it was captured, nanoseconds since 1970-01-01T00:00:00Z
     */
    public Answer take(SegmentHeader segment, long timeNs) {
        boolean fromLow = ConnectionTable.isFromLow(segment);
        TrackedConnection connection = table.find(segment, fromLow);
        Direction from = fromLow ? connection.low : connection.high;
        Direction to = fromLow && !isToItself(segment) ? connection.high : connection.low;
        Fidelity fidelity = fidelities.of(segment.sourcePort(), segment.destinationPort());
        boolean mergeable = fidelity != Fidelity.ALL && Coalescing.isMergeable(segment, from, to);
        if (mergeable && isMerged(segment, timeNs, connection, from)) {
            Coalescing.note(segment, from, to);
            return Answer.MERGED;
        }
        if (!mergeable && isCapturedTwice(segment, timeNs, from)) {
            return Answer.CAPTURED_TWICE;
        }
        Answer answer = begin(segment, timeNs, from, fidelity);
        if (answer == Answer.BEGUN) {
            if (mergeable) {
                from.run = queue.lastBegun();
            } else {
                connection.closeRuns();
            }
            urgency = urgency.or(urgencyOf(segment, from, fidelity));
            Coalescing.note(segment, from, to);
            table.touch(connection, isClosed(segment, connection));
        }
        return answer;
    }

    private boolean isCapturedTwice(SegmentHeader segment, long timeNs, Direction from) {
        Item run = openRun(from);
        return run != null && run.isRun() && run.endsWith(segment, timeNs);
    }

    private static boolean isToItself(SegmentHeader segment) {
        return segment.sourcePort() == segment.destinationPort()
                && segment.sourceLow() == segment.destinationLow()
                && segment.sourceHigh() == segment.destinationHigh();
    }

    /** Merges it into an open run if there is one that is not too old. */
    private boolean isMerged(SegmentHeader segment, long timeNs, TrackedConnection connection, Direction from) {
        long longestNs = overload.isPressed() ? Math.max(runNs, LONGEST_RUN_NS) : runNs;
        if (isTooOld(connection.low, timeNs, longestNs) || isTooOld(connection.high, timeNs, longestNs)) {
            connection.closeRuns();
        }
        Item run = openRun(from);
        if (run == null) {
            return false;
        }
        run.merge(segment, timeNs);
        return true;
    }

    /** Also true when the clock has gone back since the run began or grew. */
    private boolean isTooOld(Direction direction, long timeNs, long longestNs) {
        Item run = openRun(direction);
        return run != null && (timeNs - run.timeNs() > longestNs || timeNs < run.lastTimeNs());
    }

    private @Nullable Item openRun(Direction direction) {
        return direction.hasRun() && queue.isOpen(direction.run) ? queue.open(direction.run) : null;
    }

    private Answer begin(SegmentHeader segment, long timeNs, Direction from, Fidelity fidelity) {
        boolean vital = TcpFlags.isControl(segment.flags()) || segment.window() == 0 || from.closedWindow;
        boolean data = segment.payloadOctets() > 0;
        if (!vital && (data ? overload.shedsData() : overload.shedsAcknowledgments())) {
            return data ? Answer.SHED_DATA : Answer.SHED_ACKNOWLEDGMENT;
        }
        Item item = queue.begin(vital ? 0 : overload.reserve());
        if (item != null) {
            item.begin(segment, timeNs, fidelity);
            return Answer.BEGUN;
        }
        if (vital || overload.reserve() == 0) {
            return Answer.FULL;
        }
        return data ? Answer.SHED_DATA : Answer.SHED_ACKNOWLEDGMENT;
    }

    private static Urgency urgencyOf(SegmentHeader segment, Direction from, Fidelity fidelity) {
        if (TcpFlags.isControl(segment.flags()) || from.single > 0) {
            return Urgency.CONTROL;
        }
        return fidelity == Fidelity.ALL ? Urgency.SINGLE : Urgency.COALESCED;
    }

    private static boolean isClosed(SegmentHeader segment, TrackedConnection connection) {
        int flags = segment.flags();
        boolean opens = (flags & TcpFlags.SYN) != 0;
        boolean ends = (flags & TcpFlags.RST) != 0 || (connection.low.finSent && connection.high.finSent);
        return !opens && (connection.closed || ends);
    }

    /** The highest urgency among items begun since it was asked last. */
    public Urgency takeUrgency() {
        Urgency taken = urgency;
        urgency = Urgency.NONE;
        return taken;
    }

    /** Connections remembered now. For the tracking thread. */
    public int connections() {
        return table.count();
    }

    /** How many connections were forgotten to make room for others. For the tracking thread. */
    public long evictedConnections() {
        return table.evicted();
    }
}
