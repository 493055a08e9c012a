package io.loopscope.schemas.registry;

import io.loopscope.schemas.RecordHead;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.UnreadableRecordException;
import io.loopscope.schemas.UnreadableRecordException.Reason;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a registry knows, asked for once and kept on disk. The registry is believed before the disk; the disk serves while
 * the registry is away.
 */
public final class RegisteredSchemas implements SchemaIds {
    private static final Logger LOG = LoggerFactory.getLogger(RegisteredSchemas.class);
    private static final int HEAD_OCTETS = 5;
    private static final String LEVEL = "FULL_TRANSITIVE";
    /** What Apicurio says of a subject for which nobody has chosen any; Confluent's says 404. */
    private static final String NO_LEVEL = "NONE";

    /** An id that the registry did not know may be known later: one of its nodes may be behind. */
    private static final long UNKNOWN_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** Records that are none may have any number where the id is: many of them must not cost much each... */
    private static final int MOST_PATIENCE = 16;
    /** ... nor fill the memory. */
    private static final int MOST_UNKNOWN = 10_000;

    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final RegistryConfig config;
    private final RegistryClient client;
    private final SchemaFiles files;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Integer, Long> unknownSince = new HashMap<>();
    private volatile Map<Schema, Integer> ids = Map.of();

    /** Knows nothing yet, and has not asked. */
    public RegisteredSchemas(RegistryConfig config) {
        this.config = config;
        client = new RegistryClient(config);
        files = new SchemaFiles(config.folder());
    }

    /** Where the registry is. */
    public RegistryConfig config() {
        return config;
    }

    /**
     * Finds out the ids of the schemas that this program writes with; registers those that are not yet. Asks the registry,
     * and when that does not help, the disk.
     *
     * @throws SchemaRegistryException when neither knows them
     */
    public void prepare(Collection<Schema> written) {
        try {
            Map<Schema, Integer> found = new HashMap<>();
            for (Schema schema : written) {
                int id = client.id(Subjects.of(schema), schema.toString());
                found.put(schema, id);
                remember(id, schema);
            }
            found.keySet().forEach(this::keepCompatible);
            ids = Map.copyOf(found);
        } catch (SchemaRegistryException e) {
            Map<Schema, Integer> kept = new HashMap<>();
            written.forEach(schema -> files.id(schema).ifPresent(id -> kept.put(schema, id)));
            if (kept.size() < written.size()) {
                throw e;
            }
            LOG.warn("{}. Going on with the ids it gave before, from {}", e.getMessage(), config.folder());
            ids = Map.copyOf(kept);
        }
    }

    /** The promise that any version reads any other is better kept by the registry than by hope; it may not want to. */
    private void keepCompatible(Schema schema) {
        String subject = Subjects.of(schema);
        try {
            Optional<String> level = client.compatibility(subject);
            if (level.isEmpty() || level.get().equals(NO_LEVEL)) {
                client.setCompatibility(subject, LEVEL);
            } else if (!level.get().equals(LEVEL)) {
                LOG.warn("The registry holds {} to {}; Loopscope's schemas are {}", subject, level.get(), LEVEL);
            }
        } catch (SchemaRegistryException e) {
            LOG.warn("The registry does not hold {} to {}: {}", subject, LEVEL, e.getMessage());
        }
    }

    /** Whether {@link #prepare} has succeeded. */
    public boolean isPrepared() {
        return !ids.isEmpty();
    }

    @Override
    public RecordHead head(Schema schema) {
        return new RecordHead() {
            @Override
            public int octets() {
                return HEAD_OCTETS;
            }

            @Override
            public void put(byte[] value) {
                @Nullable Integer id = ids.get(schema);
                if (id == null) {
                    throw new IllegalStateException("the registry's id of " + schema.getName() + " is not known yet");
                }
                ByteBuffer.wrap(value).put((byte) 0).putInt(id);
            }
        };
    }

    @Override
    public Schema schema(int id) {
        @Nullable Schema known = schemas.get(id);
        return known == null ? ask(id) : known;
    }

    /** One after the other: all threads of a program meet a new id at the same time. */
    private synchronized Schema ask(int id) {
        @Nullable Schema known = schemas.get(id);
        if (known != null) {
            return known;
        }
        long now = System.nanoTime();
        unknownSince.values().removeIf(since -> now - since > UNKNOWN_NANOS);
        try {
            String text = unknownSince.containsKey(id) ? null : text(id);
            if (text == null) {
                throw unknown(id, "the registry does not know the schema id ");
            }
            Schema schema = new Schema.Parser().parse(text);
            remember(id, schema);
            return schema;
        } catch (SchemaParseException e) { // JSON Schema and Protobuf live in the same registries.
            unknownSince.put(id, now);
            throw unknown(id, "no Avro schema has the id ");
        } catch (SchemaRegistryException e) {
            Schema kept = files.schema(id).orElseThrow(() -> e);
            schemas.put(id, kept);
            return kept;
        }
    }

    private @Nullable String text(int id) {
        Optional<String> text = client.schema(id);
        if (text.isEmpty() && unknownSince.size() < MOST_PATIENCE) {
            // A node of the registry may hear of a schema a moment after the one that gave it its id.
            LockSupport.parkNanos(ASK_AGAIN_NANOS);
            text = client.schema(id);
        }
        if (text.isEmpty() && unknownSince.size() < MOST_UNKNOWN) {
            unknownSince.put(id, System.nanoTime());
        }
        return text.orElse(null);
    }

    private void remember(int id, Schema schema) {
        schemas.put(id, schema);
        files.keep(id, schema);
    }

    private UnreadableRecordException unknown(int id, String what) {
        return new UnreadableRecordException(
                Reason.UNKNOWN_SCHEMA, what + Integer.toUnsignedString(id) + " (" + config + ")", null);
    }
}
