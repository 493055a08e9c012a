package io.loopscope.processor.streams;

import io.loopscope.processor.detect.ConnectionRoom;
import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.HostMonitor;
import io.loopscope.processor.detect.Listener;
import io.loopscope.processor.detect.Step;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.schemas.ConnectionKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * The monitors of a partition's hosts: live objects in front of the stores. A monitor is rebuilt from the stores when it
 * is first asked for, and again after {@link #forget}. The stores are the truth: whatever made Streams create the
 * processor anew (a restart, a rebalance, an aborted transaction) begins here with nothing on the heap.
 */
final class HostMonitors {
    private final Stores stores;
    private final DetectorSettings settings;
    private final TcpSettings tcp;
    private final ConnectionRoom room;
    private final Map<HostKey, HostMonitor> live = new HashMap<>();

    /** @param room shared with all other partitions of this process */
    HostMonitors(Stores stores, DetectorSettings settings, TcpSettings tcp, ConnectionRoom room) {
        this.stores = stores;
        this.room = room;
        this.settings = settings;
        this.tcp = tcp;
    }

    /**
     * The monitor of a host.
     *
     * @param out takes what follows from settings that have changed since it was stored
     */
    HostMonitor of(HostKey host, Step out) {
        HostMonitor known = live.get(host);
        if (known != null) {
            return known;
        }
        HostMonitor restored = restore(host, out);
        restored.share(room);
        live.put(host, restored);
        return restored;
    }

    /** Drops what is on the heap: after a failure nobody knows what state it is in. */
    void forget(HostKey host) {
        HostMonitor dropped = live.remove(host);
        if (dropped != null) {
            dropped.leave();
        }
    }

    /** Drops all: the partition is processed elsewhere, or by somebody new here. */
    void forgetAll() {
        live.values().forEach(HostMonitor::leave);
        live.clear();
    }

    /** All hosts in the stores. */
    List<HostKey> stored() {
        List<HostKey> hosts = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all = stores.get(Stores.HOSTS).all()) {
            all.forEachRemaining(entry -> hosts.add(HostKey.read(ByteBuffer.wrap(entry.key.get()))));
        }
        return hosts;
    }

    private HostMonitor restore(HostKey host, Step out) {
        HostMonitor.Restorer restorer = new HostMonitor.Restorer(host.hostId(), host.networkNamespace(), settings, tcp);
        try {
            byte[] own = stores.get(Stores.HOSTS).get(Bytes.wrap(host.toBytes()));
            if (own != null) {
                restorer.host(own);
            }
            try (KeyValueIterator<Bytes, byte[]> listeners = stores.of(host, Stores.LISTENERS)) {
                while (listeners.hasNext()) {
                    KeyValue<Bytes, byte[]> entry = listeners.next();
                    restorer.listener(listener(entry.key.get()), entry.value);
                }
            }
            try (KeyValueIterator<Bytes, byte[]> connections = stores.of(host, Stores.CONNECTIONS)) {
                while (connections.hasNext()) {
                    KeyValue<Bytes, byte[]> entry = connections.next();
                    restorer.connection(Sockets.tuple(ConnectionKey.fromBytes(entry.key.get())), entry.value);
                }
            }
        } catch (IOException e) {
            throw unreadable(host, e);
        }
        return restorer.restore(out);
    }

    /** State nobody can read is not guessed at: a newer program wrote it, and running this older one is a mistake. */
    static StreamsException unreadable(HostKey host, IOException cause) {
        return new StreamsException(
                "the stored state of host " + host.hostId() + " cannot be read (" + cause.getMessage()
                        + "): was it written by a newer program? Run that one, or a new processor.application.id",
                cause);
    }

    static byte[] key(HostKey host, Listener listener) {
        byte[] prefix = host.toBytes();
        byte[] address = listener.address().octets();
        return ByteBuffer.allocate(prefix.length + 1 + address.length + Short.BYTES)
                .put(prefix)
                .put((byte) address.length)
                .put(address)
                .putShort((short) listener.port())
                .array();
    }

    static Listener listener(byte[] key) {
        ByteBuffer buffer = ByteBuffer.wrap(key);
        HostKey host = HostKey.read(buffer);
        byte[] address = new byte[buffer.get()];
        buffer.get(address);
        return new Listener(host.networkNamespace(), Address.of(address), Short.toUnsignedInt(buffer.getShort()));
    }
}
