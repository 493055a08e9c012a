package io.loopscope.processor.streams;

import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.ThreadMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * The stores of a running {@link KafkaStreams}, by Interactive Queries. Its stores may be read while stream threads write
 * them; the monitors in front of them may not.
 */
final class LiveStores implements StoreSource {
    private final KafkaStreams streams;

    LiveStores(KafkaStreams streams) {
        this.streams = streams;
    }

    @Override
    public Set<Integer> partitions() {
        Set<Integer> readable = new TreeSet<>();
        for (int partition : assigned()) {
            if (isReadable(partition)) {
                readable.add(partition);
            }
        }
        return readable;
    }

    private boolean isReadable(int partition) {
        try {
            store(Stores.HOSTS, partition);
            return true;
        } catch (InvalidStateStoreException e) {
            return false; // Being restored, or on its way to another process.
        }
    }

    @Override
    public ReadOnlyKeyValueStore<Bytes, byte[]> store(String name, int partition) {
        return streams.store(
                StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.<Bytes, byte[]>keyValueStore())
                        .withPartition(partition));
    }

    @Override
    public Set<Integer> assigned() {
        Set<Integer> assigned = new TreeSet<>();
        for (ThreadMetadata thread : streams.metadataForLocalThreads()) {
            for (TaskMetadata task : thread.activeTasks()) {
                assigned.add(task.taskId().partition());
            }
        }
        return assigned;
    }
}
