package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.TcpSettings;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A host as its {@link HostMonitor} has stored it, for those who only want to look: the pieces are read one by one, and
 * no living monitor is touched. Not thread-safe; make one, ask, and drop it.
 */
public final class StoredHost {
    private final HostMonitor.Restorer restorer;
    private final HostMonitor monitor;

    /**
     * Reads the host's own value.
     *
     * @param hostBytes what {@link HostMonitor#hostBytes()} gave; null when there is none yet
     * @throws IOException when it is of another version, or damaged
     */
    public StoredHost(
            String hostId,
            long networkNamespace,
            DetectorSettings settings,
            TcpSettings tcp,
            byte @Nullable [] hostBytes)
            throws IOException {
        restorer = new HostMonitor.Restorer(hostId, networkNamespace, settings, tcp);
        if (hostBytes != null) {
            restorer.host(hostBytes);
        }
        monitor = restorer.asStored();
    }

    /** The host itself. */
    public HostStatus status() {
        return monitor.status();
    }

    /**
     * One of its connections.
     *
     * @param bytes what {@link HostMonitor#connectionBytes} gave
     * @throws IOException when it is of another version, or damaged
     */
    public ConnectionStatus connection(FourTuple tuple, byte[] bytes) throws IOException {
        Tracked tracked = monitor.read(tuple, new DataInputStream(new ByteArrayInputStream(bytes)));
        return ConnectionStatus.of(tracked);
    }

    /**
     * One of its listeners.
     *
     * @param bytes what {@link HostMonitor#listenerBytes} gave
     * @throws IOException when it is of another version, or damaged
     */
    public ListenerStatus listener(Listener listener, byte[] bytes) throws IOException {
        restorer.listener(listener, bytes);
        return monitor.status(listener);
    }
}
