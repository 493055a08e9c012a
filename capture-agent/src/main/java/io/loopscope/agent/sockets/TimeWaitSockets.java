package io.loopscope.agent.sockets;

import java.util.Arrays;
import java.util.List;

/**
 * Sockets in TIME-WAIT that readers have been told of. A busy host has tens of thousands of them, each for a minute, and
 * nothing about one ever changes until it is gone: so they are kept without an object each, and one that is known need not
 * be read again.
 *
 * <p>Rows of numbers, and open addressing by cookie to find them. For one thread.
 */
final class TimeWaitSockets {
    private static final int LONGS = 6;
    private static final int COOKIE = 0;
    private static final int LOCAL_HIGH = 1;
    private static final int LOCAL_LOW = 2;
    private static final int REMOTE_HIGH = 3;
    private static final int REMOTE_LOW = 4;
    /** Both ports, and below them the round in which it was seen last. */
    private static final int PORTS_AND_ROUND = 5;

    private static final long ROUND = 0xffff_ffffL;
    private static final int FIRST_ROWS = 64;
    private static final int FREE = 0;

    private long[] rows = new long[FIRST_ROWS * LONGS];
    /** Number of a row plus 1, or {@link #FREE}; four for each row, so that few have to be tried. */
    private int[] slots = new int[FIRST_ROWS * 4];

    private int count;
    private int round;

    /** How many there are. */
    int count() {
        return count;
    }

    /** Begins a round in which none has been seen yet. */
    void begin() {
        round++;
    }

    boolean contains(long cookie) {
        return slots[slot(cookie)] != FREE;
    }

    /** Whether it has been seen in this round. */
    boolean isSeen(long cookie) {
        int row = slots[slot(cookie)] - 1;
        return row >= 0 && (int) rows[row * LONGS + PORTS_AND_ROUND] == round;
    }

    /** It has been seen in this round. Returns whether it is one of these. */
    boolean see(long cookie) {
        int row = slots[slot(cookie)] - 1;
        if (row < 0) {
            return false;
        }
        int at = row * LONGS + PORTS_AND_ROUND;
        rows[at] = (rows[at] & ~ROUND) | (round & ROUND);
        return true;
    }

    /** Adds one that is not there, and has been seen in this round. */
    void add(SocketEntry socket) {
        if ((count + 1) * LONGS > rows.length) {
            rows = Arrays.copyOf(rows, rows.length * 2);
            slots = new int[slots.length * 2];
            findPlaces();
        }
        int at = count * LONGS;
        rows[at + COOKIE] = socket.cookie();
        rows[at + LOCAL_HIGH] = socket.local().high();
        rows[at + LOCAL_LOW] = socket.local().low();
        rows[at + REMOTE_HIGH] = socket.remote().high();
        rows[at + REMOTE_LOW] = socket.remote().low();
        rows[at + PORTS_AND_ROUND] =
                ((long) socket.local().port() << 48) | ((long) socket.remote().port() << 32) | (round & ROUND);
        slots[slot(socket.cookie())] = ++count;
    }

    /** Removes those that this round has not seen. */
    void removeUnseen(List<SocketEntry> removed) {
        int kept = 0;
        for (int row = 0; row < count; row++) {
            int at = row * LONGS;
            if ((int) rows[at + PORTS_AND_ROUND] == round) {
                System.arraycopy(rows, at, rows, kept * LONGS, LONGS);
                kept++;
            } else {
                removed.add(socket(at));
            }
        }
        if (kept < count) {
            count = kept;
            Arrays.fill(slots, FREE);
            findPlaces();
        }
    }

    private SocketEntry socket(int at) {
        long ports = rows[at + PORTS_AND_ROUND];
        return SocketEntry.inTimeWait(
                new Endpoint(rows[at + LOCAL_HIGH], rows[at + LOCAL_LOW], (int) (ports >>> 48)),
                new Endpoint(rows[at + REMOTE_HIGH], rows[at + REMOTE_LOW], (int) (ports >>> 32) & 0xffff),
                rows[at + COOKIE]);
    }

    private void findPlaces() {
        for (int row = 0; row < count; row++) {
            slots[slot(rows[row * LONGS + COOKIE])] = row + 1;
        }
    }

    /** Where a cookie is, or would be. */
    private int slot(long cookie) {
        int mask = slots.length - 1;
        int slot = (int) ((cookie * 0x9e3779b97f4a7c15L) >>> Integer.SIZE) & mask;
        while (slots[slot] != FREE && rows[(slots[slot] - 1) * LONGS + COOKIE] != cookie) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
