package io.loopscope.processor.streams;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.ConnectionEvent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a CloudEvent in the binary mode of its Kafka protocol binding, version 1.0: headers that any
 * consumer can filter on without decoding the value.
 */
final class CloudEventHeaders {
    /** The value is Avro binary behind the header of Avro's single-object encoding. */
    static final String CONTENT_TYPE = "application/avro";

    private static final long NANOS = 1_000_000_000L;
    private static final byte[] VERSION = octets("1.0");
    private static final byte[] TYPE = octets(CONTENT_TYPE);

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Source(String hostId, byte[] octets) {}

    private record Second(long epoch, String text) {}

    /** Most events are about the same host and second as the one before. */
    private static volatile @Nullable Source lastSource;

    private static volatile @Nullable Second lastSecond;

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
        headers.add("ce_specversion", VERSION);
        add(headers, "ce_id", id);
        headers.add("ce_source", source(hostId));
        add(headers, "ce_type", type);
        add(headers, "ce_subject", subject);
        add(headers, "ce_time", rfc3339(timeNs));
        headers.add("content-type", TYPE);
    }

    private static byte[] source(String hostId) {
        Source known = lastSource;
        if (known == null || !known.hostId.equals(hostId)) {
            String path = URLEncoder.encode(hostId, StandardCharsets.UTF_8).replace("+", "%20");
            known = new Source(hostId, octets("/hosts/" + path));
            lastSource = known;
        }
        return known.octets;
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** With no, 3, 6 or 9 digits behind the second, as {@link Instant} writes it. */
    static String rfc3339(long timeNs) {
        long second = Math.floorDiv(timeNs, NANOS);
        Second known = lastSecond;
        if (known == null || known.epoch != second) {
            String text = Instant.ofEpochSecond(second).toString();
            known = new Second(second, text.substring(0, text.length() - 1));
            lastSecond = known;
        }
        int fraction = (int) Math.floorMod(timeNs, NANOS);
        if (fraction == 0) {
            return known.text + 'Z';
        }
        int digits = 9;
        while (fraction % 1_000 == 0) {
            fraction /= 1_000;
            digits -= 3;
        }
        String text = Integer.toString(fraction);
        return known.text + '.' + "00000000".substring(0, digits - text.length()) + text + 'Z';
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, octets(value));
    }
}
