package io.loopscope.standalone.analyze;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.loopscope.processor.detect.AnomalyChange;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.ConnectionChange;
import io.loopscope.processor.detect.ConnectionChange.StateChange;
import io.loopscope.processor.detect.ConnectionView;
import io.loopscope.processor.detect.Listener;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Role;
import io.loopscope.schemas.ConnectionKey;
import io.loopscope.standalone.observe.TimeText;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One JSON object a line: {@code connection}, {@code transition}, {@code anomaly}, {@code file}. */
final class JsonReport implements Report {
    private final JsonGenerator json;

    JsonReport(Writer out) throws IOException {
        json = new JsonFactory().createGenerator(out).setPrettyPrinter(new MinimalPrettyPrinter("\n"));
        json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    }

    @Override
    public boolean showsTransitions() {
        return true;
    }

    @Override
    public void transition(String file, ConnectionChange change, long packet) throws IOException {
        for (StateChange one : change.changes()) {
            json.writeStartObject();
            json.writeStringField("type", "transition");
            json.writeStringField("file", file);
            json.writeStringField("key", key(change.connection().tuple()));
            json.writeStringField("connection_id", change.connection().id());
            json.writeStringField("at", TimeText.iso(change.timeNanos()));
            json.writeStringField("end", name(one.end()));
            json.writeStringField("from", one.from().name());
            json.writeStringField("to", one.to().name());
            json.writeFieldName("packet");
            if (packet == 0) {
                json.writeNull();
            } else {
                json.writeNumber(packet);
            }
            json.writeEndObject();
        }
    }

    @Override
    public void anomaly(String file, AnomalyChange change) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "anomaly");
        json.writeStringField("file", file);
        json.writeStringField("name", change.name().name());
        json.writeStringField("id", change.id());
        json.writeStringField("stage", change.stage().name());
        json.writeStringField("severity", name(change.severity()));
        json.writeStringField("at", TimeText.iso(change.timeNanos()));
        ConnectionView connection = change.connection();
        json.writeStringField("key", connection == null ? null : key(connection.tuple()));
        json.writeStringField("client", connection == null ? null : connection.text(Role.CLIENT));
        json.writeStringField("server", server(change));
        json.writeStringField("end", change.end() == null ? null : name(change.end()));
        json.writeStringField("since", TimeText.iso(change.sinceNanos()));
        json.writeStringField("evidence", name(change.evidence()));
        json.writeNumberField("confidence", change.confidence());
        json.writeNumberField("count", change.count());
        json.writeStringField("explain", change.explain());
        json.writeStringField("clear_reason", change.clearReason() == null ? null : name(change.clearReason()));
        json.writeObjectFieldStart("attributes");
        for (var attribute : change.attributes().entrySet()) {
            json.writeStringField(attribute.getKey(), attribute.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    @Override
    public void connection(AnalyzedConnection analyzed) throws IOException {
        Connection connection = analyzed.connection();
        json.writeStartObject();
        json.writeStringField("type", "connection");
        json.writeStringField("file", analyzed.file());
        json.writeStringField("key", key(connection.fourTuple()));
        json.writeStringField("client", ConnectionKey.text(analyzed.socket(Role.CLIENT)));
        json.writeStringField("server", ConnectionKey.text(analyzed.socket(Role.SERVER)));
        json.writeStringField("initiator", name(connection.initiator()));
        json.writeStringField("started", TimeText.iso(connection.startedNanos()));
        json.writeStringField("ended", connection.closed() ? TimeText.iso(connection.lastNanos()) : null);
        json.writeStringField("client_state", analyzed.client().state().name());
        json.writeStringField("server_state", analyzed.server().state().name());
        json.writeStringField("conn_state", connection.connState());
        json.writeStringField("history", connection.history());
        end("client", analyzed.client());
        end("server", analyzed.server());
        json.writeFieldName("handshake_rtt_ns");
        if (connection.handshakeNanos() < 0) {
            json.writeNull();
        } else {
            json.writeNumber(connection.handshakeNanos());
        }
        json.writeBooleanField("partial", connection.partial());
        json.writeStringField("community_id", connection.fourTuple().communityId());
        json.writeArrayFieldStart("anomalies");
        for (AnomalyName anomaly : analyzed.anomalies()) {
            json.writeString(anomaly.name());
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void end(String role, Endpoint end) throws IOException {
        json.writeNumberField(role + "_packets", end.segments());
        json.writeNumberField(role + "_bytes", end.octets());
        json.writeNumberField(role + "_unique_bytes", end.uniqueOctets());
        json.writeNumberField(role + "_retransmissions", end.retransmissions());
        json.writeNumberField(role + "_out_of_order", end.outOfOrder());
        json.writeNumberField(role + "_zero_windows", end.zeroWindows());
        json.writeNumberField(role + "_missed_bytes", end.missedOctets());
    }

    @Override
    public void fileEnd(FileSummary summary) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "file");
        json.writeStringField("file", summary.file());
        json.writeObjectFieldStart("packets");
        for (var result : summary.packets().entrySet()) {
            json.writeNumberField(result.getKey().label(), result.getValue());
        }
        json.writeEndObject();
        json.writeNumberField("connections", summary.connections());
        json.writeStringField("error", summary.failure());
        json.writeEndObject();
        json.writeRaw('\n');
        json.flush();
    }

    private static @Nullable String server(AnomalyChange change) {
        if (change.connection() != null) {
            return change.connection().text(Role.SERVER);
        }
        Listener listener = change.listener();
        return listener == null
                ? null
                : ConnectionKey.text(ConnectionKey.socket(listener.address().octets(), listener.port()));
    }

    private static String key(FourTuple tuple) {
        return text(tuple, true) + '-' + text(tuple, false);
    }

    private static String text(FourTuple tuple, boolean low) {
        return ConnectionKey.text(
                low
                        ? ConnectionKey.socket(tuple.low().octets(), tuple.lowPort())
                        : ConnectionKey.socket(tuple.high().octets(), tuple.highPort()));
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
