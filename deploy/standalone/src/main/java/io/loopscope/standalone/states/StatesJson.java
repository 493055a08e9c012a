package io.loopscope.standalone.states;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.loopscope.agent.publish.Identity;
import io.loopscope.agent.sockets.SocketEntry;
import io.loopscope.agent.sockets.SocketOwner;
import io.loopscope.settings.terminal.SafeText;
import io.loopscope.standalone.states.WireCensus.Wire;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A snapshot for programs: one object on one line. */
final class StatesJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final View view;
    private final Identity identity;

    StatesJson(View view, Identity identity) {
        this.view = view;
        this.identity = identity;
    }

    String line(Snapshot snapshot, @Nullable Wire wire) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            json.writeFieldName("states");
            counts(snapshot.counts(), json);
            json.writeNumberField("total", snapshot.lines().size());
            json.writeStringField("at", snapshot.at().toString());
            json.writeStringField("host_id", identity.hostId());
            json.writeNumberField("network_namespace", identity.networkNamespace());
            json.writeStringField("source", snapshot.source());
            if (wire != null) {
                json.writeObjectFieldStart("wire");
                json.writeFieldName("states");
                counts(wire.counts(), json);
                json.writeStringField("at", wire.at() == null ? null : wire.at().toString());
                json.writeEndObject();
            }
            if (!view.by().isEmpty()) {
                groups(snapshot, json);
            }
            if (view.listsSockets()) {
                sockets(snapshot, json);
            }
            json.writeArrayFieldStart("limitations");
            for (String limitation : snapshot.limitations()) {
                json.writeString(limitation);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) { // Into memory: cannot be.
            throw new UncheckedIOException(e);
        }
        return SafeText.ofJson(text.toString());
    }

    private static void counts(StateCounts counts, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (NetstatState state : NetstatState.values()) {
            json.writeNumberField(state.name(), counts.of(state));
        }
        json.writeEndObject();
    }

    private void groups(Snapshot snapshot, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("groups");
        for (Snapshot.Group group : snapshot.groups(view.by(), view.states())) {
            json.writeStartObject();
            for (int i = 0; i < view.by().size(); i++) {
                json.writeStringField(view.by().get(i).label(), group.keys().get(i));
            }
            json.writeFieldName("states");
            counts(group.counts(), json);
            json.writeNumberField("total", group.counts().total());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void sockets(Snapshot snapshot, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("sockets");
        for (SocketLine line : snapshot.in(view.states())) {
            json.writeStartObject();
            json.writeStringField("state", line.state().name());
            json.writeStringField("local", line.local());
            json.writeStringField("remote", line.remote());
            SocketOwner owner = line.owner();
            number("pid", owner == null ? line.entry().pid() : owner.pid(), json);
            json.writeStringField("process", owner == null ? null : owner.process());
            number("uid", line.entry().uid(), json);
            json.writeNumberField("inode", line.entry().inode());
            number("age_ms", line.ageMs(), json);
            number("last_received_ms", line.entry().lastReceivedMs(), json);
            number("last_sent_ms", line.entry().lastSentMs(), json);
            json.writeNumberField("receive_queue", line.entry().receiveQueue());
            json.writeNumberField("send_queue", line.entry().sendQueue());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void number(String name, long value, JsonGenerator json) throws IOException {
        if (value == SocketEntry.UNKNOWN) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, value);
        }
    }
}
