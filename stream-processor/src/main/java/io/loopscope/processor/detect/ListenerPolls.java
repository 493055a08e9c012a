package io.loopscope.processor.detect;

import io.loopscope.processor.detect.Counters.Counter;
import io.loopscope.processor.sockets.ListenSockets;
import io.loopscope.processor.sockets.SocketFacts;
import io.loopscope.processor.sockets.SocketReport;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a complete poll says about listeners: full accept queues, listeners that have gone, ports that run out. */
final class ListenerPolls {

    private static final long UNKNOWN = -1;

    private final HostContext host;
    private final ConnectionTable connections;
    private final ListenerTable listeners;
    private long overflows = UNKNOWN;

    ListenerPolls(HostContext host, ConnectionTable connections, ListenerTable listeners) {
        this.host = host;
        this.connections = connections;
        this.listeners = listeners;
    }

    void polled(SocketReport report, boolean whole) {
        long nowNanos = report.timeNanos();
        List<ListenerMonitor> all = listeners.all();
        List<ListenerMonitor> listening = new ArrayList<>();
        for (ListenerMonitor listener : all) {
            ListenSockets sockets = listener.sockets;
            if (sockets != null) {
                if (whole && sockets.keepNamed(nowNanos)) {
                    listener.changed();
                }
                if (sockets.listening()) {
                    listening.add(listener);
                }
                gone(listener, sockets, nowNanos);
                listeners.forgetWhenUnused(listener);
            }
            Integer ports = report.ephemeralPorts();
            if (ports != null && TimeWaitPressure.isPossible(listener)) {
                listener.alarms().timeWaitPolled(ports, nowNanos);
            }
        }
        acceptQueues(listening, dropped(report), nowNanos);
    }

    /** How many connections the kernel has dropped since the poll before; the counter begins anew at a boot. */
    private long dropped(SocketReport report) {
        Long now = report.listenOverflows();
        if (now == null) {
            return 0;
        }
        long more = overflows == UNKNOWN || now < overflows ? 0 : now - overflows;
        overflows = now;
        return more;
    }

    /** The kernel counts for all listeners together: the one whose queue is fullest is taken to be meant. */
    private void acceptQueues(List<ListenerMonitor> listening, long dropped, long nowNanos) {
        ListenerMonitor fullest = dropped == 0 ? null : fullest(listening);
        if (dropped > 0 && fullest == null) {
            host.counters.add(Counter.LISTEN_OVERFLOWS_UNATTRIBUTED, dropped);
        }
        for (ListenerMonitor listener : listening) {
            SocketFacts socket = socket(listener);
            boolean full = socket != null && AcceptQueueFull.isFull(socket);
            if (full || listener == fullest) {
                listener.alarms().acceptQueueIsFull(listener == fullest ? dropped : 0, nowNanos);
            }
        }
    }

    private static @Nullable ListenerMonitor fullest(List<ListenerMonitor> listening) {
        ListenerMonitor fullest = null;
        double most = 0;
        for (ListenerMonitor listener : listening) {
            SocketFacts socket = socket(listener);
            double fill = socket == null ? 0 : socket.receiveQueue() / (1.0 + socket.sendQueue());
            if (fill > most) {
                fullest = listener;
                most = fill;
            }
        }
        return fullest;
    }

    private static @Nullable SocketFacts socket(ListenerMonitor listener) {
        return listener.sockets == null ? null : listener.sockets.fullest();
    }

    private void gone(ListenerMonitor listener, ListenSockets sockets, long nowNanos) {
        boolean replaced = sockets.listening();
        long since = replaced ? sockets.replacedNanos() : sockets.goneSinceNanos();
        if (since == Connection.NEVER) {
            listener.alarms().isNotGone(ClearReason.PROGRESSED, nowNanos);
            return;
        }
        int living = living(listener.listener(), since);
        if (living == 0) {
            listener.alarms().isNotGone(ClearReason.CLOSED, nowNanos);
            sockets.replacementIsOld();
            listener.changed();
        } else if (host.polls.twice(since)) {
            listener.alarms().isGone(since, replaced, living, nowNanos);
        }
    }

    /** Connections of a listener that began before a time. Asked only while a listener is gone or new. */
    private int living(Listener listener, long beforeNanos) {
        int living = 0;
        for (Tracked tracked : connections.unordered()) {
            Side server = tracked.server();
            boolean its = tracked.tuple().port(server) == listener.port()
                    && (listener.address().isUnspecified()
                            || tracked.tuple().address(server).equals(listener.address()));
            living += its && isAlive(tracked, server) && begunNanos(tracked) < beforeNanos ? 1 : 0;
        }
        return living;
    }

    private static boolean isAlive(Tracked tracked, Side server) {
        TcpState state = tracked.state(server);
        return !tracked.isClosed() && (state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT);
    }

    private static long begunNanos(Tracked tracked) {
        return tracked.onlyInTable() ? tracked.lastNanos() : tracked.connection.startedNanos();
    }

    void writeTo(DataOutput output) throws IOException {
        output.writeLong(overflows);
    }

    void readFrom(DataInput input) throws IOException {
        overflows = input.readLong();
    }
}
