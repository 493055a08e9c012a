package io.loopscope.systemtests.harness;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.UnreadableRecordException;
import io.loopscope.schemas.v1.CaptureBatch;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One record as it is on a topic, decoded. */
public final class TopicRecord {
    /** A codec is for one thread, and the log is read by another than the one that asks it. */
    private static final ThreadLocal<Map<SchemaIds, RecordCodec>> CODECS = ThreadLocal.withInitial(HashMap::new);

    private final ConsumerRecord<byte[], byte[]> read;
    private final SchemaIds ids;
    private final Map<String, String> headers = new TreeMap<>();
    private final boolean isBatch;
    private final SpecificRecord value;

    TopicRecord(ConsumerRecord<byte[], byte[]> read, SchemaIds ids) {
        this.read = read;
        this.ids = ids;
        read.headers().forEach(header -> headers.put(header.key(), text(header.value())));
        SpecificRecord decoded = decode(read.value());
        isBatch = decoded instanceof CaptureBatch;
        // A minute of database load is a million segments: as objects they would not fit, as bytes they do.
        value = isBatch ? null : decoded;
    }

    public String topic() {
        return read.topic();
    }

    public int partition() {
        return read.partition();
    }

    public long offset() {
        return read.offset();
    }

    public byte[] key() {
        return read.key();
    }

    /** The key as text; empty when there is none. */
    public String keyText() {
        return text(read.key());
    }

    public byte[] bytes() {
        return read.value();
    }

    /** Headers by name, as text; of several with one name the last. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The record of the contract that this is; null for a tombstone and for what nobody can read. */
    public SpecificRecord value() {
        return isBatch ? decode(read.value()) : value;
    }

    /** The value, when it is of this type; null otherwise. */
    public <T> T value(Class<T> type) {
        boolean wanted = isBatch ? type == CaptureBatch.class : type.isInstance(value);
        return wanted ? type.cast(value()) : null;
    }

    private SpecificRecord decode(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            return CODECS.get().computeIfAbsent(ids, RecordCodec::new).decode(bytes);
        } catch (UnreadableRecordException e) {
            return null;
        }
    }

    private static String text(byte[] octets) {
        return octets == null ? "" : new String(octets, StandardCharsets.UTF_8);
    }
}
