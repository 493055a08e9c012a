package io.loopscope.agent.track;

/**
 * What is left out when there is more than can be published: first plain data, then pure acknowledgments too; never SYN,
 * FIN, RST, a zero window and the update after it, for which a part of the queue is kept. Two things tell that there is
 * too much: the queue fills, or the capture is behind the clock. What was given up is taken up again only when it is much
 * better, so that it does not change with every look. A segment that adds to an open run needs no room and is never left
 * out.
 */
public final class Overload {
    private static final long DATA_LAG_NS = 500_000_000;
    private static final long ACKNOWLEDGMENTS_LAG_NS = 2_000_000_000;
    private static final long RECOVERED_LAG_NS = 100_000_000;
    /** Nobody is so far behind: the clock was set, or the agent was stopped for a while and catches up. */
    private static final long NO_LAG_NS = 60_000_000_000L;

    /** Parts of the room for plain segments, in percent, at which it begins and ends. */
    private static final int DATA_PERCENT = 70;

    private static final int ACKNOWLEDGMENTS_PERCENT = 90;
    private static final int RECOVERED_PERCENT = 40;
    /** From here on runs had better grow than be many. */
    private static final int PRESSED_PERCENT = 25;

    /** How much is left out. */
    public enum Level {
        /** Nothing. */
        NONE,
        /** Plain data. */
        DATA,
        /** Plain data and pure acknowledgments. */
        ACKNOWLEDGMENTS
    }

    private final boolean sheds;
    private final int reserve;
    private final long plainRoom;
    private Level level = Level.NONE;
    private boolean pressed;

    private Overload(boolean sheds, int reserve, int plainRoom) {
        this.sheds = sheds;
        this.reserve = reserve;
        this.plainRoom = plainRoom;
    }

    /**
     * For a live capture, which cannot wait.
     *
     * @param capacity items of the queue
     * @param reservedShare part of it that is kept for control segments, above 0 and below 1
     */
    public static Overload shedding(int capacity, double reservedShare) {
        int reserve = Math.max(1, Math.min(capacity - 1, (int) Math.round(capacity * reservedShare)));
        return new Overload(true, reserve, capacity - reserve);
    }

    /** For a capture that can wait, such as a file: nothing is left out. */
    public static Overload waiting() {
        return new Overload(false, 0, 0);
    }

    /**
     * Judges anew.
     *
     * @param used items in the queue
     * @param lagNs by how much the newest segment is behind the clock, nanoseconds
     */
    public void observe(int used, long lagNs) {
        if (!sheds) {
            return;
        }
        long lag = lagNs >= NO_LAG_NS ? 0 : lagNs;
        long percent = used * 100L / plainRoom;
        pressed = percent >= PRESSED_PERCENT || lag >= DATA_LAG_NS;
        if (percent >= ACKNOWLEDGMENTS_PERCENT || lag >= ACKNOWLEDGMENTS_LAG_NS) {
            level = Level.ACKNOWLEDGMENTS;
        } else if (percent >= DATA_PERCENT || lag >= DATA_LAG_NS) {
            level = level == Level.NONE ? Level.DATA : level;
        } else if (percent < RECOVERED_PERCENT && lag < RECOVERED_LAG_NS) {
            level = Level.NONE;
        } else if (level == Level.ACKNOWLEDGMENTS) {
            level = Level.DATA;
        }
    }

    /** What is left out now. */
    public Level level() {
        return level;
    }

    boolean shedsData() {
        return level != Level.NONE;
    }

    boolean shedsAcknowledgments() {
        return level == Level.ACKNOWLEDGMENTS;
    }

    /** Whether there is so much that runs had better grow than be many. */
    boolean isPressed() {
        return pressed;
    }

    /** Items of the queue that are kept for control segments. */
    int reserve() {
        return reserve;
    }
}
