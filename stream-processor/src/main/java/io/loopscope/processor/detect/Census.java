package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How many ends of a listener's connections are in each state now, and what was last published about it. */
final class Census {

    private static final TcpState[] STATES = TcpState.values();
    private static final Role[] ENDS = Role.values();

    private final Evidence evidence;
    private final int[] counts = new int[ENDS.length * STATES.length];
    private final int[] published = new int[counts.length];
    private double publishedRatio = Double.NaN;

    Census(Evidence evidence) {
        this.evidence = evidence;
    }

    void add(Role end, TcpState state, int number) {
        // CLOSED is no state of a connection: a closed one is only remembered for late segments.
        if (state != TcpState.CLOSED) {
            counts[index(end, state)] += number;
        }
    }

    int count(Role end, TcpState state) {
        return counts[index(end, state)];
    }

    /** As it was last published. */
    int published(Role end, TcpState state) {
        return published[index(end, state)];
    }

    /** As it was last published; null when nothing could be compared. */
    @Nullable Double publishedRatio() {
        return Double.isNaN(publishedRatio) ? null : (Double) publishedRatio;
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

    /**
     * Publishes what has changed since the last time; by the table everything that is not 0 when the agreement has.
     *
     * @param agreement share of the ends of which segments and table say the same; null when nothing can be compared
     */
    boolean publish(Listener listener, @Nullable Double agreement, long nowNanos, Step out) {
        double ratio = agreement == null ? Double.NaN : agreement;
        boolean again = evidence == Evidence.KERNEL && Double.compare(ratio, publishedRatio) != 0;
        boolean changed = again;
        publishedRatio = ratio;
        for (Role end : ENDS) {
            for (TcpState state : STATES) {
                int i = index(end, state);
                if (counts[i] != published[i] || (again && counts[i] != 0)) {
                    published[i] = counts[i];
                    out.publish(new CensusChange(listener, end, state, counts[i], evidence, agreement, nowNanos));
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

    /** Of the table's counts the agreement, too. */
    void writeRatioTo(DataOutput output) throws IOException {
        output.writeDouble(publishedRatio);
    }

    void readRatioFrom(DataInput input) throws IOException {
        publishedRatio = input.readDouble();
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
