package io.loopscope.processor.app.metrics;

import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.Evidence;
import io.loopscope.processor.detect.HostStatus.Presence;
import io.loopscope.processor.detect.Severity;
import io.loopscope.processor.streams.Counters;
import io.loopscope.processor.streams.ProcessorStatistics;
import io.loopscope.processor.streams.Timings;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Makes the values of every {@link Metric} when Prometheus asks. */
final class ProcessorCollector implements MultiCollector {
    private static final String EVICTED = "evicted_";
    /** RFC 9293 has eleven; no end of a connection is in LISTEN. */
    private static final String LISTEN = "listen";

    private final Sources sources;
    private final int ports;

    ProcessorCollector(Sources sources, int ports) {
        this.sources = sources;
        this.ports = ports;
    }

    @Override
    public MetricSnapshots collect() {
        List<MetricSnapshot> all = new ArrayList<>();
        ProcessorStatistics statistics = sources.counters().snapshot();
        process(all);
        records(all, statistics);
        published(all, statistics);
        detector(all, sources.counters(), statistics);
        StoreView stores = sources.stores();
        if (stores != null) {
            stores(all, stores);
        }
        return new MetricSnapshots(all);
    }

    private void process(List<MetricSnapshot> all) {
        add(all, Metric.BUILD_INFO, 1, sources.version());
        add(all, Metric.READY, sources.ready() ? 1 : 0);
        Family states = new Family(Metric.STATE);
        sources.states().forEach(state -> states.add(state.equals(sources.state()) ? 1 : 0, lower(state)));
        all.add(states.snapshot());
        Family lag = new Family(Metric.CONSUMER_LAG);
        sources.consumerLag().forEach((partition, records) -> lag.add(records, Integer.toString(partition)));
        all.add(lag.snapshot());
        add(all, Metric.RESTORE_REMAINING, sources.restoreRemaining());
        add(all, Metric.RESTORED, sources.restored());
        Family requests = new Family(Metric.HTTP_REQUESTS);
        sources.httpRequests().forEach((of, number) -> requests.add(number, of.route(), Integer.toString(of.code())));
        all.add(requests.snapshot());
    }

    private void records(List<MetricSnapshot> all, ProcessorStatistics statistics) {
        add(all, Metric.RECORDS, statistics.records());
        all.add(new Family(Metric.APPLIED)
                .add(statistics.batches(), "batch")
                .add(statistics.heartbeats(), "heartbeat")
                .add(statistics.socketReports(), "socket_report")
                .snapshot());
        add(all, Metric.REPLAYED, statistics.replayed());
        add(all, Metric.SUPERSEDED, statistics.superseded());
        add(all, Metric.LOST_BATCHES, statistics.lostBatches());
        named(all, Metric.DEAD_LETTERS, statistics.deadLetters());
        add(all, Metric.SEGMENTS, statistics.segments());
        Timings timings = sources.timings();
        all.add(Family.summary(Metric.SEGMENT_SECONDS, timings.segments(), timings.segmentSeconds()));
        all.add(Family.histogram(
                Metric.WATERMARK_AGE,
                timings.watermarkAges().bounds(),
                timings.watermarkAges().counts(),
                timings.watermarkAges().sum()));
    }

    private static void published(List<MetricSnapshot> all, ProcessorStatistics statistics) {
        add(all, Metric.CONNECTION_EVENTS, statistics.connectionEvents());
        add(all, Metric.CENSUS_COUNTS, statistics.censusCounts());
        add(all, Metric.NOT_PUBLISHED, statistics.notPublished());
        add(all, Metric.FAILED_TICKS, statistics.failedTicks());
        add(all, Metric.REGISTRY_RETRIES, statistics.registryRetries());
        named(all, Metric.ANOMALIES_CLEARED, statistics.anomaliesCleared());
    }

    private static void detector(List<MetricSnapshot> all, Counters counters, ProcessorStatistics statistics) {
        Map<Counters.OpenedAs, Long> openedAs = counters.openedAs();
        Family opened = new Family(Metric.ANOMALIES_OPENED);
        for (AnomalyName name : AnomalyName.values()) {
            for (Severity severity : Severity.values()) {
                long number = openedAs.getOrDefault(new Counters.OpenedAs(name.name(), severity.name()), 0L);
                opened.add(number, name.name(), lower(severity.name()));
            }
        }
        all.add(opened.snapshot());
        Map<String, Long> evicted = new TreeMap<>();
        Map<String, Long> others = new TreeMap<>();
        counters.detector().forEach((name, number) -> {
            if (name.startsWith(EVICTED)) {
                evicted.put(name.substring(EVICTED.length()), number);
            } else {
                others.put(name, number);
            }
        });
        add(all, Metric.CONNECTIONS, counters.room().connections());
        add(all, Metric.CONNECTIONS_MAX, counters.room().most());
        named(all, Metric.EVICTIONS, evicted);
        named(all, Metric.DETECTOR_EVENTS, others);
        named(all, Metric.NOTICES, counters.notices());
        add(
                all,
                Metric.AGREEMENT_MIN,
                statistics.agreementRatios().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .min()
                        .orElse(1));
    }

    private void stores(List<MetricSnapshot> all, StoreView stores) {
        all.add(new Family(Metric.PARTITIONS)
                .add(stores.assigned().size(), "assigned")
                .add(stores.readable().size(), "readable")
                .snapshot());
        Family hosts = new Family(Metric.HOSTS);
        for (Presence presence : Presence.values()) {
            hosts.add(stores.hosts(presence), lower(presence.name()));
        }
        all.add(hosts.snapshot());
        add(all, Metric.HOSTS_DEGRADED, stores.degraded());
        add(all, Metric.WATERMARK_LAG_MAX, stores.largestLag());
        Family open = new Family(Metric.ANOMALIES_OPEN);
        for (AnomalyName name : AnomalyName.values()) {
            for (Severity severity : Severity.values()) {
                open.add(stores.open(name, severity.name()), name.name(), lower(severity.name()));
            }
        }
        all.add(open.snapshot());
        Family census = new Family(Metric.CONNECTION_ENDS);
        stores.census(ports).forEach((port, counts) -> {
            for (Role end : Role.values()) {
                for (Evidence evidence : new Evidence[] {Evidence.WIRE, Evidence.KERNEL}) {
                    ends(census, port, counts, end, evidence);
                }
            }
        });
        all.add(census.snapshot());
    }

    private static void ends(Family census, String port, PortCensus counts, Role end, Evidence evidence) {
        census.add(0, port, lower(end.name()), LISTEN, lower(evidence.name()));
        for (TcpState state : TcpState.values()) {
            census.add(
                    counts.count(end, state, evidence),
                    port,
                    lower(end.name()),
                    lower(state.name()),
                    lower(evidence.name()));
        }
    }

    private static void named(List<MetricSnapshot> all, Metric metric, Map<String, Long> numbers) {
        Family family = new Family(metric);
        numbers.forEach((name, number) -> family.add(number, name));
        all.add(family.snapshot());
    }

    private static void add(List<MetricSnapshot> all, Metric metric, long number, String... labels) {
        all.add(new Family(metric).add(number, labels).snapshot());
    }

    private static void add(List<MetricSnapshot> all, Metric metric, double number, String... labels) {
        all.add(new Family(metric).add(number, labels).snapshot());
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
