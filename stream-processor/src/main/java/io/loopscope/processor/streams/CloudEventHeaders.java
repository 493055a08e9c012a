package io.loopscope.processor.streams;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.ConnectionEventType;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
    private static final Map<ConnectionEventType, byte[]> CONNECTION_TYPES =
            types(ConnectionEventType.class, "io.loopscope.connection.");
    private static final Map<AnomalyStage, byte[]> ANOMALY_TYPES = types(AnomalyStage.class, "io.loopscope.anomaly.");

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
                Objects.requireNonNull(CONNECTION_TYPES.get(event.getType())),
                event.getConnectionId(),
                event.getHostId(),
                event.getTimeNs());
    }

    static void add(Headers headers, AnomalyEvent event) {
        add(
                headers,
                event.getEventId(),
                Objects.requireNonNull(ANOMALY_TYPES.get(event.getStage())),
                event.getAnomalyId(),
                event.getHostId(),
                event.getTimeNs());
    }

    private static void add(Headers headers, String id, byte[] type, String subject, String hostId, long timeNs) {
        headers.add("ce_specversion", VERSION);
        add(headers, "ce_id", id);
        headers.add("ce_source", source(hostId));
        headers.add("ce_type", type);
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

    private static <E extends Enum<E>> Map<E, byte[]> types(Class<E> kinds, String prefix) {
        Map<E, byte[]> types = new EnumMap<>(kinds);
        for (E kind : kinds.getEnumConstants()) {
            types.put(kind, octets(prefix + kind.name().toLowerCase(Locale.ROOT)));
        }
        return types;
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
