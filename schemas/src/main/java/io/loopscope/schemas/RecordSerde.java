package io.loopscope.schemas;

import io.loopscope.schemas.UnreadableRecordException.Reason;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * The only way records get on and off a topic. A null value (a compacted topic's tombstone) stays null.
 *
 * @param <T> the record type, or {@link SpecificRecord} for a topic with several
 */
public final class RecordSerde<T extends SpecificRecord> implements Serde<T> {
    private final List<Class<? extends T>> types;

    /** A serde for a topic that carries just these types. */
    public RecordSerde(List<Class<? extends T>> types) {
        this.types = List.copyOf(types);
    }

    /** A serde for a topic that carries one type. */
    public static <T extends SpecificRecord> RecordSerde<T> of(Class<T> type) {
        return new RecordSerde<>(List.of(type));
    }

    /** What is on the capture topic: batches, socket reports and heartbeats. */
    public static RecordSerde<SpecificRecord> capture() {
        return new RecordSerde<>(List.of(CaptureBatch.class, SocketReport.class, Heartbeat.class));
    }

    @Override
    public Serializer<T> serializer() {
        return serializer(SchemaIds.NONE);
    }

    /** As {@link #serializer()}, with what a registry knows. */
    public Serializer<T> serializer(SchemaIds ids) {
        RecordCodec codec = new RecordCodec(ids);
        return new Serializer<>() {
            @Override
            public byte @Nullable [] serialize(String topic, @Nullable T value) {
                return value == null ? null : codec.encode(value);
            }
        };
    }

    @Override
    public Deserializer<T> deserializer() {
        return deserializer(new RecordCodec());
    }

    /** As {@link #deserializer()}, by this codec. */
    public Deserializer<T> deserializer(RecordCodec codec) {
        return new Deserializer<>() {
            @Override
            public @Nullable T deserialize(String topic, byte @Nullable [] bytes) {
                return bytes == null ? null : expected(codec.decode(bytes));
            }
        };
    }

    private T expected(SpecificRecord value) {
        for (Class<? extends T> type : types) {
            if (type.isInstance(value)) {
                return type.cast(value);
            }
        }
        throw new UnreadableRecordException(
                Reason.UNEXPECTED_TYPE,
                value.getSchema().getName() + " does not belong on this topic, expected one of "
                        + types.stream().map(Class::getSimpleName).toList(),
                null);
    }
}
