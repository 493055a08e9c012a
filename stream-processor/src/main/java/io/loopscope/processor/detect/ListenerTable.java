package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Side;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The listeners of a host. One without connections is forgotten after a while, or earlier when there are too many. */
final class ListenerTable {

    /** Longer than any interval that rules count over by default, so that nothing counted is forgotten too early. */
    private static final long UNUSED_NANOS = 300_000_000_000L;

    private final HostContext host;
    private final Map<Listener, ListenerMonitor> listeners = new HashMap<>();
    private final List<ListenerMonitor> censusChanged = new ArrayList<>();
    private int unused;

    ListenerTable(HostContext host) {
        this.host = host;
    }

    /** The listener of a connection whose server is on that side. */
    ListenerMonitor of(FourTuple tuple, Side server) {
        return of(new Listener(tuple.networkNamespace(), tuple.address(server), tuple.port(server)));
    }

    ListenerMonitor of(Listener listener) {
        ListenerMonitor known = listeners.get(listener);
        if (known == null) {
            known = new ListenerMonitor(this, host, listener);
            listeners.put(listener, known);
        }
        return known;
    }

    @Nullable ListenerMonitor get(Listener listener) {
        return listeners.get(listener);
    }

    int size() {
        return listeners.size();
    }

    /** Which side of a connection is known to listen, from a handshake of another connection; null when not one of them. */
    @Nullable Side listeningSide(FourTuple tuple) {
        boolean low = isProven(tuple, Side.LOW);
        boolean high = isProven(tuple, Side.HIGH);
        if (low == high) {
            return null;
        }
        return low ? Side.LOW : Side.HIGH;
    }

    private boolean isProven(FourTuple tuple, Side side) {
        ListenerMonitor known =
                listeners.get(new Listener(tuple.networkNamespace(), tuple.address(side), tuple.port(side)));
        return known != null && known.proven();
    }

    void used(ListenerMonitor listener) {
        if (listener.armed()) {
            host.timers.cancel(listener);
            unused--;
            listener.changed();
        }
    }

    void unused(ListenerMonitor listener) {
        if (!listener.armed()) {
            unused++;
        }
        Timers timers = host.timers;
        timers.arm(listener, queue(), timers.watchedNanos());
        listener.changed();
        makeRoom();
    }

    void due(ListenerMonitor listener, long nowNanos) {
        unused--;
        listener.publishCensus(nowNanos);
        if (listener.forgettable()) {
            forget(listener, ClearReason.EXPIRED, nowNanos);
        } else {
            unused(listener);
        }
    }

    private void makeRoom() {
        while (unused > host.settings.limits().maxListeners()) {
            if (!(queue().head() instanceof ListenerMonitor oldest)) {
                throw new IllegalStateException(unused + " unused listeners, none in their queue");
            }
            used(oldest);
            host.counters.add(Counters.Counter.EVICTED_LISTENERS, 1);
            oldest.publishCensus(host.nowNanos());
            forget(oldest, ClearReason.EVICTED, host.nowNanos());
        }
    }

    private void forget(ListenerMonitor listener, ClearReason reason, long nowNanos) {
        listener.giveUp(reason, nowNanos);
        listener.changed();
        listeners.remove(listener.listener());
        censusChanged.remove(listener);
    }

    private TimerQueue queue() {
        return host.timers.queue(Clock.WATCHED, UNUSED_NANOS);
    }

    void censusChanged(ListenerMonitor listener) {
        censusChanged.add(listener);
    }

    /** Publishes all counts that have changed since the last time. */
    void publishCensus(long nowNanos) {
        if (censusChanged.isEmpty()) {
            return;
        }
        censusChanged.sort(Comparator.comparing(ListenerMonitor::listener));
        for (ListenerMonitor listener : censusChanged) {
            listener.publishCensus(nowNanos);
        }
        censusChanged.clear();
    }

    /** All of them in order. */
    List<ListenerMonitor> all() {
        List<ListenerMonitor> all = new ArrayList<>(listeners.values());
        all.sort(Comparator.comparing(ListenerMonitor::listener));
        return all;
    }

    /** After all were read: those in the queue are the unused ones. */
    void restored() {
        unused = 0;
        for (ListenerMonitor listener : all()) {
            if (listener.armed()) {
                unused++;
            }
            listener.censusChanged();
        }
    }
}
