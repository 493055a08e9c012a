package io.loopscope.standalone.observe;

import com.fasterxml.jackson.core.JsonGenerator;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.ConnectionEventType;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.TcpState;
import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a record as JSON, under the names of the schema, with these exceptions: a point in time loses {@code _ns}
 * and is ISO 8601 in UTC with nine decimals; a socket is {@code 127.0.0.1:13306}; names of TCP states, stages and event
 * types are in capitals, all other enums in lower case. A field that a newer schema adds appears by itself.
 */
final class JsonFields {
    private static final String NANOS = "_ns";

    /** Fields that are nanoseconds since 1970-01-01T00:00:00Z; others that end in {@code _ns} are durations. */
    static final Set<String> POINTS_IN_TIME = Set.of(
            "time_ns",
            "since_ns",
            "client_state_since_ns",
            "server_state_since_ns",
            "started_ns",
            "ended_ns",
            "base_time_ns",
            "watermark_ns",
            "agent_epoch");

    private JsonFields() {}

    /** Writes all fields but the named ones into the object that is open. */
    static void write(IndexedRecord value, Set<String> except, JsonGenerator json) throws IOException {
        for (Schema.Field field : value.getSchema().getFields()) {
            if (!except.contains(field.name())) {
                write(field.name(), value.get(field.pos()), json);
            }
        }
    }

    private static void write(String name, @Nullable Object value, JsonGenerator json) throws IOException {
        if (POINTS_IN_TIME.contains(name)) {
            json.writeFieldName(name.endsWith(NANOS) ? name.substring(0, name.length() - NANOS.length()) : name);
            json.writeString(value == null ? null : TimeText.iso((Long) value));
        } else {
            json.writeFieldName(name);
            write(value, json);
        }
    }

    private static void write(@Nullable Object value, JsonGenerator json) throws IOException {
        if (value instanceof SocketAddress socket) {
            json.writeString(SocketText.of(socket));
        } else if (value instanceof IndexedRecord fields) {
            json.writeStartObject();
            write(fields, Set.of(), json);
            json.writeEndObject();
        } else if (value instanceof Collection<?> items) {
            json.writeStartArray();
            for (Object item : items) {
                write(item, json);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> entries) {
            json.writeStartObject();
            for (var entry : entries.entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                write(entry.getValue(), json);
            }
            json.writeEndObject();
        } else {
            scalar(value, json);
        }
    }

    private static void scalar(@Nullable Object value, JsonGenerator json) throws IOException {
        if (value instanceof TcpState || value instanceof AnomalyStage || value instanceof ConnectionEventType) {
            json.writeString(value.toString());
        } else if (value instanceof Enum<?> symbol) {
            json.writeString(symbol.name().toLowerCase(Locale.ROOT));
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof Integer number) {
            json.writeNumber(number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean bool) {
            json.writeBoolean(bool);
        } else if (value == null) {
            json.writeNull();
        } else {
            json.writeString(value.toString());
        }
    }
}
