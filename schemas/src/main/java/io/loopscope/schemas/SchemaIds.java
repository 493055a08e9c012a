package io.loopscope.schemas;

import io.loopscope.schemas.UnreadableRecordException.Reason;
import org.apache.avro.Schema;

/** The ids that a schema registry has given to schemas. Safe for any thread. */
public interface SchemaIds {
    /** Without a registry: records are written in Avro's single-object encoding. */
    SchemaIds NONE = new SchemaIds() {
        @Override
        public RecordHead head(Schema schema) {
            return RecordHead.singleObject(schema);
        }

        @Override
        public Schema schema(int id) {
            throw new UnreadableRecordException(
                    Reason.UNKNOWN_SCHEMA,
                    "begins as with the id " + Integer.toUnsignedString(id)
                            + " of a schema registry, and schema.registry.url is not set",
                    null);
        }
    };

    /** What records of this schema, one of {@link RecordCodec#SCHEMAS}, begin with. */
    RecordHead head(Schema schema);

    /**
     * The schema that has an id.
     *
     * @throws UnreadableRecordException when there is no such id
     * @throws io.loopscope.schemas.registry.SchemaRegistryException when it could not be found out now
     */
    Schema schema(int id);
}
