package io.loopscope.schemas;

import io.loopscope.schemas.UnreadableRecordException.Reason;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Records to bytes and back, in Avro's single-object encoding: C3 01, the schema's 64-bit CRC-64-AVRO fingerprint
 * (little-endian), Avro binary. A reader knows every released schema, so it reads what older programs wrote; what a
 * newer one wrote is refused by name. Not safe for use by several threads at once.
 */
public final class RecordCodec {
    private static final int HEADER_OCTETS = 10;
    private static final short MARKER = (short) 0xC301;

    static {
        // Avro instantiates only classes it is told to trust. Ours are the generated ones; what was trusted stays so.
        String generated = CaptureBatch.class.getPackageName();
        ClassSecurityPredicate before = ClassSecurityValidator.getGlobal();
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                before, type -> type.getPackageName().equals(generated)));
    }

    static {
        // A corrupt length must not make a reader allocate gigabytes. Read by Avro when it is first used.
        for (String limit : List.of("collectionItems", "string", "bytes")) {
            System.getProperties().putIfAbsent("org.apache.avro.limits." + limit + ".maxLength", "1000000");
        }
    }

    /** Every record type of the contract. */
    public static final List<Schema> SCHEMAS = List.of(
            CaptureBatch.getClassSchema(),
            SocketReport.getClassSchema(),
            Heartbeat.getClassSchema(),
            ConnectionEvent.getClassSchema(),
            AnomalyEvent.getClassSchema(),
            CensusCount.getClassSchema());

    private final Map<Schema, BinaryMessageEncoder<SpecificRecord>> encoders = new HashMap<>();
    private final Map<Long, BinaryMessageDecoder<SpecificRecord>> decoders = new HashMap<>();

    /** A codec that knows all released schemas. */
    public RecordCodec() {
        for (Schema current : SCHEMAS) {
            SpecificData model = SpecificData.getForSchema(current);
            model.setCustomCoders(true); // What the generated classes write themselves costs half.
            encoders.put(current, new BinaryMessageEncoder<>(model, current));
            BinaryMessageDecoder<SpecificRecord> decoder = new BinaryMessageDecoder<>(model, current);
            decoders.put(SchemaNormalization.parsingFingerprint64(current), decoder);
            for (Schema released : ReleasedSchemas.of(current.getName())) {
                decoder.addSchema(released);
                decoders.put(SchemaNormalization.parsingFingerprint64(released), decoder);
            }
        }
    }

    /** What comes before the Avro binary of a record with this schema. */
    public static byte[] framing(Schema schema) {
        return ByteBuffer.allocate(HEADER_OCTETS)
                .putShort(MARKER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(SchemaNormalization.parsingFingerprint64(schema))
                .array();
    }

    /** Bytes of a record. */
    public byte[] encode(SpecificRecord value) {
        BinaryMessageEncoder<SpecificRecord> encoder = encoders.get(value.getSchema());
        if (encoder == null) {
            throw new IllegalArgumentException(
                    "not a record of the contract: " + value.getSchema().getFullName());
        }
        try {
            ByteBuffer bytes = encoder.encode(value);
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return copy;
        } catch (IOException e) {
            throw new IllegalStateException("encoding into memory failed", e);
        }
    }

    /**
     * The record in these bytes, in the current version of its schema.
     *
     * @throws UnreadableRecordException with the reason, when there is none
     */
    public SpecificRecord decode(byte @Nullable [] bytes) {
        if (bytes == null
                || bytes.length < HEADER_OCTETS
                || ByteBuffer.wrap(bytes).getShort() != MARKER) {
            throw new UnreadableRecordException(
                    Reason.NOT_A_LOOPSCOPE_RECORD, "does not begin with an Avro single-object header", null);
        }
        long fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
        BinaryMessageDecoder<SpecificRecord> decoder = decoders.get(fingerprint);
        if (decoder == null) {
            throw new UnreadableRecordException(
                    Reason.UNKNOWN_SCHEMA,
                    "no released schema has the fingerprint %016x: was it written by a newer program?"
                            .formatted(fingerprint),
                    null);
        }
        try {
            return decoder.decode(bytes);
        } catch (IOException | RuntimeException e) { // Avro throws whatever a wrong length or index leads to.
            throw new UnreadableRecordException(Reason.CORRUPT, "does not fit its schema: " + e.getMessage(), e);
        }
    }
}
