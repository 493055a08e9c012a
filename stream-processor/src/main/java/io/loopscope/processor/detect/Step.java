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
    private final List<Output> readable = Collections.unmodifiableList(outputs);
    private final Set<FourTuple> connections = new LinkedHashSet<>();
    private final Set<Listener> listeners = new LinkedHashSet<>();
    private final boolean storing;
    private final boolean connectionEvents;
    private boolean host;
    private long turn;

    /** Tells everything. */
    public Step() {
        this(true, true);
    }

    private Step(boolean storing, boolean connectionEvents) {
        this.storing = storing;
        this.connectionEvents = connectionEvents;
    }

    /**
     * A step for who stores nothing, such as a reader of files: what changed is not noted.
     *
     * @param connectionEvents whether {@link ConnectionChange}s are wanted; making them costs more than all the rest
     */
    public static Step withoutStorage(boolean connectionEvents) {
        return new Step(false, connectionEvents);
    }

    /** In the order they happened. */
    public List<Output> outputs() {
        return readable;
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

    boolean wantsConnectionEvents() {
        return connectionEvents;
    }

    void changed(FourTuple connection) {
        if (storing) {
            connections.add(connection);
        }
    }

    void changed(Listener listener) {
        if (storing) {
            listeners.add(listener);
        }
    }

    void hostHasChanged() {
        host = true;
    }
}
