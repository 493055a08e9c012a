package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.sockets.GoneSocket;
import io.loopscope.processor.sockets.KernelSocket;
import io.loopscope.processor.sockets.ListenSockets;
import io.loopscope.processor.sockets.Owner;
import io.loopscope.processor.sockets.SocketReport;
import io.loopscope.processor.tcp.Address;
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

    /** What a socket that listens on all addresses has as its own; a dual-stack one has the latter. */
    private static final List<Address> ANY = List.of(Address.of(new byte[4]), Address.of(new byte[16]));

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
        return known != null && (known.proven() || known.isListening());
    }

    /** The sockets that listen for an address and port: there, or on all addresses; null when none is known. */
    @Nullable ListenSockets sockets(Listener listener) {
        ListenSockets exact = known(listener);
        if (exact != null || listener.address().isUnspecified()) {
            return exact;
        }
        for (Address any : ANY) {
            ListenSockets all = known(new Listener(listener.networkNamespace(), any, listener.port()));
            if (all != null) {
                return all;
            }
        }
        return null;
    }

    private @Nullable ListenSockets known(Listener listener) {
        ListenerMonitor known = listeners.get(listener);
        return known == null ? null : known.sockets;
    }

    @Nullable Owner process(Listener listener) {
        ListenSockets sockets = sockets(listener);
        return sockets == null ? null : sockets.owner();
    }

    /** Of all listeners together: see {@link KernelCensus#agreement}. */
    @Nullable Double agreementRatio() {
        long live = 0;
        long agreeing = 0;
        for (ListenerMonitor listener : listeners.values()) {
            live += listener.kernelCensus.live();
            agreeing += listener.kernelCensus.agreeing();
        }
        return live == 0 ? null : (Double) ((double) agreeing / live);
    }

    /** The table shows a listening socket. */
    void listens(KernelSocket socket, SocketReport report) {
        ListenerMonitor listener = of(new Listener(host.networkNamespace, socket.local(), socket.localPort()));
        if (listener.sockets == null) {
            listener.sockets = new ListenSockets();
        }
        listener.sockets.report(socket.facts(), report.timeNanos());
        used(listener);
        listener.changed();
    }

    /** A listening socket has left the table. */
    void gone(GoneSocket socket, long readNanos) {
        ListenerMonitor listener =
                listeners.get(new Listener(host.networkNamespace, socket.local(), socket.localPort()));
        if (listener != null && listener.sockets != null) {
            listener.sockets.gone(socket.cookie(), readNanos);
            listener.changed();
        }
    }

    /** Nobody listens there any more: it is forgotten as one without connections. */
    void forgetWhenUnused(ListenerMonitor listener) {
        if (!listener.isListening() && listener.connections() == 0 && !listener.armed()) {
            unused(listener);
        }
    }

    /** The table is not read any more. */
    void tableLapsed() {
        for (ListenerMonitor listener : all()) {
            if (listener.sockets != null) {
                listener.sockets = null;
                listener.changed();
                forgetWhenUnused(listener);
            }
        }
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
