package io.loopscope.agent.publish;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.track.Item;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Numbers the connections of a batch in the order in which they come up. Allocates nothing after it was made. */
final class ConnectionIndex {
    private static final int FREE = 0;

    /** An item of each connection, and whether its sender is the low end. */
    private final @Nullable Item[] examples;

    private final boolean[] sourceIsLow;
    private final int[] slots;
    private final int mask;
    private int count;

    ConnectionIndex(int mostConnections) {
        examples = new Item[mostConnections];
        sourceIsLow = new boolean[mostConnections];
        slots = new int[Integer.highestOneBit(mostConnections) * 4];
        mask = slots.length - 1;
    }

    void clear() {
        Arrays.fill(slots, FREE);
        Arrays.fill(examples, 0, count, null);
        count = 0;
    }

    int count() {
        return count;
    }

    /** The number of an item's connection. The item must not change before {@link #clear}. */
    int of(Item item, boolean fromLow) {
        SegmentHeader segment = item.header();
        int slot = hash(segment) & mask;
        while (slots[slot] != FREE) {
            int index = slots[slot] - 1;
            if (isOf(index, segment, fromLow)) {
                return index;
            }
            slot = slot + 1 & mask;
        }
        examples[count] = item;
        sourceIsLow[count] = fromLow;
        slots[slot] = count + 1;
        return count++;
    }

    /** An item of the connection with this number. */
    Item example(int index) {
        Item example = examples[index];
        if (example == null) {
            throw new IllegalStateException("no connection " + index + " of " + count);
        }
        return example;
    }

    /** Whether the low end sent the {@link #example}. */
    boolean isFromLow(int index) {
        return sourceIsLow[index];
    }

    private boolean isOf(int index, SegmentHeader segment, boolean fromLow) {
        SegmentHeader example = example(index).header();
        return sourceIsLow[index] == fromLow
                ? segment.sourcePort() == example.sourcePort()
                        && segment.destinationPort() == example.destinationPort()
                        && segment.sourceLow() == example.sourceLow()
                        && segment.destinationLow() == example.destinationLow()
                        && segment.sourceHigh() == example.sourceHigh()
                        && segment.destinationHigh() == example.destinationHigh()
                : segment.sourcePort() == example.destinationPort()
                        && segment.destinationPort() == example.sourcePort()
                        && segment.sourceLow() == example.destinationLow()
                        && segment.destinationLow() == example.sourceLow()
                        && segment.sourceHigh() == example.destinationHigh()
                        && segment.destinationHigh() == example.sourceHigh();
    }

    /** The same for both directions. */
    private static int hash(SegmentHeader segment) {
        long ports = (long) segment.sourcePort() * segment.destinationPort()
                + (segment.sourcePort() ^ segment.destinationPort());
        long mixed = (ports + segment.sourceLow() + segment.destinationLow()) * 0x9e3779b97f4a7c15L;
        return (int) (mixed >>> Integer.SIZE);
    }
}
