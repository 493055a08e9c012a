package io.loopscope.processor.app.metrics;

import java.util.List;

/** What the processor itself tells Prometheus; the page of metrics is rendered from this. */
enum Metric {
    BUILD_INFO(Type.GAUGE, "build_info", "Always 1; which build this is.", "version"),
    READY(Type.GAUGE, "ready", "1 when the processor does its work, else 0; /readyz says why not."),
    STATE(Type.GAUGE, "state", "1 for the state that the processor is in, 0 for all others.", "state"),
    PARTITIONS(
            Type.GAUGE,
            "partitions",
            "Partitions of the capture topic that this process has to process (assigned), and whose state can be read"
                    + " (readable).",
            "status"),
    CONSUMER_LAG(
            Type.GAUGE,
            "consumer_lag_records",
            "Records of the capture topic that are not read yet, by the last fetch.",
            "partition"),
    RESTORE_REMAINING(Type.GAUGE, "restore_remaining_records", "Records of changelogs still to be read back, at most."),
    RESTORED(Type.COUNTER, "restored_records", "Records of changelogs read back."),
    RECORDS(Type.COUNTER, "records", "Records read from the capture topic."),
    APPLIED(Type.COUNTER, "applied_records", "Records applied, by type.", "type"),
    REPLAYED(Type.COUNTER, "replayed_records", "Records left out because they had been applied before."),
    SUPERSEDED(Type.COUNTER, "superseded_records", "Records left out because a later run of the agent had taken over."),
    LOST_BATCHES(
            Type.COUNTER, "lost_batches", "Batches that an agent numbered and that never came, or could not be read."),
    DEAD_LETTERS(
            Type.COUNTER,
            "dead_letters",
            "Records sent to the dead-letter topic, by reason; quarantined are those that the detector failed on.",
            "reason"),
    SEGMENTS(Type.COUNTER, "segments", "Segments, or runs of them, in the batches that were applied."),
    SEGMENT_SECONDS(
            Type.SUMMARY,
            "segment_seconds",
            "Time that segments took, their events included: rate of the sum by rate of the count is seconds a segment."),
    WATERMARK_AGE(
            Type.HISTOGRAM,
            "watermark_age_seconds",
            "How old a host's watermark was when it had been processed: the way of an event from the host until then."),
    WATERMARK_LAG_MAX(
            Type.GAUGE,
            "watermark_lag_max_seconds",
            "How far the host that is furthest behind is behind; hosts that said goodbye or were given up do not count."),
    HOSTS(
            Type.GAUGE,
            "hosts",
            "Hosts, each network namespace for itself, by whether their agents are heard.",
            "presence"),
    HOSTS_DEGRADED(
            Type.GAUGE, "degraded_hosts", "Hosts whose capture loses so much that rules that rest on silence wait."),
    AGREEMENT_MIN(
            Type.GAUGE,
            "agreement_ratio_min",
            "Of all hosts the smallest share of ends of which segments and socket table say the same state; 1 without"
                    + " any to compare."),
    CONNECTION_ENDS(
            Type.GAUGE,
            "connection_ends",
            "Ends of connections in each state by the census, by segments (wire) and by the socket table (kernel)."
                    + " Ports with few connections count as other.",
            "server_port",
            "end",
            "state",
            "evidence"),
    CONNECTIONS(
            Type.GAUGE,
            "connections",
            "Connections that are remembered, closed ones included, of all hosts of this process."),
    CONNECTIONS_MAX(Type.GAUGE, "max_connections", "How many may be remembered: processor.max.connections."),
    CONNECTION_EVENTS(Type.COUNTER, "connection_events", "Connection events published."),
    CENSUS_COUNTS(Type.COUNTER, "census_counts", "Census counts published."),
    ANOMALIES_OPEN(Type.GAUGE, "anomalies_open", "Anomalies that are open now.", "name", "severity"),
    ANOMALIES_OPENED(
            Type.COUNTER,
            "anomalies_opened",
            "Anomalies opened, by the severity that they began with.",
            "name",
            "severity"),
    ANOMALIES_CLEARED(Type.COUNTER, "anomalies_cleared", "Anomalies cleared.", "name"),
    EVICTIONS(
            Type.COUNTER,
            "evictions",
            "What was forgotten to keep the state bounded: closed connections, unfinished handshakes, open connections,"
                    + " listeners without connections.",
            "kind"),
    DETECTOR_EVENTS(Type.COUNTER, "detector_events", "What else the detectors counted.", "event"),
    NOTICES(Type.COUNTER, "notices", "Oddities of the traffic that the TCP core noticed.", "notice"),
    NOT_PUBLISHED(
            Type.COUNTER,
            "unpublished_records",
            "Events left out because they can't be published, such as too large ones."),
    FAILED_TICKS(
            Type.COUNTER, "failed_ticks", "Times the detector failed when told of an agent's silence, which is a bug."),
    REGISTRY_RETRIES(
            Type.COUNTER,
            "schema_registry_retries",
            "Times the schema registry was asked for a schema in vain while a record waited for it."),
    HTTP_REQUESTS(Type.COUNTER, "http_requests", "HTTP requests answered.", "route", "code");

    /** What all names begin with. */
    static final String PREFIX = "loopscope_processor_";

    enum Type {
        COUNTER,
        GAUGE,
        SUMMARY,
        HISTOGRAM
    }

    private final Type type;
    private final String shortName;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of gives one that is.
    private final List<String> labels;

    Metric(Type type, String shortName, String help, String... labels) {
        this.type = type;
        this.shortName = shortName;
        this.help = help;
        this.labels = List.of(labels);
    }

    Type type() {
        return type;
    }

    /** Without {@code _total}. */
    String baseName() {
        return PREFIX + shortName;
    }

    /** As Prometheus shows it. */
    String exposedName() {
        return type == Type.COUNTER ? baseName() + "_total" : baseName();
    }

    String help() {
        return help;
    }

    List<String> labels() {
        return labels;
    }
}
