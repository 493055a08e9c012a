package io.loopscope.processor.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.TcpState;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An anomaly as {@code observe -o json} writes it: fields under the names of the schema; a point in time loses
 * {@code _ns}; a socket is {@code 127.0.0.1:13306}; names of states and stages in capitals, other enums in lower case.
 */
final class RecordJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String NANOS = "_ns";

    private RecordJson() {}

    static ObjectNode of(AnomalyEvent event) {
        ObjectNode object = JSON.objectNode();
        for (Schema.Field field : event.getSchema().getFields()) {
            Object value = event.get(field.pos());
            String name = field.name();
            // All of this record's are points in time, none is a duration.
            if (name.endsWith(NANOS)) {
                object.put(
                        name.substring(0, name.length() - NANOS.length()),
                        value == null ? null : Times.iso((Long) value));
            } else {
                object.set(name, value(value));
            }
        }
        return object;
    }

    static String text(SocketAddress socket) {
        ByteBuffer address = socket.getAddress().duplicate();
        byte[] octets = new byte[address.remaining()];
        address.get(octets);
        return ConnectionKey.text(ConnectionKey.socket(octets, socket.getPort()));
    }

    private static JsonNode value(@Nullable Object value) {
        if (value == null) {
            return JSON.nullNode();
        } else if (value instanceof SocketAddress socket) {
            return JSON.textNode(text(socket));
        } else if (value instanceof Collection<?> items) {
            ArrayNode array = JSON.arrayNode();
            items.forEach(item -> array.add(value(item)));
            return array;
        } else if (value instanceof Map<?, ?> entries) {
            ObjectNode object = JSON.objectNode();
            entries.forEach((key, entry) -> object.set(String.valueOf(key), value(entry)));
            return object;
        } else if (value instanceof TcpState || value instanceof AnomalyStage) {
            return JSON.textNode(value.toString());
        } else if (value instanceof Enum<?> symbol) {
            return JSON.textNode(symbol.name().toLowerCase(Locale.ROOT));
        } else if (value instanceof Long number) {
            return JSON.numberNode(number);
        } else if (value instanceof Integer number) {
            return JSON.numberNode(number);
        } else if (value instanceof Double number) {
            return JSON.numberNode(number);
        } else if (value instanceof Boolean bool) {
            return JSON.booleanNode(bool);
        }
        return JSON.textNode(value.toString());
    }
}
