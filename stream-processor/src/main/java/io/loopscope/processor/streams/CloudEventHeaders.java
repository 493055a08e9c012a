package io.loopscope.processor.streams;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.ConnectionEvent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.apache.kafka.common.header.Headers;

/**
 * The attributes of a CloudEvent in the binary mode of its Kafka protocol binding, version 1.0: headers that any
 * consumer can filter on without decoding the value.
 */
final class CloudEventHeaders {
    /** The value is Avro binary behind the header of Avro's single-object encoding. */
    static final String CONTENT_TYPE = "application/avro";

    private static final long NANOS = 1_000_000_000L;

    private CloudEventHeaders() {}

    static void add(Headers headers, ConnectionEvent event) {
        add(
                headers,
                event.getEventId(),
                "io.loopscope.connection." + label(event.getType()),
                event.getConnectionId(),
                event.getHostId(),
                event.getTimeNs());
    }

    static void add(Headers headers, AnomalyEvent event) {
        add(
                headers,
                event.getEventId(),
                "io.loopscope.anomaly." + label(event.getStage()),
                event.getAnomalyId(),
                event.getHostId(),
                event.getTimeNs());
    }

    private static void add(Headers headers, String id, String type, String subject, String hostId, long timeNs) {
        add(headers, "ce_specversion", "1.0");
        add(headers, "ce_id", id);
        add(
                headers,
                "ce_source",
                "/hosts/" + URLEncoder.encode(hostId, StandardCharsets.UTF_8).replace("+", "%20"));
        add(headers, "ce_type", type);
        add(headers, "ce_subject", subject);
        add(headers, "ce_time", rfc3339(timeNs));
        add(headers, "content-type", CONTENT_TYPE);
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String rfc3339(long timeNs) {
        return Instant.ofEpochSecond(Math.floorDiv(timeNs, NANOS), Math.floorMod(timeNs, NANOS))
                .toString();
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
