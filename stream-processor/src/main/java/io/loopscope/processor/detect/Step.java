package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.FourTuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What has to be published and stored after calls to a {@link HostMonitor}. The caller hands one in, publishes
 * {@link #outputs()} in order, writes or deletes the stored value of each changed key, and calls {@link #clear()}. It may
 * collect over many calls: what is stored is asked from the monitor when it is written, so only the last value counts.
 */
public final class Step {

    private final List<Output> outputs = new ArrayList<>();
    private final Set<FourTuple> connections = new LinkedHashSet<>();
    private final Set<Listener> listeners = new LinkedHashSet<>();
    private boolean host;
    private long turn;

    /** In the order they happened. */
    public List<Output> outputs() {
        return Collections.unmodifiableList(outputs);
    }

    /**
     * Connections whose stored value has changed: write {@link HostMonitor#connectionBytes}, or delete where it is null.
     */
    public Set<FourTuple> changedConnections() {
        return Collections.unmodifiableSet(connections);
    }

    /** Listeners whose stored value has changed: write {@link HostMonitor#listenerBytes}, or delete where it is null. */
    public Set<Listener> changedListeners() {
        return Collections.unmodifiableSet(listeners);
    }

    /** The host record has changed: write {@link HostMonitor#hostBytes}. */
    public boolean hostChanged() {
        return host;
    }

    /** Forgets the outputs, keeps what has to be stored. */
    public void clearOutputs() {
        outputs.clear();
    }

    /** Empty again. */
    public void clear() {
        outputs.clear();
        connections.clear();
        listeners.clear();
        host = false;
        turn++;
    }

    /** Changes whenever the step is cleared. */
    long turn() {
        return turn;
    }

    void publish(Output output) {
        outputs.add(output);
    }

    void changed(FourTuple connection) {
        connections.add(connection);
    }

    void changed(Listener listener) {
        listeners.add(listener);
    }

    void hostHasChanged() {
        host = true;
    }
}
