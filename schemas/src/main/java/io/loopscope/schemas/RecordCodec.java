package io.loopscope.schemas;

import io.loopscope.schemas.UnreadableRecordException.Reason;
import io.loopscope.schemas.registry.SchemaRegistryException;
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
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.RawMessageDecoder;
import org.apache.avro.message.RawMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Records to bytes and back. Written with Avro's single-object encoding (C3 01, the schema's 64-bit CRC-64-AVRO
 * fingerprint, little-endian) or, when a schema registry is configured, with Confluent's frame (0, the schema's id as 32
 * bits, big-endian); then Avro binary, the same for both. Either is read, whatever is written. Without a registry a reader
 * knows every released schema, so it reads what older programs wrote, and refuses what a newer one wrote by name; with a
 * registry it reads that, too. Not safe for use by several threads at once.
 */
public final class RecordCodec {
    static final int SINGLE_OBJECT_OCTETS = 10;
    static final short SINGLE_OBJECT = (short) 0xC301;
    /** The octets of Confluent's frame. */
    private static final int REGISTERED_OCTETS = 5;

    private static final byte REGISTERED = 0;

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

    /** What is known of an id. */
    private record Registered(long fingerprint, RawMessageDecoder<SpecificRecord> decoder) {}

    private final SchemaIds ids;
    private final Map<Schema, RawMessageEncoder<SpecificRecord>> encoders = new HashMap<>();
    private final Map<Schema, RecordHead> heads = new HashMap<>();
    private final Map<Schema, RecordHead> singleObjectHeads = new HashMap<>();
    private final Map<Long, BinaryMessageDecoder<SpecificRecord>> decoders = new HashMap<>();
    private final Map<Integer, Registered> registered = new HashMap<>();

    /** A codec that knows all released schemas, and no registry. */
    public RecordCodec() {
        this(SchemaIds.NONE);
    }

    /**
     * A codec that knows all released schemas.
     *
     * @param ids what a registry knows
     */
    public RecordCodec(SchemaIds ids) {
        this.ids = ids;
        for (Schema current : SCHEMAS) {
            SpecificData model = model(current);
            encoders.put(current, new RawMessageEncoder<>(model, current, false));
            BinaryMessageDecoder<SpecificRecord> decoder = new BinaryMessageDecoder<>(model, current);
            decoders.put(SchemaNormalization.parsingFingerprint64(current), decoder);
            for (Schema released : ReleasedSchemas.of(current.getName())) {
                decoder.addSchema(released);
                decoders.put(SchemaNormalization.parsingFingerprint64(released), decoder);
            }
        }
    }

    private static SpecificData model(Schema current) {
        SpecificData model = SpecificData.getForSchema(current);
        model.setCustomCoders(true); // What the generated classes write themselves costs half.
        return model;
    }

    /**
     * Bytes of a record, for a topic.
     *
     * @throws IllegalStateException while the id of its schema is not known
     */
    public byte[] encode(SpecificRecord value) {
        return encode(value, heads.computeIfAbsent(value.getSchema(), ids::head));
    }

    /** Bytes of a record for what has to be readable without a registry, such as stored state. */
    public byte[] encodeSingleObject(SpecificRecord value) {
        return encode(value, singleObjectHeads.computeIfAbsent(value.getSchema(), RecordHead::singleObject));
    }

    private byte[] encode(SpecificRecord value, RecordHead head) {
        RawMessageEncoder<SpecificRecord> encoder = encoders.get(value.getSchema());
        if (encoder == null) {
            throw new IllegalArgumentException(
                    "not a record of the contract: " + value.getSchema().getFullName());
        }
        try {
            ByteBuffer body = encoder.encode(value);
            int length = body.remaining();
            byte[] bytes = new byte[head.octets() + length];
            head.put(bytes);
            body.get(bytes, head.octets(), length);
            return bytes;
        } catch (IOException e) {
            throw new IllegalStateException("encoding into memory failed", e);
        }
    }

