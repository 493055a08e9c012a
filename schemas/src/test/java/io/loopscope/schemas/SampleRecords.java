package io.loopscope.schemas;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/** One record of each type with every field set, so that a fixture covers the whole schema. */
public final class SampleRecords {
    private SampleRecords() {}

    public static SpecificRecord of(Schema schema) {
        GenericData.Record generic = (GenericData.Record) value(schema);
        return (SpecificRecord) SpecificData.getForSchema(schema).deepCopy(schema, generic);
    }

    private static Object value(Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> {
                GenericData.Record generic = new GenericData.Record(schema);
                schema.getFields().forEach(field -> generic.put(field.pos(), value(field.schema())));
                yield generic;
            }
            case UNION -> value(schema.getTypes().get(schema.getTypes().size() - 1));
            case ARRAY -> List.of(value(schema.getElementType()), value(schema.getElementType()));
            case MAP -> Map.of("reason", value(schema.getValueType()));
            case ENUM ->
                new GenericData.EnumSymbol(schema, schema.getEnumSymbols().get(1));
            case BYTES -> ByteBuffer.wrap(new byte[] {127, 0, 0, 1});
            case STRING -> "text";
            case LONG -> 1_700_000_000_123_456_789L;
            case INT -> 13306;
            case DOUBLE -> 0.5;
            case BOOLEAN -> true;
            default -> throw new IllegalStateException("no sample for " + schema);
        };
    }
}
