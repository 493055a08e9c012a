package io.loopscope.processor.app.metrics;

import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.Evidence;
import io.loopscope.processor.detect.HostStatus;
import io.loopscope.processor.detect.HostStatus.Presence;
import io.loopscope.processor.detect.ListenerStatus;
import io.loopscope.processor.streams.StateReader;
import io.loopscope.processor.streams.UnreadableStateException;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the stores of this process hold, in sum: small ones only, never a walk over connections. Read anew for each
 * scrape, so that it always is what the census says, and a partition that has moved leaves nothing behind.
 */
public final class StoreView {
    private static final Logger LOG = LoggerFactory.getLogger(StoreView.class);
    private static final double NANOS = 1e9;

    private final Set<Integer> assigned;
    private final Set<Integer> readable;
    private final Map<Presence, Integer> hosts = new EnumMap<>(Presence.class);
    private final List<HostLag> lags = new ArrayList<>();
    private final Map<Open, Integer> open = new HashMap<>();
    private final Map<Integer, PortCensus> ports = new TreeMap<>();
    private int degraded;
    private long lostSegments;

    private StoreView(Set<Integer> assigned, Set<Integer> readable) {
        this.assigned = assigned;
        this.readable = readable;
    }

    /**
     * How far a host is behind.
     *
     * @param hostId whose
     * @param seconds from its watermark until now
     */
    public record HostLag(String hostId, double seconds) {}

    /** Anomalies that are counted together; severity in capitals. */
    record Open(String name, String severity) {}

    /** Reads the stores. */
    public static StoreView of(StateReader reader, Instant now) {
        StoreView view = new StoreView(reader.assigned(), reader.partitions());
        long nowNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        for (int partition : view.readable) {
            try {
                reader.hosts(partition, null, host -> view.host(host.hostId(), host.status(), nowNanos));
                reader.listeners(partition, null, listener -> view.listener(listener.status()));
                reader.anomalies(
                        partition,
                        null,
                        event -> view.open.merge(
                                new Open(event.getName(), event.getSeverity().name()), 1, Integer::sum));
            } catch (InvalidStateStoreException | UnreadableStateException e) {
                LOG.debug("Partition {} can't be read (any more)", partition, e);
            }
        }
        view.lags.sort(Comparator.comparingDouble(HostLag::seconds).reversed());
        return view;
    }

    private void host(String hostId, HostStatus status, long nowNanos) {
        hosts.merge(status.presence(), 1, Integer::sum);
        lostSegments += status.lostSegments();
        if (!status.trusted()) {
            degraded++;
        }
        boolean expected = status.presence() == Presence.LIVE || status.presence() == Presence.SILENT;
        if (expected && status.watermarkNanos() > 0) {
            lags.add(new HostLag(hostId, Math.max(0, nowNanos - status.watermarkNanos()) / NANOS));
        }
    }

    private void listener(ListenerStatus status) {
        PortCensus census = ports.computeIfAbsent(status.listener().port(), port -> new PortCensus());
        for (Role end : Role.values()) {
            for (TcpState state : TcpState.values()) {
                census.add(end, state, Evidence.WIRE, status.count(end, state, Evidence.WIRE));
                census.add(end, state, Evidence.KERNEL, status.count(end, state, Evidence.KERNEL));
            }
        }
    }

    /** Partitions that this process has to process. */
    public Set<Integer> assigned() {
        return assigned;
    }

    /** Those of them that can be read now. */
    public Set<Integer> readable() {
        return readable;
    }

    /** Hosts with this presence. */
    public int hosts(Presence presence) {
        return hosts.getOrDefault(presence, 0);
    }

    /** Hosts whose capture is not trusted now. */
    public int degraded() {
        return degraded;
    }

    /** Segments that the agents say they lost. */
    public long lostSegments() {
        return lostSegments;
    }

    /** Hosts that are expected to be heard, the furthest behind first. */
    public List<HostLag> lags() {
        return lags;
    }

    /** How far the one that is furthest behind is behind, seconds. */
    public double largestLag() {
        return lags.isEmpty() ? 0 : lags.get(0).seconds();
    }

    /** Open anomalies of a name and severity. */
    int open(AnomalyName name, String severity) {
        return open.getOrDefault(new Open(name.name(), severity), 0);
    }

    /** All open anomalies. */
    public int open() {
        return open.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** The census of the ports with the most ends, and of all others together under {@code other}. */
    Map<String, PortCensus> census(int largest) {
        List<Integer> shown = ports.entrySet().stream()
                .filter(port -> port.getValue().sum() > 0)
                .sorted(Comparator.comparing((Map.Entry<Integer, PortCensus> port) ->
                                -port.getValue().sum())
                        .thenComparing(Map.Entry::getKey))
                .limit(largest)
                .map(Map.Entry::getKey)
                .toList();
        Map<String, PortCensus> census = new TreeMap<>();
        PortCensus other = new PortCensus();
        ports.forEach((port, counts) -> {
            if (shown.contains(port)) {
                census.put(Integer.toString(port), counts);
            } else {
                other.add(counts);
            }
        });
        census.put("other", other);
        return census;
    }
}
