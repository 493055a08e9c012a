package io.loopscope.schemas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/** What comes before the Avro binary of records of one schema, and says which schema that is. */
public interface RecordHead {
    /** How many there are; known before their values are. */
    int octets();

    /**
     * Writes it at the beginning of a record's value.
     *
     * @throws IllegalStateException while the schema's id is not known
     */
    void put(byte[] value);

    /** Avro's single-object encoding: C3 01 and the schema's 64-bit CRC-64-AVRO fingerprint, little-endian. */
    static RecordHead singleObject(Schema schema) {
        byte[] head = ByteBuffer.allocate(RecordCodec.SINGLE_OBJECT_OCTETS)
                .putShort(RecordCodec.SINGLE_OBJECT)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(SchemaNormalization.parsingFingerprint64(schema))
                .array();
        return new RecordHead() {
            @Override
            public int octets() {
                return head.length;
            }

            @Override
            public void put(byte[] value) {
                System.arraycopy(head, 0, value, 0, head.length);
            }
        };
    }
}
