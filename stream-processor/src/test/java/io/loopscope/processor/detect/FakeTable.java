package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.GoneSocket;
import io.loopscope.processor.sockets.KernelSocket;
import io.loopscope.processor.sockets.Owner;
import io.loopscope.processor.sockets.SocketFacts;
import io.loopscope.processor.sockets.SocketReport;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.TcpState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The socket table of a {@link Scene}'s host, and the agent that reads it: a full poll first, then changes. */
final class FakeTable {

    private static final Address ANY = Address.of(new byte[4]);

    private record Key(Address local, int localPort, Address remote, int remotePort) {}

    /** A socket that can be changed between polls. */
    static final class Row {
        private TcpState state;
        private boolean listening;
        private long inode;
        private final long cookie;
        private Owner owner;
        private long receiveQueue;
        private long sendQueue;
        private Long peerWindow;
        private long quietNanos = -1;
        private long sentNanos = -1;

        private Row(TcpState state, long cookie) {
            this.state = state;
            this.cookie = cookie;
            this.inode = 1000 + cookie;
        }

        Row is(TcpState other) {
            state = other;
            return this;
        }

        Row unowned() {
            inode = 0;
            return this;
        }

        Row owned() {
            inode = 1000 + cookie;
            return this;
        }

        Row of(int pid, String name) {
            owner = new Owner(pid, name, 7, 100L, 1024L);
            return this;
        }

        Row holding(long openFiles, long limit) {
            owner = new Owner(owner.pid(), owner.name(), owner.fileDescriptor(), openFiles, limit);
            return this;
        }

        Row queues(long receive, long send) {
            receiveQueue = receive;
            sendQueue = send;
            return this;
        }

        Row peerWindow(long octets) {
            peerWindow = octets;
            return this;
        }

        /** It sent data then. */
        Row sentAt(long nanos) {
            sentNanos = nanos;
            return this;
        }

        Row quietSince(long nanos) {
            quietNanos = nanos;
            return this;
        }
    }

    private final Scene scene;
    private final Map<Key, Row> rows = new LinkedHashMap<>();
    private final Map<Key, KernelSocket> told = new LinkedHashMap<>();
    /** When those sent that are half-closed: the agent tells of them again when that changes. */
    private final Map<Key, Long> toldSent = new HashMap<>();

    private AgentRun run = new AgentRun("boot", Scene.START - 1);
    private long pollId;
    private boolean full = true;
    private long cookies;
    Long overflows;
    Integer ephemeralPorts = 1000;
    /** What happens between the reports of a poll. */
    Runnable betweenReports = () -> {};

    FakeTable(Scene scene) {
        this.scene = scene;
    }

    /** The client's socket of a connection. */
    Row client(int clientPort, TcpState state) {
        return add(new Key(Scene.LOOPBACK, clientPort, Scene.LOOPBACK, Scene.SERVER_PORT), state);
    }

    /** The server's socket of a connection. */
    Row server(int clientPort, TcpState state) {
        return add(new Key(Scene.LOOPBACK, Scene.SERVER_PORT, Scene.LOOPBACK, clientPort), state);
    }

    /** Any other. */
    Row socket(int localPort, int remotePort, TcpState state) {
        return add(new Key(Scene.LOOPBACK, localPort, Scene.LOOPBACK, remotePort), state);
    }

    /** Listens on all addresses. */
    Row listener(long waiting, long backlog) {
        Row row = add(new Key(ANY, Scene.SERVER_PORT, ANY, 0), TcpState.CLOSED).queues(waiting, backlog);
        row.listening = true;
        return row;
    }

    /** Both sockets of a connection. */
    FakeTable established(int clientPort) {
        client(clientPort, TcpState.ESTABLISHED);
        server(clientPort, TcpState.ESTABLISHED);
        return this;
    }

    private Row add(Key key, TcpState state) {
        Row row = new Row(state, ++cookies);
        rows.put(key, row);
        return row;
    }

    FakeTable remove(Row row) {
        rows.values().remove(row);
        return this;
    }

    /** The next poll never comes. */
    FakeTable losesPoll() {
        snapshot();
        pollId++;
        return this;
    }

    /** The agent ends and begins again. */
    FakeTable restarts() {
        run = new AgentRun("boot", scene.now);
        pollId = 0;
        full = true;
        return this;
    }

    FakeTable readsAll() {
        full = true;
        return this;
    }

    /** Reads the table, in two reports. */
    FakeTable poll() {
        Map<Key, KernelSocket> before = new LinkedHashMap<>(told);
        snapshot();
        List<KernelSocket> changed = new ArrayList<>();
        told.forEach((key, socket) -> {
            KernelSocket old = before.get(key);
            Row row = rows.get(key);
            Long sent = row.state == TcpState.CLOSE_WAIT ? row.sentNanos : null;
            boolean moved = !Objects.equals(toldSent.put(key, sent), sent);
            if (full || old == null || moved || !old.facts().equals(socket.facts())) {
                changed.add(socket);
            }
        });
        List<GoneSocket> gone = new ArrayList<>();
        before.forEach((key, old) -> {
            KernelSocket now = told.get(key);
            if (!full && (now == null || now.facts().cookie() != old.facts().cookie())) {
                gone.add(new GoneSocket(
                        key.local,
                        key.localPort,
                        key.remote,
                        key.remotePort,
                        old.listening(),
                        old.facts().cookie()));
            }
        });
        int half = changed.size() / 2;
        send(new SocketReport(
                pollId, full, false, scene.now, changed.subList(0, half), gone, overflows, ephemeralPorts));
        betweenReports.run();
        send(new SocketReport(
                pollId,
                full,
                true,
                scene.now,
                changed.subList(half, changed.size()),
                List.of(),
                overflows,
                ephemeralPorts));
        pollId++;
        full = false;
        return this;
    }

    private void send(SocketReport report) {
        scene.monitor.socketReport(run, report, scene.step);
        scene.take();
    }

    /** Time passes, with a poll every two seconds. */
    FakeTable watches(double seconds) {
        for (double passed = 0; passed < seconds; passed += 2) {
            scene.advance(2);
            poll();
        }
        return this;
    }

    private void snapshot() {
        told.clear();
        rows.forEach((key, row) -> told.put(
                key,
                new KernelSocket(
                        key.local,
                        key.localPort,
                        key.remote,
                        key.remotePort,
                        row.listening,
                        new SocketFacts(
                                row.state,
                                row.inode,
                                row.cookie,
                                0,
                                row.owner,
                                row.receiveQueue,
                                row.sendQueue,
                                row.peerWindow),
                        row.quietNanos < 0 ? null : (scene.now - row.quietNanos) / 1_000_000,
                        row.sentNanos < 0 ? null : (scene.now - row.sentNanos) / 1_000_000)));
    }
}
