package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How many ends of a listener's connections are in each state now, and what was last published about it. */
final class Census {

    private static final TcpState[] STATES = TcpState.values();
    private static final Role[] ENDS = Role.values();

    private final int[] counts = new int[ENDS.length * STATES.length];
    private final int[] published = new int[counts.length];

    void add(Role end, TcpState state, int number) {
        // CLOSED is no state of a connection: a closed one is only remembered for late segments.
        if (state != TcpState.CLOSED) {
            counts[index(end, state)] += number;
        }
    }

    int count(Role end, TcpState state) {
        return counts[index(end, state)];
    }

    /** All that was published is 0. */
    boolean isSilent() {
        for (int count : published) {
            if (count != 0) {
                return false;
            }
        }
        return true;
    }

    /** Publishes what has changed since the last time. */
    boolean publish(Listener listener, long nowNanos, Step out) {
        boolean changed = false;
        for (Role end : ENDS) {
            for (TcpState state : STATES) {
                int i = index(end, state);
                if (counts[i] != published[i]) {
                    published[i] = counts[i];
                    out.publish(new CensusChange(listener, end, state, counts[i], nowNanos));
                    changed = true;
                }
            }
        }
        return changed;
    }

    /** Only what was published: the counts follow from the connections. */
    void writeTo(DataOutput output) throws IOException {
        output.writeByte(published.length);
        for (int count : published) {
            output.writeInt(count);
        }
    }

    void readFrom(DataInput input) throws IOException {
        int length = input.readUnsignedByte();
        if (length != published.length) {
            throw new IOException("stored by another version: " + length + " counts, not " + published.length);
        }
        for (int i = 0; i < length; i++) {
            published[i] = input.readInt();
        }
    }

    // In the path of every change of state.
    @SuppressWarnings("EnumOrdinal")
    private static int index(Role end, TcpState state) {
        return end.ordinal() * STATES.length + state.ordinal();
    }
}
