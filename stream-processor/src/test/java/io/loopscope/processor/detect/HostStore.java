package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.TcpSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Stores what a step says has changed, as the streams shell does, and rebuilds the host from that. */
final class HostStore {

    private final Map<FourTuple, byte[]> connections = new HashMap<>();
    private final Map<Listener, byte[]> listeners = new HashMap<>();
    private byte[] host;

    HostStore(HostMonitor monitor) {
        host = monitor.hostBytes();
    }

    /** Takes what the step names, and clears it. */
    void take(HostMonitor monitor, Step step) {
        for (FourTuple tuple : step.changedConnections()) {
            put(connections, tuple, monitor.connectionBytes(tuple));
        }
        for (Listener listener : step.changedListeners()) {
            put(listeners, listener, monitor.listenerBytes(listener));
        }
        if (step.hostChanged()) {
            host = monitor.hostBytes();
        }
        step.clear();
    }

    /** What is stored is what the monitor would store now: the steps have named everything. */
    void assertComplete(HostMonitor monitor) {
        connections.forEach((tuple, bytes) -> assertSame(tuple, bytes, monitor.connectionBytes(tuple)));
        listeners.forEach((listener, bytes) -> assertSame(listener, bytes, monitor.listenerBytes(listener)));
        assertSame("host", host, monitor.hostBytes());
    }

    HostMonitor restore(DetectorSettings settings, Step step) {
        try {
            HostMonitor.Restorer restorer =
                    new HostMonitor.Restorer("host-1", 0, settings, TcpSettings.DEFAULT).host(host);
            for (Map.Entry<Listener, byte[]> one : listeners.entrySet()) {
                restorer.listener(one.getKey(), one.getValue());
            }
            for (Map.Entry<FourTuple, byte[]> one : connections.entrySet()) {
                restorer.connection(one.getKey(), one.getValue());
            }
            return restorer.restore(step);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In an order that does not depend on how they came. */
    List<FourTuple> connections() {
        List<FourTuple> sorted = new ArrayList<>(connections.keySet());
        sorted.sort(Comparator.comparing(FourTuple::toString));
        return sorted;
    }

    private static <K> void put(Map<K, byte[]> stored, K key, byte[] value) {
        if (value == null) {
            stored.remove(key);
        } else {
            stored.put(key, value);
        }
    }

    private static void assertSame(Object key, byte[] stored, byte[] now) {
        assertThat(Arrays.mismatch(stored, now))
                .as("%s was not named, but changed at", key)
                .isEqualTo(-1);
    }
}
