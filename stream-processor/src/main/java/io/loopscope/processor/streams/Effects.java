package io.loopscope.processor.streams;

import io.loopscope.processor.detect.AnomalyChange;
import io.loopscope.processor.detect.AnomalyStage;
import io.loopscope.processor.detect.CensusChange;
import io.loopscope.processor.detect.ConnectionChange;
import io.loopscope.processor.detect.HostMonitor;
import io.loopscope.processor.detect.Listener;
import io.loopscope.processor.detect.Output;
import io.loopscope.processor.detect.Step;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.ConnectionEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * What one record of the capture topic, or one tick, leads to: state to write and records to publish. It is complete
 * before any of it is done, so that a failure on the way leaves nothing half done.
 */
final class Effects {
    private final RecordCodec codec;
    private final long timestamp;
    private final List<Write> writes = new ArrayList<>();
    private final List<Publication> publications = new ArrayList<>();

    /**
     * @param codec encodes what is published
     * @param timestamp of the records to publish, milliseconds since the epoch
     */
    Effects(RecordCodec codec, long timestamp) {
        this.codec = codec;
        this.timestamp = timestamp;
    }

    private record Write(String store, Bytes key, @Nullable Bytes value) {}

    private record Publication(String sink, Record<byte[], byte[]> record) {}

    /** Writes a value, or deletes it when null. */
    void write(String store, byte[] key, byte @Nullable [] value) {
        writes.add(new Write(store, Bytes.wrap(key), value == null ? null : Bytes.wrap(value)));
    }

    /** Takes over what a step has to publish and to store; leaves the step as it is. */
    void collect(HostKey host, HostMonitor monitor, Step step) {
        step.outputs().forEach(output -> publish(host, output));
        byte[] prefix = host.toBytes();
        for (FourTuple tuple : step.changedConnections()) {
            write(Stores.CONNECTIONS, Sockets.storeKey(prefix, tuple), monitor.connectionBytes(tuple));
        }
        for (Listener listener : step.changedListeners()) {
            write(Stores.LISTENERS, HostMonitors.key(host, listener), monitor.listenerBytes(listener));
        }
        if (step.hostChanged()) {
            write(Stores.HOSTS, prefix, monitor.hostBytes());
        }
    }

    private void publish(HostKey host, Output output) {
        String hostId = host.hostId();
        if (output instanceof ConnectionChange change) {
            connection(hostId, change);
        } else if (output instanceof AnomalyChange change) {
            anomaly(host, change);
        } else if (output instanceof CensusChange change) {
            add(ConnectionTopology.CENSUS, CensusCounts.key(hostId, change), CensusCounts.of(hostId, change));
        }
    }

    private void connection(String hostId, ConnectionChange change) {
        ConnectionEvent event = ConnectionEvents.of(hostId, change);
        String key = Sockets.publishedKey(hostId, change.connection().tuple());
        Record<byte[], byte[]> published = add(ConnectionTopology.CONNECTIONS, key, event);
        CloudEventHeaders.add(published.headers(), event);
    }

    private void anomaly(HostKey host, AnomalyChange change) {
        AnomalyEvent event = AnomalyEvents.of(host.hostId(), change);
        Record<byte[], byte[]> published = add(ConnectionTopology.ANOMALIES, change.id(), event);
        CloudEventHeaders.add(published.headers(), event);
        boolean over = change.stage() == AnomalyStage.CLEARED;
        write(Stores.ANOMALIES, host.keyOf(change.id()), over ? null : codec.encodeSingleObject(event));
        if (over) {
            add(ConnectionTopology.ANOMALIES, change.id(), null); // Compaction leaves what is wrong now.
        }
    }

    private Record<byte[], byte[]> add(String sink, String key, @Nullable SpecificRecord value) {
        byte[] bytes = value == null ? null : codec.encode(value);
        Record<byte[], byte[]> published = new Record<>(key.getBytes(StandardCharsets.UTF_8), bytes, timestamp);
        publications.add(new Publication(sink, published));
        return published;
    }

    /** Gives each record to publish, with the name of its sink. */
    void publications(BiConsumer<String, Record<byte[], byte[]>> taker) {
        publications.forEach(publication -> taker.accept(publication.sink, publication.record));
    }

    /** Does all of it. What is thrown here comes from Kafka, not from the detector. */
    void carryOut(Stores stores, Publisher publisher) {
        for (Write write : writes) {
            KeyValueStore<Bytes, byte[]> store = stores.get(write.store);
            if (write.value == null) {
                store.delete(write.key);
            } else {
                store.put(write.key, write.value.get());
            }
        }
        for (Publication publication : publications) {
            publisher.publish(publication.record, publication.sink);
        }
    }
}
