package io.loopscope.processor.streams;

import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** The state stores of one process, for other threads than those that process. */
interface StoreSource {

    /** Partitions that this process has to process, readable or not. */
    Set<Integer> assigned();

    /** Partitions whose stores can be read now. */
    Set<Integer> partitions();

    /**
     * One store of one partition.
     *
     * @throws InvalidStateStoreException when it can't be read (any more): it has moved, or is being restored
     */
    ReadOnlyKeyValueStore<Bytes, byte[]> store(String name, int partition);
}
