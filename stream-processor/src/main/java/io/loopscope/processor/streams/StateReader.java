package io.loopscope.processor.streams;

import io.loopscope.processor.detect.ConnectionStatus;
import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.HostStatus;
import io.loopscope.processor.detect.Listener;
import io.loopscope.processor.detect.ListenerStatus;
import io.loopscope.processor.detect.StoredHost;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.v1.AnomalyEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.BytesSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;

/**
 * What the state stores of this process hold, in the words of the detector. Safe for any thread, beside those that
 * process. Each method throws {@link InvalidStateStoreException} when the partition is not (or no longer) readable here,
 * and {@link UnreadableStateException} when its bytes are another version's.
 *
 * <p>A store is walked host by host: an in-memory store copies the keys of what it walks, and holds the stream thread up
 * meanwhile.
 */
public final class StateReader {
    private final StoreSource stores;
    private final DetectorSettings settings;
    private final TcpSettings tcp;
    private final RecordCodec codec = new RecordCodec();

    /** A reader of the stores of these streams. */
    public StateReader(KafkaStreams streams, DetectorSettings settings, TcpSettings tcp) {
        this(new LiveStores(streams), settings, tcp);
    }

    StateReader(StoreSource stores, DetectorSettings settings, TcpSettings tcp) {
        this.stores = stores;
        this.settings = settings;
        this.tcp = tcp;
    }

    /** A host and network namespace. */
    public record Host(String hostId, long networkNamespace, HostStatus status) {}

    /** A listener of a host. */
    public record HostListener(String hostId, ListenerStatus status) {}

    /** A connection of a host. */
    public record HostConnection(ConnectionKey key, ConnectionStatus status) {}

    /** Hears of one after the other. */
    public interface Walker {
        /**
         * The next one, in the order of the keys' octets.
         *
         * @return whether there shall be more
         */
        boolean next(HostConnection connection);
    }

    /** Partitions that can be read here now. */
    public Set<Integer> partitions() {
        return stores.partitions();
    }

    /** Network namespaces of a host. */
    public Set<Long> namespaces(int partition, String hostId) {
        Set<Long> namespaces = new TreeSet<>();
        hostKeys(partition, hostId).forEach(host -> namespaces.add(host.networkNamespace()));
        return namespaces;
    }

    /** This process has to process all of these; those that are not {@link #partitions() readable} are being restored. */
    public boolean isAssigned(Set<Integer> partitions) {
        return stores.assigned().containsAll(partitions);
    }

    /** Partitions that this process has to process, readable or not. */
    public Set<Integer> assigned() {
        return stores.assigned();
    }

    /**
     * Tells of all hosts of a partition, or of one.
     *
     * @param hostId whose; null: all
     */
    public void hosts(int partition, @Nullable String hostId, Consumer<Host> hearer) {
        each(partition, Stores.HOSTS, hostId == null ? null : HostKey.prefix(hostId), entry -> {
            HostKey key = HostKey.read(ByteBuffer.wrap(entry.key.get()));
            hearer.accept(new Host(
                    key.hostId(),
                    key.networkNamespace(),
                    stored(key, entry.value).status()));
        });
    }

    /** Tells of all listeners of a partition, or of one host. */
    public void listeners(int partition, @Nullable String hostId, Consumer<HostListener> hearer) {
        for (HostKey host : hostKeys(partition, hostId)) {
            StoredHost stored = stored(partition, host);
            for (ListenerStatus status : listeners(partition, host, stored)) {
                hearer.accept(new HostListener(host.hostId(), status));
            }
        }
    }

    /** Tells of all open anomalies of a partition, or of one host: as they were last published. */
    public void anomalies(int partition, @Nullable String hostId, Consumer<AnomalyEvent> hearer) {
        each(partition, Stores.ANOMALIES, hostId == null ? null : HostKey.prefix(hostId), entry -> {
            if (decode(entry.value) instanceof AnomalyEvent event) {
                hearer.accept(event);
            }
        });
    }

    /** One after the other: the codec is not made for several threads. */
    private SpecificRecord decode(byte[] bytes) {
        synchronized (codec) {
            return codec.decode(bytes);
        }
    }

