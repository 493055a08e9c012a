package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.SegmentHeader;
import java.util.Collection;

/** An unchanging set of connections that can be asked for each packet: open addressing, nothing allocated. */
final class ConnectionSet {
    private static final int LONGS = 5;
    private static final int HIGH_A = 0;
    private static final int LOW_A = 1;
    private static final int HIGH_B = 2;
    private static final int LOW_B = 3;
    private static final int PORTS = 4;
    /** Port 0 is no port of a connection, so a slot with two of them is free. */
    private static final long FREE = 0;

    private final long[] slots;
    private final int mask;

    ConnectionSet(Collection<Connection> connections) {
        int size = Integer.highestOneBit(Math.max(4, connections.size() * 2)) * 2;
        mask = size - 1;
        slots = new long[size * LONGS];
        connections.forEach(this::add);
    }

    private void add(Connection connection) {
        Endpoint a = connection.one();
        Endpoint b = connection.other();
        int slot = hash(a.low(), b.low(), a.port(), b.port()) & mask;
        while (slots[slot * LONGS + PORTS] != FREE) {
            slot = slot + 1 & mask;
        }
        int at = slot * LONGS;
        slots[at + HIGH_A] = a.high();
        slots[at + LOW_A] = a.low();
        slots[at + HIGH_B] = b.high();
        slots[at + LOW_B] = b.low();
        slots[at + PORTS] = ports(a.port(), b.port());
    }

    boolean contains(SegmentHeader header) {
        int slot = hash(header.sourceLow(), header.destinationLow(), header.sourcePort(), header.destinationPort());
        for (slot &= mask; slots[slot * LONGS + PORTS] != FREE; slot = slot + 1 & mask) {
            if (matches(slot * LONGS, header)) {
                return true;
            }
        }
        return false;
    }

    boolean contains(Connection connection) {
        Endpoint a = connection.one();
        Endpoint b = connection.other();
        int slot = hash(a.low(), b.low(), a.port(), b.port()) & mask;
        for (; slots[slot * LONGS + PORTS] != FREE; slot = slot + 1 & mask) {
            int at = slot * LONGS;
            // Both are in the order in which a connection has its ends.
            if (slots[at + PORTS] == ports(a.port(), b.port())
                    && slots[at + LOW_A] == a.low()
                    && slots[at + LOW_B] == b.low()
                    && slots[at + HIGH_A] == a.high()
                    && slots[at + HIGH_B] == b.high()) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(int at, SegmentHeader header) {
        long forward = ports(header.sourcePort(), header.destinationPort());
        if (slots[at + PORTS] == forward
                && slots[at + LOW_A] == header.sourceLow()
                && slots[at + LOW_B] == header.destinationLow()
                && slots[at + HIGH_A] == header.sourceHigh()
                && slots[at + HIGH_B] == header.destinationHigh()) {
            return true;
        }
        long backward = ports(header.destinationPort(), header.sourcePort());
        return slots[at + PORTS] == backward
                && slots[at + LOW_A] == header.destinationLow()
                && slots[at + LOW_B] == header.sourceLow()
                && slots[at + HIGH_A] == header.destinationHigh()
                && slots[at + HIGH_B] == header.sourceHigh();
    }

    private static long ports(int a, int b) {
        return (long) a << Integer.SIZE | b;
    }

    /** The same for both directions. */
    private static int hash(long lowA, long lowB, int portA, int portB) {
        long mixed = (lowA + lowB) * 0x9e3779b97f4a7c15L + (long) (portA * portB ^ portA + portB) * 0xff51afd7ed558ccdL;
        return (int) (mixed >>> Integer.SIZE);
    }
}