    /**
     * The record in these bytes, in the current version of its schema.
     *
     * @throws UnreadableRecordException with the reason, when there is none
     * @throws io.loopscope.schemas.registry.SchemaRegistryException when only a registry that does not answer knows its
     *     schema: it may be readable later
     */
    public SpecificRecord decode(byte @Nullable [] bytes) {
        if (bytes == null || !(isSingleObject(bytes) || isRegistered(bytes))) {
            throw new UnreadableRecordException(
                    Reason.NOT_A_LOOPSCOPE_RECORD,
                    "begins neither with Avro's single-object header nor with the frame of a schema registry",
                    null);
        }
        try {
            if (isSingleObject(bytes)) {
                return known(singleObjectFingerprint(bytes)).decode(bytes);
            }
            ByteBuffer body = ByteBuffer.wrap(bytes, REGISTERED_OCTETS, bytes.length - REGISTERED_OCTETS);
            return registered(bytes).decoder().decode(body);
        } catch (UnreadableRecordException | SchemaRegistryException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // Avro throws whatever a wrong length or index leads to.
            throw new UnreadableRecordException(Reason.CORRUPT, "does not fit its schema: " + e.getMessage(), e);
        }
    }

    private static boolean isSingleObject(byte[] bytes) {
        return bytes.length >= SINGLE_OBJECT_OCTETS
                && bytes[0] == (byte) (SINGLE_OBJECT >> Byte.SIZE)
                && bytes[1] == (byte) SINGLE_OBJECT;
    }

    private static boolean isRegistered(byte[] bytes) {
        return bytes.length >= REGISTERED_OCTETS && bytes[0] == REGISTERED;
    }

    /**
     * Fingerprint (CRC-64-AVRO of the parsing canonical form) of the schema these bytes were written with; 0 when they
     * cannot be read.
     *
     * @throws SchemaRegistryException as {@link #decode} does
     */
    public long fingerprint(byte[] bytes) {
        if (isSingleObject(bytes)) {
            return singleObjectFingerprint(bytes);
        }
        try {
            return isRegistered(bytes) ? registered(bytes).fingerprint() : 0;
        } catch (UnreadableRecordException e) {
            return 0;
        }
    }

    /** How many octets come before the Avro binary of a value that has a {@link #fingerprint}. */
    public static int headOctets(byte[] bytes) {
        return bytes[0] == REGISTERED ? REGISTERED_OCTETS : SINGLE_OBJECT_OCTETS;
    }

    private static long singleObjectFingerprint(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
    }

    private BinaryMessageDecoder<SpecificRecord> known(long fingerprint) {
        BinaryMessageDecoder<SpecificRecord> decoder = decoders.get(fingerprint);
        if (decoder == null) {
            throw unknown("no released schema has the fingerprint %016x: was it written by a newer program?"
                    .formatted(fingerprint));
        }
        return decoder;
    }

    private Registered registered(byte[] bytes) {
        int id = ByteBuffer.wrap(bytes).getInt(1);
        Registered known = registered.get(id);
        if (known == null) {
            known = register(id, ids.schema(id));
            registered.put(id, known);
        }
        return known;
    }

    private static Registered register(int id, Schema writer) {
        Schema current = SCHEMAS.stream()
                .filter(schema -> schema.getFullName().equals(writer.getFullName()))
                .findFirst()
                .orElseThrow(() -> unknown("schema " + id + " of the registry is " + writer.getFullName()
                        + ", which is no record of Loopscope"));
        var readable = SchemaCompatibility.checkReaderWriterCompatibility(current, writer);
        if (readable.getType() != SchemaCompatibilityType.COMPATIBLE) {
            throw unknown("schema " + id + " of the registry is another " + writer.getFullName() + ": "
                    + readable.getResult().getIncompatibilities());
        }
        return new Registered(
                SchemaNormalization.parsingFingerprint64(writer),
                new RawMessageDecoder<>(model(current), writer, current));
    }

    private static UnreadableRecordException unknown(String message) {
        return new UnreadableRecordException(Reason.UNKNOWN_SCHEMA, message, null);
    }
}
