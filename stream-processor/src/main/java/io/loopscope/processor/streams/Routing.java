package io.loopscope.processor.streams;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Which process has which host's state. A host is in the partition that the agents' producer gives to its id; stores are
 * keyed otherwise, so their own keys say nothing about that.
 */
public final class Routing {
    private final KafkaStreams streams;
    private final String self;

    /**
     * Asks these streams.
     *
     * @param self the {@code application.server} of this process
     */
    public Routing(KafkaStreams streams, String self) {
        this.streams = streams;
        this.self = self;
    }

    /**
     * A process and what it has.
     *
     * @param address its {@code application.server}
     * @param partitions partitions that it has to process
     */
    public record Owner(String address, Set<Integer> partitions) {}

    /** Where one host's state is, by what the group last agreed on; empty while nobody knows. */
    public Optional<Owner> owner(String hostId) {
        KeyQueryMetadata found = find(hostId, new HostPartitioner());
        return found == null || found.equals(KeyQueryMetadata.NOT_AVAILABLE)
                ? Optional.empty()
                : Optional.of(new Owner(text(found.activeHost()), Set.of(found.partition())));
    }

    /** All processes that have partitions; this one first. */
    public List<Owner> owners() {
        List<Owner> owners = new ArrayList<>();
        for (StreamsMetadata one : streams.streamsMetadataForStore(Stores.HOSTS)) {
            Set<Integer> partitions = new TreeSet<>();
            for (TopicPartition partition : one.topicPartitions()) {
                partitions.add(partition.partition());
            }
            Owner owner = new Owner(text(one.hostInfo()), partitions);
            owners.add(isSelf(owner) ? 0 : owners.size(), owner);
        }
        return owners;
    }

    /** How many partitions there are; 0 while nobody knows. */
    public int partitions() {
        HostPartitioner any = new HostPartitioner();
        find("", any);
        return any.partitions;
    }

    /** The {@code application.server} of this process. */
    public String self() {
        return self;
    }

    /** It is this process, or one that says to be. */
    public boolean isSelf(Owner owner) {
        return owner.address().equals(self);
    }

    private KeyQueryMetadata find(String hostId, HostPartitioner partitioner) {
        try {
            return streams.queryMetadataForKey(Stores.HOSTS, hostId, partitioner);
        } catch (InvalidStateStoreException | IllegalStateException e) {
            return KeyQueryMetadata.NOT_AVAILABLE; // Not running (yet, or any more).
        }
    }

    private static String text(HostInfo host) {
        return host.host() + ':' + host.port();
    }
}
