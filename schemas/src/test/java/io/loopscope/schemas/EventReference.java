package io.loopscope.schemas;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.Schema.Type;

/** Renders docs/reference/events.md from the schemas, so that it can not go stale. */
final class EventReference {
    private static final String INTRODUCTION = """
            # Records on Kafka

            Rendered from the schemas in `schemas/src/main/avro`; do not edit. Values are Avro in single-object encoding
            (`C3 01`, the schema's 64-bit fingerprint, Avro binary), or, with `schema.registry.url`, in Confluent's format (0,
            the schema's id as 4 octets, Avro binary): [subjects](../operating/schema-registry.md#subjects). Schemas stay fully compatible in both directions with
            every release: new fields have defaults, enums have `UNKNOWN`.

            Numbers of TCP (sequence, acknowledgment, ports) are unsigned and kept in the next larger signed type.

            """;

    private EventReference() {}

    static String render() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        topics(page);
        Set<Schema> seen = new LinkedHashSet<>();
        Deque<Schema> open = new ArrayDeque<>(RecordCodec.SCHEMAS);
        while (!open.isEmpty()) {
            Schema schema = open.removeFirst();
            if (seen.add(schema)) {
                section(page, schema);
                if (schema.getType() == Type.RECORD) {
                    schema.getFields().forEach(field -> named(field.schema()).forEach(open::addLast));
                }
            }
        }
        return page.toString();
    }

    private static void topics(StringBuilder page) {
        page.append("## Topics\n\n| topic | partitions | settings | contents |\n|---|---|---|---|\n");
        for (Topic topic : Topic.CATALOGUE) {
            String settings = topic.settings().entrySet().stream()
                    .sorted(java.util.Map.Entry.comparingByKey())
                    .map(setting -> '`' + setting.getKey() + '=' + setting.getValue() + '`')
                    .collect(Collectors.joining("<br>"));
            page.append("| `%s` | %d | %s | %s |%n".formatted(topic.name(), topic.partitions(), settings, topic.doc()));
        }
        page.append('\n');
    }

    private static void section(StringBuilder page, Schema schema) {
        page.append("## ")
                .append(schema.getName())
                .append("\n\n")
                .append(schema.getDoc())
                .append("\n\n");
        if (schema.getType() == Type.ENUM) {
            page.append("Values: ")
                    .append(schema.getEnumSymbols().stream()
                            .map(symbol -> '`' + symbol + '`')
                            .collect(Collectors.joining(", ")))
                    .append(".\n\n");
            return;
        }
        page.append("| field | type | meaning |\n|---|---|---|\n");
        for (Field field : schema.getFields()) {
            page.append("| `%s` | %s | %s |%n".formatted(field.name(), text(field.schema()), field.doc()));
        }
        page.append('\n');
    }

    private static String text(Schema schema) {
        return switch (schema.getType()) {
            case UNION ->
                "null or "
                        + schema.getTypes().stream()
                                .filter(type -> type.getType() != Type.NULL)
                                .map(EventReference::text)
                                .collect(Collectors.joining(" or "));
            case ARRAY -> "list of " + text(schema.getElementType());
            case MAP -> "map of string to " + text(schema.getValueType());
            case RECORD, ENUM ->
                "[%s](#%s)".formatted(schema.getName(), schema.getName().toLowerCase(java.util.Locale.ROOT));
            default -> schema.getType().getName();
        };
    }

    private static List<Schema> named(Schema schema) {
        return switch (schema.getType()) {
            case UNION ->
                schema.getTypes().stream().flatMap(type -> named(type).stream()).toList();
            case ARRAY -> named(schema.getElementType());
            case MAP -> named(schema.getValueType());
            case RECORD, ENUM -> List.of(schema);
            default -> List.of();
        };
    }
}
