package io.loopscope.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.Schema.Type;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;

class SchemaTest {
    @Test
    void everyFieldAndTypeSaysWhatItMeans() {
        List<String> undocumented = new ArrayList<>();
        walk((owner, field) -> {
            if (field.doc() == null || field.doc().length() < 10) {
                undocumented.add(owner.getName() + '.' + field.name());
            }
            if (owner.getDoc() == null) {
                undocumented.add(owner.getName());
            }
        });
        assertThat(undocumented).isEmpty();
    }

    @Test
    void fieldsAreSnakeCase() {
        List<String> wrong = new ArrayList<>();
        walk((owner, field) -> {
            if (!field.name().matches("[a-z][a-z0-9]*(_[a-z0-9]+)*")) {
                wrong.add(owner.getName() + '.' + field.name());
            }
        });
        assertThat(wrong).isEmpty();
    }

    @Test
    void aNullableFieldSaysWhatNullMeans() {
        List<String> silent = new ArrayList<>();
        walk((owner, field) -> {
            if (field.schema().isNullable() && !field.doc().contains("null")) {
                silent.add(owner.getName() + '.' + field.name());
            }
        });
        assertThat(silent).isEmpty();
    }

    @Test
    void everyEnumHasADefaultForWhatNewerProgramsWrite() {
        List<String> wrong = new ArrayList<>();
        walk((owner, field) -> parts(field.schema()).stream()
                .filter(part -> part.getType() == Type.ENUM && !"UNKNOWN".equals(part.getEnumDefault()))
                .forEach(part -> wrong.add(part.getName())));
        assertThat(wrong).isEmpty();
    }

    /** A class that was generated before a schema it embeds was changed writes records that nobody can read. */
    @Test
    void whatIsEmbeddedIsWhatItsOwnClassSays() {
        List<String> stale = new ArrayList<>();
        walk((owner, field) -> parts(field.schema()).stream()
                .filter(part -> part.getType() == Type.RECORD || part.getType() == Type.ENUM)
                .filter(part -> !part.equals(
                        SpecificData.get().getSchema(SpecificData.get().getClass(part))))
                .forEach(part -> stale.add(owner.getName() + '.' + field.name())));
        assertThat(stale).isEmpty();
    }

    private static void walk(BiConsumer<Schema, Field> visit) {
        Set<String> seen = new HashSet<>();
        RecordCodec.SCHEMAS.forEach(schema -> walk(schema, visit, seen));
    }

    private static void walk(Schema schema, BiConsumer<Schema, Field> visit, Set<String> seen) {
        if (schema.getType() == Type.RECORD && seen.add(schema.getFullName())) {
            for (Field field : schema.getFields()) {
                visit.accept(schema, field);
                parts(field.schema()).forEach(part -> walk(part, visit, seen));
            }
        }
    }

    private static List<Schema> parts(Schema schema) {
        return switch (schema.getType()) {
            case UNION ->
                schema.getTypes().stream().flatMap(type -> parts(type).stream()).toList();
            case ARRAY -> parts(schema.getElementType());
            case MAP -> parts(schema.getValueType());
            default -> List.of(schema);
        };
    }
}
