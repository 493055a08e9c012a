package io.loopscope.standalone.observe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.loopscope.settings.terminal.SafeText;
import io.loopscope.standalone.observe.Item.AnomalyItem;
import io.loopscope.standalone.observe.Item.CensusItem;
import io.loopscope.standalone.observe.Item.ConnectionItem;
import io.loopscope.standalone.observe.Item.DeadLetterItem;
import io.loopscope.standalone.observe.Item.GapItem;
import io.loopscope.standalone.observe.Item.HeartbeatItem;
import io.loopscope.standalone.observe.Item.SegmentItem;
import io.loopscope.standalone.observe.Item.SocketReportItem;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * One JSON object a line. {@code type} says what it is and {@code at} when it happened; the other fields are those of
 * the record's schema, with the rules of {@link JsonFields}.
 */
final class JsonRenderer implements Renderer {
    private static final JsonFactory FACTORY = new JsonFactory();

    @Override
    public List<String> lines(Item item) {
        var text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            write(item, json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of(SafeText.ofJson(text.toString()));
    }

    // Once pattern switches are in the language version we compile for, this is one.
    private static void write(Item item, JsonGenerator json) throws IOException {
        if (item instanceof ConnectionItem connection) {
            var event = connection.event();
            head("connection_event", item, json);
            key(
                    SocketText.key(
                            event.getHostId(), event.getNetworkNamespace(), event.getClient(), event.getServer()),
                    json);
            json.writeStringField("event", event.getType().name());
            JsonFields.write(event, Set.of("time_ns", "type"), json);
        } else if (item instanceof AnomalyItem anomaly) {
            var event = anomaly.event();
            head("anomaly", item, json);
            key(
                    SocketText.key(
                            event.getHostId(), event.getNetworkNamespace(), event.getClient(), event.getServer()),
                    json);
            JsonFields.write(event, Set.of("time_ns"), json);
        } else if (item instanceof CensusItem census) {
            head("census", item, json);
            JsonFields.write(census.count(), Set.of("time_ns"), json);
        } else if (item instanceof SegmentItem segment) {
            segment(segment, json);
        } else if (item instanceof GapItem gap) {
            head("gap", item, json);
            json.writeNumberField("skipped", gap.batch().getSkippedBefore());
            JsonFields.write(gap.batch(), Set.of("base_time_ns", "skipped_before", "connections", "segments"), json);
        } else if (item instanceof HeartbeatItem heartbeat) {
            head("heartbeat", item, json);
            JsonFields.write(heartbeat.heartbeat(), Set.of(), json);
        } else if (item instanceof SocketReportItem report) {
            head("socket_report", item, json);
            JsonFields.write(report.report(), Set.of("time_ns"), json);
        } else if (item instanceof DeadLetterItem letter) {
            deadLetter(letter, json);
        }
    }

    private static void head(String type, Item item, JsonGenerator json) throws IOException {
        json.writeStringField("type", type);
        json.writeStringField("at", TimeText.iso(item.timeNs()));
    }

    private static void key(java.util.Optional<String> key, JsonGenerator json) throws IOException {
        json.writeStringField("key", key.orElse(null));
    }

    private static void segment(SegmentItem item, JsonGenerator json) throws IOException {
        head("segment", item, json);
        json.writeStringField("source", SocketText.of(item.source()));
        json.writeStringField("destination", SocketText.of(item.destination()));
        json.writeStringField("flags", Flags.text(item.segment().getFlags()));
        JsonFields.write(item.segment(), Set.of("connection", "sender", "time_delta_ns", "flags"), json);
        JsonFields.write(item.batch(), Set.of("base_time_ns", "skipped_before", "connections", "segments"), json);
    }

    private static void deadLetter(DeadLetterItem item, JsonGenerator json) throws IOException {
        var letter = item.letter();
        head("dead_letter", item, json);
        json.writeStringField("topic", letter.topic());
        json.writeNumberField("partition", letter.partition());
        json.writeNumberField("offset", letter.offset());
        json.writeObjectFieldStart("headers");
        for (var header : letter.headers()) {
            json.writeStringField(
                    header.key(), header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8));
        }
        json.writeEndObject();
        bytes("key", letter.key(), json);
        bytes("value", letter.value(), json);
    }

    /** Base64, as JSON carries octets. */
    private static void bytes(String name, byte[] octets, JsonGenerator json) throws IOException {
        json.writeFieldName(name + "_base64");
        if (octets == null) {
            json.writeNull();
        } else {
            json.writeBinary(octets);
        }
    }
}