    /** One connection; empty when it is not known. */
    public Optional<HostConnection> connection(int partition, ConnectionKey key) {
        byte[] value = stores.store(Stores.CONNECTIONS, partition).get(Bytes.wrap(key.toBytes()));
        if (value == null) {
            return Optional.empty();
        }
        HostKey host = new HostKey(key.hostId(), key.networkNamespace());
        StoredHost stored = stored(partition, host);
        listeners(partition, host, stored);
        return Optional.of(new HostConnection(key, connection(stored, key, value)));
    }

    /**
     * Tells of the connections of a partition, or of one host, closed ones that are still remembered included.
     *
     * @param after begin behind this key of the store, as {@link ConnectionKey#toBytes()} has it; null: at the first
     */
    public void connections(int partition, @Nullable String hostId, byte @Nullable [] after, Walker walker) {
        for (HostKey host : hostKeys(partition, hostId)) {
            if (!isBefore(host, after) && !connections(partition, host, after, walker)) {
                return;
            }
        }
    }

    private boolean connections(int partition, HostKey host, byte @Nullable [] after, Walker walker) {
        StoredHost stored = stored(partition, host);
        listeners(partition, host, stored);
        try (KeyValueIterator<Bytes, byte[]> entries = scan(partition, Stores.CONNECTIONS, host.toBytes())) {
            while (entries.hasNext()) {
                KeyValue<Bytes, byte[]> entry = entries.next();
                if (after == null || Arrays.compareUnsigned(entry.key.get(), after) > 0) {
                    ConnectionKey key = ConnectionKey.fromBytes(entry.key.get());
                    if (!walker.next(new HostConnection(key, connection(stored, key, entry.value)))) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** All connections of a host come before a key. */
    private static boolean isBefore(HostKey host, byte @Nullable [] key) {
        if (key == null) {
            return false;
        }
        byte[] prefix = host.toBytes();
        return Arrays.compareUnsigned(prefix, 0, prefix.length, key, 0, Math.min(prefix.length, key.length)) < 0;
    }

    /** Namespaces of a host, or all of a partition, in the order of the keys' octets. */
    private List<HostKey> hostKeys(int partition, @Nullable String hostId) {
        List<HostKey> keys = new ArrayList<>();
        each(
                partition,
                Stores.HOSTS,
                hostId == null ? null : HostKey.prefix(hostId),
                entry -> keys.add(HostKey.read(ByteBuffer.wrap(entry.key.get()))));
        return keys;
    }

    private List<ListenerStatus> listeners(int partition, HostKey host, StoredHost stored) {
        List<ListenerStatus> listeners = new ArrayList<>();
        each(partition, Stores.LISTENERS, host.toBytes(), entry -> {
            try {
                Listener listener = HostMonitors.listener(entry.key.get());
                listeners.add(stored.listener(listener, entry.value));
            } catch (IOException e) {
                throw new UnreadableStateException(host.hostId(), e);
            }
        });
        return listeners;
    }

    private StoredHost stored(int partition, HostKey host) {
        return stored(host, stores.store(Stores.HOSTS, partition).get(Bytes.wrap(host.toBytes())));
    }

    private StoredHost stored(HostKey host, byte @Nullable [] value) {
        try {
            return new StoredHost(host.hostId(), host.networkNamespace(), settings, tcp, value);
        } catch (IOException e) {
            throw new UnreadableStateException(host.hostId(), e);
        }
    }

    private static ConnectionStatus connection(StoredHost host, ConnectionKey key, byte[] value) {
        try {
            return host.connection(Sockets.tuple(key), value);
        } catch (IOException e) {
            throw new UnreadableStateException(key.hostId(), e);
        }
    }

    private void each(int partition, String store, byte @Nullable [] prefix, Consumer<KeyValue<Bytes, byte[]>> hearer) {
        try (KeyValueIterator<Bytes, byte[]> entries = scan(partition, store, prefix)) {
            entries.forEachRemaining(hearer);
        }
    }

    private KeyValueIterator<Bytes, byte[]> scan(int partition, String store, byte @Nullable [] prefix) {
        var open = stores.store(store, partition);
        return prefix == null ? open.all() : open.prefixScan(Bytes.wrap(prefix), new BytesSerializer());
    }
}
