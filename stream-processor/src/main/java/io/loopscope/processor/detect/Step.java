package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.FourTuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
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
    private final boolean quarantines;
    private final List<Quarantined> quarantined = new ArrayList<>(0);
    private final Set<FourTuple> setAside = new HashSet<>(0);
    private boolean host;
    private long turn;

    /** Tells everything. A bug of the detector is thrown. */
    public Step() {
        this(true, true, false);
    }

    private Step(boolean storing, boolean connectionEvents, boolean quarantines) {
        this.storing = storing;
        this.connectionEvents = connectionEvents;
        this.quarantines = quarantines;
    }

    /** A step for who has to go on after a bug: what the detector fails at is left out, see {@link #quarantined}. */
    public static Step quarantining() {
        return new Step(true, true, true);
    }

    /**
     * A step for who stores nothing, such as a reader of files: what changed is not noted.
     *
     * @param connectionEvents whether {@link ConnectionChange}s are wanted; making them costs more than all the rest
     */
    public static Step withoutStorage(boolean connectionEvents) {
        return new Step(false, connectionEvents, false);
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

    /** What the detector failed at; segments of these connections are left out until the step is cleared. */
    public List<Quarantined> quarantined() {
        return Collections.unmodifiableList(quarantined);
    }

    /** Forgets the outputs, keeps what has to be stored. */
    public void clearOutputs() {
        outputs.clear();
    }

    /** Empty again. */
    public void clear() {
        outputs.clear();
        quarantined.clear();
        setAside.clear();
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

    boolean quarantines() {
        return quarantines;
    }

    void quarantine(Quarantined failed) {
        quarantined.add(failed);
        if (failed.connection() != null) {
            setAside.add(failed.connection());
        }
    }

    boolean isQuarantined(FourTuple connection) {
        return !setAside.isEmpty() && setAside.contains(connection);
    }

    /**
     * What was taken back.
     *
     * @param events how many connection events
     * @param closed whether one of them told the connection's end
     * @param opened ids of anomalies of which nothing was told before
     */
    record Retracted(int events, boolean closed, Set<String> opened) {}

    /**
     * Takes back what was published about an incarnation of a connection.
     *
     * @param from number of outputs to keep in any case
     * @param id of the incarnation
     */
    Retracted retract(int from, String id) {
        int events = 0;
        boolean closed = false;
        Set<String> opened = new HashSet<>();
        for (Iterator<Output> later = outputs.subList(from, outputs.size()).iterator(); later.hasNext(); ) {
            Output output = later.next();
            if (output instanceof ConnectionChange change
                    && change.connection().id().equals(id)) {
                events++;
                closed |= change.type() == ConnectionChange.Type.CLOSED;
                later.remove();
            } else if (output instanceof AnomalyChange change
                    && change.connection() != null
                    && change.connection().id().equals(id)) {
                if (change.stage() == AnomalyStage.OPENED) {
                    opened.add(change.id());
                }
                later.remove();
            }
        }
        return new Retracted(events, closed, opened);
    }

    /** Takes back what was published about these anomalies. */
    void retractAnomalies(int from, Set<String> ids) {
        outputs.subList(from, outputs.size())
                .removeIf(output -> output instanceof AnomalyChange change && ids.contains(change.id()));
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
        host = storing;
    }
}
