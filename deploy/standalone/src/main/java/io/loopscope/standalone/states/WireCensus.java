package io.loopscope.standalone.states;

import io.loopscope.agent.publish.Identity;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.Evidence;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import io.loopscope.standalone.observe.EventReader;
import io.loopscope.standalone.observe.Item.CensusItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** What a processor has counted of one host and namespace, from packets. */
final class WireCensus implements Census {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** One count replaces the one before of the same listener, end and state. */
    private record Key(Object server, Object end, NetstatState state) {}

    /**
     * The wire's counts.
     *
     * @param at when the latest of them was made, by the host's clock; null when there is none of this host
     * @param counts both ends of each connection, as the kernel has a socket for each
     */
    record Wire(@Nullable Instant at, StateCounts counts) {}

    private final EventReader reader;
    private final Identity identity;
    private final Map<Key, CensusCount> latest = new HashMap<>();
    private long latestNs;

    private WireCensus(EventReader reader, Identity identity) {
        this.reader = reader;
        this.identity = identity;
    }

    /**
     * Connects to Kafka.
     *
     * @throws OperatingException when it cannot be reached, refuses, or has no census
     */
    static WireCensus connect(Map<String, String> kafka, SchemaIds ids, Identity identity) {
        EventReader reader = EventReader.connect(kafka, ids, List.of(Topic.CENSUS));
        reader.seekToBeginning();
        return new WireCensus(reader, identity);
    }

    /**
     * Reads what has come. Before a processor has counted anything of this host and namespace, that is zeros.
     *
     * @throws OperatingException when Kafka does not answer any more
     */
    @Override
    public Optional<Wire> read() {
        try {
            reader.readToEnd((from, item) -> {
                if (item instanceof CensusItem census) {
                    add(census.count());
                }
            });
        } catch (IOException e) { // The sink does not throw.
            throw new UncheckedIOException(e);
        } catch (KafkaException e) {
            throw new OperatingException(
                    "Kafka does not answer: " + e.getMessage(),
                    "Is it still running? Without --bootstrap-servers only the kernel is asked.",
                    ExitCode.KAFKA_UNAVAILABLE,
                    e);
        }
        return Optional.of(sum());
    }

    private void add(CensusCount count) {
        boolean ours = count.getHostId().equals(identity.hostId())
                && count.getNetworkNamespace() == identity.networkNamespace()
                && count.getEvidence() == Evidence.WIRE;
        if (ours) {
            NetstatState.of(count.getState()).ifPresent(state -> {
                latest.put(new Key(count.getServer(), count.getEnd(), state), count);
                latestNs = Math.max(latestNs, count.getTimeNs());
            });
        }
    }

    private Wire sum() {
        StateCounts counts = new StateCounts();
        latest.forEach((key, count) -> counts.add(key.state(), count.getCount()));
        if (latest.isEmpty()) {
            return new Wire(null, counts);
        }
        Instant at = Instant.ofEpochSecond(latestNs / NANOS_PER_SECOND, latestNs % NANOS_PER_SECOND);
        return new Wire(at, counts);
    }

    @Override
    public void close() {
        reader.close();
    }
}
