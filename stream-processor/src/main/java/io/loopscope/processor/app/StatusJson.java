package io.loopscope.processor.app;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.loopscope.processor.app.metrics.StoreView;
import io.loopscope.processor.app.query.Times;
import io.loopscope.processor.detect.DetectorSettings.Limits;
import io.loopscope.processor.detect.HostStatus.Presence;
import io.loopscope.processor.streams.ProcessorStatistics;
import io.loopscope.settings.DurationText;
import io.loopscope.settings.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /status}: how this one processor does. What was lost comes first. Of settings it names only harmless ones. */
final class StatusJson {
    private static final int HOSTS_BEHIND = 10;

    private final Settings settings;
    private final Vitals vitals;
    private final ObjectNode readiness;

    StatusJson(Settings settings, Vitals vitals, ObjectNode readiness) {
        this.settings = settings;
        this.vitals = vitals;
        this.readiness = readiness;
    }

    ObjectNode document(String instance) {
        ProcessorStatistics statistics = vitals.counters().snapshot();
        StoreView stores = vitals.stores();
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        lost(document.putObject("lost"), statistics, stores);
        document.put("version", vitals.version())
                .put("state", vitals.state().toLowerCase(Locale.ROOT))
                .put("application_id", settings.string(ProcessorSettings.APPLICATION_ID))
                .put("instance", instance)
                .put("started", Times.iso(vitals.started()));
        document.set("readiness", readiness);
        partitions(document.putObject("partitions"), stores);
        document.putObject("restore")
                .put("remaining_records", vitals.restoreRemaining())
                .put("restored_records", vitals.restored());
        hosts(document.putObject("hosts"), stores);
        counters(document.putObject("counters"), statistics);
        document.put("connections", vitals.counters().room().connections());
        document.put("anomalies_open", stores == null ? null : (Integer) stores.open());
        limits(document.putObject("limits"));
        return document;
    }

    private void lost(ObjectNode lost, ProcessorStatistics statistics, @Nullable StoreView stores) {
        Map<String, Long> detector = vitals.counters().detector();
        lost.put("lost_batches", statistics.lostBatches());
        numbers(lost.putObject("dead_letters"), statistics.deadLetters());
        lost.put("not_published", statistics.notPublished())
                .put("failed_ticks", statistics.failedTicks())
                .put("superseded", statistics.superseded());
        ObjectNode evicted = lost.putObject("evicted");
        detector.forEach((name, number) -> {
            if (name.startsWith("evicted_")) {
                evicted.put(name.substring("evicted_".length()), number);
            }
        });
        lost.put("segments_lost_by_agents", stores == null ? null : (Long) stores.lostSegments());
        lost.put("hosts_with_untrusted_capture", stores == null ? null : (Integer) stores.degraded());
    }

    private void partitions(ObjectNode partitions, @Nullable StoreView stores) {
        ArrayNode assigned = partitions.putArray("assigned");
        ArrayNode readable = partitions.putArray("readable");
        if (stores != null) {
            stores.assigned().forEach(assigned::add);
            stores.readable().forEach(readable::add);
        }
        ObjectNode lag = partitions.putObject("consumer_lag_records");
        vitals.consumerLag().forEach((partition, records) -> lag.put(Integer.toString(partition), records));
    }

    private static void hosts(ObjectNode hosts, @Nullable StoreView stores) {
        if (stores == null) {
            return;
        }
        for (Presence presence : Presence.values()) {
            hosts.put(presence.name().toLowerCase(Locale.ROOT), stores.hosts(presence));
        }
        List<StoreView.HostLag> lags = stores.lags();
        ObjectNode lag = hosts.putObject("watermark_lag_seconds");
        lag.put("max", stores.largestLag());
        lag.put("median", lags.isEmpty() ? 0 : lags.get(lags.size() / 2).seconds());
        ArrayNode behind = hosts.putArray("furthest_behind");
        lags.stream()
                .limit(HOSTS_BEHIND)
                .forEach(host ->
                        behind.addObject().put("host_id", host.hostId()).put("watermark_lag_seconds", host.seconds()));
    }

    private void counters(ObjectNode counters, ProcessorStatistics statistics) {
        counters.put("records", statistics.records())
                .put("batches", statistics.batches())
                .put("segments", statistics.segments())
                .put("heartbeats", statistics.heartbeats())
                .put("socket_reports", statistics.socketReports())
                .put("replayed", statistics.replayed())
                .put("connection_events", statistics.connectionEvents())
                .put("census_counts", statistics.censusCounts());
        numbers(counters.putObject("anomalies_opened"), statistics.anomaliesOpened());
        numbers(counters.putObject("anomalies_cleared"), statistics.anomaliesCleared());
        long segments = vitals.timings().segments();
        counters.put(
                "microseconds_per_segment",
                segments == 0 ? null : (Double) (vitals.timings().segmentSeconds() * 1e6 / segments));
    }

    private void limits(ObjectNode limits) {
        DetectorChoice choice = vitals.choice();
        if (choice == null) {
            return;
        }
        Limits detector = choice.detector().limits();
        limits.put("max_connections", vitals.counters().room().most())
                .put("max_connections_per_host", detector.maxConnections())
                .put("max_handshakes_per_host", detector.maxHandshakes())
                .put("max_listeners_per_host", detector.maxListeners())
                .put("forget_handshake", DurationText.format(detector.forgetHandshake()))
                .put("forget_idle", DurationText.format(detector.forgetIdle()))
                .put("agent_lost", DurationText.format(detector.agentLost()));
    }

    /** Only those that are not 0. */
    private static void numbers(ObjectNode object, Map<String, Long> numbers) {
        numbers.forEach((name, number) -> {
            if (number != 0) {
                object.put(name, number);
            }
        });
    }
}
