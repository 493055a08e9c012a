package io.loopscope.agent.track;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of items between one capturing and one publishing thread. Nothing is allocated and nobody waits.
 *
 * <p>Items are <em>open</em> when they are begun: the capturing thread may go on merging into them, and the publishing one
 * does not see them. {@link #handOver} closes all that are open and lets them be seen, in the order in which they were
 * begun. So whatever is published is complete: nothing that was captured before the newest item is still held back, and
 * items lie in the order in which their first segments were captured.
 */
public final class ItemQueue {
    private final Item[] items;
    private final int mask;
    /** Positions count from 0 without end. First not yet free again; written by the publishing thread. */
    private final AtomicLong taken = new AtomicLong();
    /** First that is open; written by the capturing thread. */
    private final AtomicLong handedOver = new AtomicLong();
    /** First that has not been begun; the capturing thread's own. */
    private long begun;
    /** What {@link #taken} was when it was last looked at by the capturing thread. */
    private long takenBefore;

    /**
     * An empty queue.
     *
     * @param capacity items it holds at most, rounded up to a power of two; at least 8
     */
    public ItemQueue(int capacity) {
        int size = Integer.highestOneBit(Math.max(8, capacity) * 2 - 1);
        mask = size - 1;
        items = new Item[size];
        for (int i = 0; i < size; i++) {
            items[i] = new Item();
        }
    }

    /** Items it holds at most. */
    public int capacity() {
        return items.length;
    }

    /**
     * Takes a place for an open item. For the capturing thread.
     *
     * @param reserve so many places are to be free afterwards
     * @return to be filled; null when there is no room
     */
    @Nullable Item begin(int reserve) {
        if (begun - takenBefore + reserve > mask) {
            takenBefore = taken.getAcquire();
            if (begun - takenBefore + reserve > mask) {
                return null;
            }
        }
        return items[(int) begun++ & mask];
    }

    /** Position of the item begun last. For the capturing thread. */
    long lastBegun() {
        return begun - 1;
    }

    /** Whether the item at this position is still open. For the capturing thread. */
    boolean isOpen(long position) {
        return position >= handedOver.getPlain();
    }

    /** The item at a position that is open. For the capturing thread. */
    Item open(long position) {
        return items[(int) position & mask];
    }

    /** How many items are open. For the capturing thread. */
    public int open() {
        return (int) (begun - handedOver.getPlain());
    }

    /** Open items and those not yet taken. For the capturing thread. */
    public int used() {
        takenBefore = taken.getAcquire();
        return (int) (begun - takenBefore);
    }

    /** Whether all that was handed over has been taken. For the capturing thread. */
    public boolean isDrained() {
        return taken.getAcquire() == handedOver.getPlain();
    }

    /** Closes what is open and lets the publishing thread see it. For the capturing thread. */
    public void handOver() {
        handedOver.setRelease(begun);
    }

    /** How many items there are to take. For any thread. */
    public int size() {
        // In this order, so that it is never negative.
        long first = taken.getAcquire();
        return (int) (handedOver.getAcquire() - first);
    }

    /**
     * An item to take. For the publishing thread; good until {@link #remove}.
     *
     * @param index 0 for the oldest, less than {@link #size()}
     */
    public Item peek(int index) {
        return items[(int) (taken.getPlain() + index) & mask];
    }

    /** Gives the places of the oldest items free. For the publishing thread. */
    public void remove(int count) {
        taken.setRelease(taken.getPlain() + count);
    }
}
