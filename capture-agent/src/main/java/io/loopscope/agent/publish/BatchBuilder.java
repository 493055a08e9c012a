package io.loopscope.agent.publish;

import io.loopscope.agent.track.Item;
import io.loopscope.schemas.RecordHead;
import io.loopscope.schemas.v1.CaptureBatch;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gathers items into batches, numbers and encodes them. */
public final class BatchBuilder {
    private final String hostId;
    private final RecordHead head;
    private final BatchEncoder encoder;
    private final ConnectionIndex connections;
    private final @Nullable Item[] items;
    private final int[] connectionOf;
    private final boolean[] fromLow;
    private int size;
    private long segments;
    private long sequence;

    /**
     * A builder without items.
     *
     * @param identity whose batches
     * @param interfaceName what is captured
     * @param mostItems of a batch at most
     */
    public BatchBuilder(Identity identity, String interfaceName, int mostItems) {
        this(identity, interfaceName, mostItems, RecordHead.singleObject(CaptureBatch.getClassSchema()));
    }

    /** As above, for batches with this head. */
    public BatchBuilder(Identity identity, String interfaceName, int mostItems, RecordHead head) {
        this.head = head;
        hostId = identity.hostId();
        encoder = new BatchEncoder(identity, interfaceName, head);
        connections = new ConnectionIndex(mostItems);
        items = new Item[mostItems];
        connectionOf = new int[mostItems];
        fromLow = new boolean[mostItems];
    }

    /**
     * Adds an item; the batch must not be full.
     *
     * @param item kept, and not to be changed before {@link #take}
     */
    public void add(Item item) {
        boolean low = CanonicalOrder.compareEnds(item.header()) <= 0;
        items[size] = item;
        fromLow[size] = low;
        connectionOf[size] = connections.of(item, low);
        segments += item.segments();
        size++;
    }

    /** Whether it has no item. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** Whether it takes no more. */
    public boolean isFull() {
        return size == items.length;
    }

    /** The number that the next batch will have: all lower ones have been taken. */
    public long nextSequence() {
        return sequence;
    }

    /**
     * Takes the items as a batch, and begins the next; there must be one.
     *
     * @param skippedBefore segments left out since the batch before
     */
    public EncodedBatch take(long skippedBefore) {
        try {
            long baseTimeNs = item(0).timeNs();
            encoder.begin(sequence, baseTimeNs, skippedBefore);
            encoder.beginArray(connections.count());
            for (int i = 0; i < connections.count(); i++) {
                encoder.connection(connections.example(i), connections.isFromLow(i));
            }
            encoder.endArray();
            encoder.beginArray(size);
            for (int i = 0; i < size; i++) {
                encoder.item(item(i), connectionOf[i], fromLow[i], baseTimeNs);
            }
            encoder.endArray();
            EncodedBatch batch = new EncodedBatch(hostId, head, encoder.end(), segments);
            clear();
            return batch;
        } catch (IOException e) {
            throw new IllegalStateException("encoding into memory failed", e);
        }
    }

    private Item item(int index) {
        Item item = items[index];
        if (item == null) {
            throw new IllegalStateException("no item " + index + " of " + size);
        }
        return item;
    }

    private void clear() {
        sequence++;
        connections.clear();
        Arrays.fill(items, 0, size, null);
        size = 0;
        segments = 0;
    }
}
