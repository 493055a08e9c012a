package io.loopscope.agent.track;

import io.loopscope.agent.parse.SegmentHeader;
import org.jspecify.annotations.Nullable;

/**
 * Connections by their 4-tuple, both directions alike. Bounded: when it is full, a closed connection makes room, else the
 * one that was left alone for the longest. Places are made when they are first needed and then used for ever, so a table
 * that has grown allocates nothing. Of closed connections few are remembered even when there is room: what comes after the
 * end comes soon, and in a storm of short connections a small table stays in the processor's cache.
 *
 * <p>Open addressing with linear probing over indexes. No library's map fits: the key is four longs and two ports, which
 * would have to be boxed for it.
 */
final class ConnectionTable {
    private static final int FREE = 0;
    /** A second's worth in a storm of 4,000 connections a second. */
    static final int MOST_CLOSED = 4096;

    private final @Nullable TrackedConnection[] connections;
    /** Index of a connection plus 1, or {@link #FREE}. */
    private final int[] slots;

    private final int mask;
    private final Recency open = new Recency(this);
    private final Recency closed = new Recency(this);
    private int count;
    private long evicted;
    private @Nullable TrackedConnection last;

    // The key that is looked for.
    private long lowAddressHigh;
    private long lowAddressLow;
    private long highAddressHigh;
    private long highAddressLow;
    private int ports;

    /** An empty table for so many connections at most, 1 or more. */
    ConnectionTable(int capacity) {
        connections = new TrackedConnection[capacity];
        slots = new int[Integer.highestOneBit(capacity) * 4];
        mask = slots.length - 1;
    }

    /** Whether the sender of a segment is the end that is called low here. Equal ends: yes. */
    static boolean isFromLow(SegmentHeader segment) {
        if (segment.sourceLow() != segment.destinationLow()) {
            return segment.sourceLow() < segment.destinationLow();
        }
        if (segment.sourceHigh() != segment.destinationHigh()) {
            return segment.sourceHigh() < segment.destinationHigh();
        }
        return segment.sourcePort() <= segment.destinationPort();
    }

    /**
     * The connection of a segment; a new one when it is not known.
     *
     * @param fromLow what {@link #isFromLow} says
     */
    TrackedConnection find(SegmentHeader segment, boolean fromLow) {
        setKey(segment, fromLow);
        TrackedConnection recent = last;
        if (recent == null || !matches(recent)) {
            recent = lookUp();
            last = recent;
        }
        return recent;
    }

    private void setKey(SegmentHeader segment, boolean fromLow) {
        if (fromLow) {
            lowAddressHigh = segment.sourceHigh();
            lowAddressLow = segment.sourceLow();
            highAddressHigh = segment.destinationHigh();
            highAddressLow = segment.destinationLow();
            ports = segment.sourcePort() << Short.SIZE | segment.destinationPort();
        } else {
            lowAddressHigh = segment.destinationHigh();
            lowAddressLow = segment.destinationLow();
            highAddressHigh = segment.sourceHigh();
            highAddressLow = segment.sourceLow();
            ports = segment.destinationPort() << Short.SIZE | segment.sourcePort();
        }
    }

    private boolean matches(TrackedConnection connection) {
        return connection.ports == ports
                && connection.lowAddressLow == lowAddressLow
                && connection.highAddressLow == highAddressLow
                && connection.lowAddressHigh == lowAddressHigh
                && connection.highAddressHigh == highAddressHigh;
    }

    private TrackedConnection lookUp() {
        int hash = hash();
        int slot = hash & mask;
        while (slots[slot] != FREE) {
            TrackedConnection candidate = at(slots[slot] - 1);
            if (candidate.hash == hash && matches(candidate)) {
                return candidate;
            }
            slot = slot + 1 & mask;
        }
        return add(hash);
    }

    private int hash() {
        long mixed = (lowAddressLow ^ ports) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 32 ^ highAddressLow) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 32 ^ lowAddressHigh + Long.rotateLeft(highAddressHigh, 32)) * 0xc4ceb9fe1a85ec53L;
        return (int) (mixed ^ mixed >>> 32);
    }

    private TrackedConnection add(int hash) {
        boolean grows = count < connections.length && closed.size() < MOST_CLOSED;
        TrackedConnection added = grows ? grow() : evict();
        added.lowAddressHigh = lowAddressHigh;
        added.lowAddressLow = lowAddressLow;
        added.highAddressHigh = highAddressHigh;
        added.highAddressLow = highAddressLow;
        added.ports = ports;
        added.hash = hash;
        int slot = hash & mask;
        while (slots[slot] != FREE) {
            slot = slot + 1 & mask;
        }
        slots[slot] = added.index + 1;
        open.append(added);
        return added;
    }

    private TrackedConnection grow() {
        TrackedConnection added = new TrackedConnection(count);
        connections[count++] = added;
        return added;
    }

    private TrackedConnection evict() {
        Recency from = closed.isEmpty() ? open : closed;
        TrackedConnection victim = from.oldest();
        from.remove(victim);
        free(victim);
        victim.low.reset();
        victim.high.reset();
        victim.closed = false;
        evicted++;
        return victim;
    }

    /** Gives its slot free, and moves up those behind it that would not be found any more. */
    private void free(TrackedConnection connection) {
        int hole = connection.hash & mask;
        while (slots[hole] != connection.index + 1) {
            hole = hole + 1 & mask;
        }
        for (int slot = (hole + 1) & mask; slots[slot] != FREE; slot = (slot + 1) & mask) {
            int home = at(slots[slot] - 1).hash & mask;
            if (((slot - home) & mask) >= ((slot - hole) & mask)) {
                slots[hole] = slots[slot];
                hole = slot;
            }
        }
        slots[hole] = FREE;
    }

    TrackedConnection at(int index) {
        TrackedConnection connection = connections[index];
        if (connection == null) {
            throw new IllegalStateException("no connection at " + index + " of " + count);
        }
        return connection;
    }

    /** A segment of it was published: it is the last to go among its like. */
    void touch(TrackedConnection connection, boolean nowClosed) {
        Recency from = connection.closed ? closed : open;
        Recency to = nowClosed ? closed : open;
        if (from != to || !to.isNewest(connection)) {
            from.remove(connection);
            to.append(connection);
            connection.closed = nowClosed;
        }
    }

    int count() {
        return count;
    }

    /** How many connections had to make room. */
    long evicted() {
        return evicted;
    }
}
