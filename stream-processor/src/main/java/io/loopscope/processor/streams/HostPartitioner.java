package io.loopscope.processor.streams;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** Finds the partition of a host as the producers of agents do: by the hash of its id. Remembers how many there are. */
final class HostPartitioner implements StreamPartitioner<String, Object> {
    /** Partitions that there are; 0 before it was asked for one. */
    int partitions;

    @Override
    public Optional<Set<Integer>> partitions(String topic, String hostId, Object value, int numPartitions) {
        partitions = numPartitions;
        return Optional.of(Set.of(of(hostId, numPartitions)));
    }

    static int of(String hostId, int partitions) {
        return BuiltInPartitioner.partitionForKey(hostId.getBytes(StandardCharsets.UTF_8), partitions);
    }
}
