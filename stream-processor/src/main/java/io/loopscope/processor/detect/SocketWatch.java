package io.loopscope.processor.detect;

import io.loopscope.processor.detect.ConnectionChange.StateChange;
import io.loopscope.processor.detect.Counters.Counter;
import io.loopscope.processor.sockets.GoneSocket;
import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.sockets.KernelSocket;
import io.loopscope.processor.sockets.Polls;
import io.loopscope.processor.sockets.SocketFacts;
import io.loopscope.processor.sockets.SocketReport;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins the kernel's socket table with the connections that the segments show. A report is entered as it comes; when the
 * poll is complete, every connection that it changed, and every one of which table and segments disagree, is judged anew:
 * what only the table shows is made known, what left the table without a segment ends, rules are asked again.
 */
final class SocketWatch {

    /** So long without a report while the agent is heard, and the table is not read any more. */
    private static final long LAPSED_NANOS = 300_000_000_000L;

    private final HostContext host;
    private final Polls polls;
    private final ConnectionTable connections;
    private final ListenerTable listeners;
    private final ConnectionEvents events;

    private final ListenerPolls listenerPolls;
    private final boolean namesProveSilence;
    private final List<Tracked> watched = new ArrayList<>();
    private long heardNanos = Connection.NEVER;

    SocketWatch(HostContext host, ConnectionTable connections, ListenerTable listeners, ConnectionEvents events) {
        this.host = host;
        this.polls = host.polls;
        this.connections = connections;
        this.listeners = listeners;
        this.events = events;
        this.namesProveSilence = host.settings.isOnAnywhere(AnomalyName.IDLE_ESTABLISHED);
        this.listenerPolls = new ListenerPolls(host, connections, listeners);
    }

    boolean report(AgentRun run, SocketReport report) {
        if (!polls.accept(run.bootId(), run.epochNanos(), report)) {
            host.counters.add(Counter.SOCKET_REPORTS_IGNORED, 1);
            return false;
        }
        heardNanos = host.timers.watchedNanos();
        report.gone().forEach(gone -> gone(gone, report));
        report.sockets().forEach(socket -> socket(socket, report));
        if (report.lastOfPoll()) {
            complete(report);
        }
        return true;
    }

    private void gone(GoneSocket gone, SocketReport report) {
        if (gone.listening()) {
            listeners.gone(gone, report.timeNanos());
            return;
        }
        FourTuple tuple =
                FourTuple.of(host.networkNamespace, gone.local(), gone.localPort(), gone.remote(), gone.remotePort());
        Tracked tracked = connections.get(tuple);
        Side side = FourTuple.side(gone.local(), gone.localPort(), gone.remote(), gone.remotePort());
        KernelEnd end = tracked == null ? null : tracked.kernelEnd(side);
        if (tracked != null && end != null && end.isSocket(gone.cookie()) && !end.namedAt(report.timeNanos())) {
            leave(tracked, end, report);
        }
    }

    private void leave(Tracked tracked, KernelEnd end, SocketReport report) {
        end.gone(report.timeNanos());
        tracked.changed(host.out());
        watch(tracked);
    }

    private void socket(KernelSocket socket, SocketReport report) {
        host.locals.add(socket.local());
        host.inodesKnown |= socket.facts().inode() != 0;
        if (socket.listening()) {
            listeners.listens(socket, report);
        } else if (socket.facts().state() != TcpState.CLOSED) {
            end(socket, report);
        }
    }

    private void end(KernelSocket socket, SocketReport report) {
        FourTuple tuple = FourTuple.of(
                host.networkNamespace, socket.local(), socket.localPort(), socket.remote(), socket.remotePort());
        Side side = FourTuple.side(socket.local(), socket.localPort(), socket.remote(), socket.remotePort());
        Tracked tracked = connections.get(tuple);
        if (tracked != null && tracked.kernel != null && tracked.kernel.ended) {
            connections.replace(tracked, report.timeNanos());
            tracked = null;
        }
        if (tracked == null) {
            tracked = seed(tuple, socket, report.timeNanos());
        }
        Tracked known = tracked;
        connections.quarantine().guard(known, () -> shown(known, side, socket, report));
    }

    private void shown(Tracked tracked, Side side, KernelSocket socket, SocketReport report) {
        KernelEnds kernel = kernel(tracked);
        kernel.over(side, false);
        boolean keepName = !report.lastOfPoll() || (namesProveSilence && KernelSilence.isOnlyWitness(tracked));
        boolean changed = kernel.known(side).report(socket, keepName, report.timeNanos());
        if (changed) {
            tracked.changed(host.out());
        }
        if (changed || ConditionEngine.isUnproven(tracked)) {
            watch(tracked);
        }
    }

    private Tracked seed(FourTuple tuple, KernelSocket socket, long atNanos) {
        Side listening = listeners.listeningSide(tuple);
        Side server = listening != null ? listening : tuple.lowPort() <= tuple.highPort() ? Side.LOW : Side.HIGH;
        long name = socket.facts().cookie() == 0
                ? socket.facts().inode()
                : socket.facts().cookie();
        host.counters.add(Counter.CONNECTIONS_SEEDED, 1);
        return connections.seed(tuple, server.peer(), Ids.seed(host.hostId, tuple, name), atNanos);
    }

    private static KernelEnds kernel(Tracked tracked) {
        KernelEnds kernel = tracked.kernel;
        if (kernel == null) {
            kernel = new KernelEnds();
            tracked.kernel = kernel;
        }
        return kernel;
    }

    /** A segment is about to be applied: whatever the kernel was thought to have ended lives when it sends. */
    static void beforeSegment(Tracked tracked, Segment segment) {
        if (tracked.kernel != null && !segment.rst()) {
            tracked.kernel.over(segment.sender(), false);
        }
    }

    /** A segment has been applied. */
    void segment(Tracked tracked) {
        KernelEnds kernel = kernel(tracked);
        if (!kernel.watched && isPending(tracked, kernel)) {
            watch(tracked);
        }
    }

    private void watch(Tracked tracked) {
        KernelEnds kernel = kernel(tracked);
        if (!kernel.watched) {
            kernel.watched = true;
            watched.add(tracked);
            tracked.changed(host.out());
        }
    }

    private void complete(SocketReport report) {
        boolean whole = polls.endsWhole();
        polls.complete(report);
        if (whole) {
            leaveUnnamed(report);
        }
        List<Tracked> round = new ArrayList<>(watched);
        watched.clear();
        round.removeIf(tracked -> connections.get(tracked.tuple()) != tracked);
        Collections.sort(round);
        Translations.mark(round);
        for (Tracked tracked : round) {
            KernelEnds kernel = kernel(tracked);
            kernel.watched = false;
            if (connections.get(tracked.tuple()) == tracked) { // Not replaced while an earlier one was judged.
                connections.quarantine().guard(tracked, () -> judgeAndWatch(tracked, kernel, report.timeNanos()));
            }
        }
        listenerPolls.polled(report, whole);
    }

    private void judgeAndWatch(Tracked tracked, KernelEnds kernel, long nowNanos) {
        judge(tracked, kernel, nowNanos);
        if (isPending(tracked, kernel)) {
            kernel.watched = true;
            watched.add(tracked);
        } else {
            tracked.changed(host.out());
        }
    }

    private void leaveUnnamed(SocketReport report) {
        for (Tracked tracked : connections.unordered()) {
            if (tracked.kernel == null) {
                tracked.changed(host.out());
            }
            KernelEnds kernel = kernel(tracked);
            for (Side side : Side.values()) {
                KernelEnd end = kernel.end(side);
                if (end != null && end.present() && !end.namedAt(report.timeNanos())) {
                    leave(tracked, end, report);
                }
            }
            if (isPending(tracked, kernel)) {
                watch(tracked);
            }
        }
    }

    private void judge(Tracked tracked, KernelEnds kernel, long nowNanos) {
        if (tracked.onlyInTable() && !kernel.announced && kernel.anyPresent() && polls.twice(kernel.aliveNanos)) {
            events.announced(tracked, kernel, nowNanos);
            tracked.changed(host.out());
        }
        halfOpen(tracked, kernel);
        boolean ended = false;
        if (!tracked.isClosed()) {
            ended = end(tracked, kernel, nowNanos);
        }
        if (kernel.announced || !tracked.onlyInTable()) {
            connections.settleByTable(tracked, ended, nowNanos);
        }
    }

    /** Stays as it is while polls are missing: what left meanwhile is not known. */
    private void halfOpen(Tracked tracked, KernelEnds kernel) {
        long before = kernel.halfOpenNanos;
        Side survivor = leftAlone(tracked);
        kernel.halfOpenNanos =
                survivor == null || kernel.translated ? Connection.NEVER : halfOpenSince(tracked, survivor, before);
        if (kernel.halfOpenNanos != before) {
            tracked.changed(host.out());
        }
    }

    private long halfOpenSince(Tracked tracked, Side survivor, long before) {
        KernelEnd alive = tracked.kernelEnd(survivor);
        KernelEnd missing = tracked.kernelEnd(survivor.peer());
        if (alive == null || alive.state() != TcpState.ESTABLISHED) {
            return Connection.NEVER;
        }
        long since = missing == null ? alive.sinceNanos() : Math.max(alive.sinceNanos(), missing.sinceNanos());
        long heard = tracked.peer(survivor).lastSegmentNanos();
        boolean proven = before == Connection.NEVER && polls.twice(since) && polls.newerThan(heard, since);
        return proven ? since : before;
    }

    /** Ends what has left the table without a segment; true when nothing of the connection is left. */
    private boolean end(Tracked tracked, KernelEnds kernel, long nowNanos) {
        List<StateChange> moved = new ArrayList<>();
        boolean alive = false;
        for (Side side : tracked.sides()) {
            TcpState before = tracked.state(side);
            if (leftWithoutSegment(tracked, kernel, side)) {
                kernel.over(side, true);
                tracked.changed(host.out());
                if (before != TcpState.CLOSED) {
                    moved.add(new StateChange(tracked.role(side), before, TcpState.CLOSED));
                }
            }
            alive |= isAlive(tracked, kernel, side);
        }
        boolean told = kernel.announced || !tracked.onlyInTable();
        boolean ended = !alive && (kernel.isOver(Side.LOW) || kernel.isOver(Side.HIGH));
        if (ended && !told) {
            connections.replace(tracked, nowNanos);
        } else if (told && (ended || !moved.isEmpty())) {
            tracked.changed(host.out());
            host.counters.add(Counter.ENDED_BY_KERNEL, moved.size());
            events.endedByKernel(tracked, moved, ended, nowNanos);
        }
        return ended && told;
    }

    private boolean leftWithoutSegment(Tracked tracked, KernelEnds kernel, Side side) {
        KernelEnd end = tracked.kernelEnd(side);
        boolean present = end != null && end.present();
        boolean known = tracked.end(side).state() != TcpState.CLOSED || (tracked.onlyInTable() && end != null);
        // SYN cookies keep nothing in the table: a handshake that it never showed may be under way all the same.
        boolean cookie = end == null && tracked.end(side).state() == TcpState.SYN_RECEIVED;
        if (present || !known || cookie || kernel.isOver(side) || !polls.isComplete()) {
            return false;
        }
        boolean local = end != null || host.locals.both(tracked.tuple());
        long since = end == null ? polls.lastNanos() : end.sinceNanos();
        return local && polls.newerThan(tracked.connection.lastNanos(), since);
    }

    /** It lives as far as anybody can tell; of a remote end nothing but segments tells. */
    private boolean isAlive(Tracked tracked, KernelEnds kernel, Side side) {
        if (kernel.isOver(side)) {
            return false;
        }
        KernelEnd end = tracked.kernelEnd(side);
        if (end != null && end.present()) {
            return true;
        }
        boolean foreign = end == null && tracked.kernelEnd(side.peer()) != null && !host.locals.both(tracked.tuple());
        return !foreign && !tracked.onlyInTable() && tracked.end(side).state() != TcpState.CLOSED;
    }

    /** The next poll may tell more about it. */
    private boolean isPending(Tracked tracked, KernelEnds kernel) {
        if (tracked.onlyInTable() && !kernel.announced) {
            return true;
        }
        if (leftAlone(tracked) != null || ConditionEngine.awaitsPoll(tracked)) {
            return true;
        }
        boolean comparable = !tracked.onlyInTable() && !tracked.isClosed();
        return comparable && (differs(tracked, Side.LOW) || differs(tracked, Side.HIGH));
    }

    /** The one of two local ends that is in the table, and lives: that TIME-WAIT is left alone is how a connection ends. */
    static @Nullable Side leftAlone(Tracked tracked) {
        boolean low = tracked.facts(Side.LOW) != null;
        boolean high = tracked.facts(Side.HIGH) != null;
        Side alone = low ? Side.LOW : Side.HIGH;
        SocketFacts facts = tracked.facts(alone);
        boolean lives = low != high && facts != null && facts.state() != TcpState.TIME_WAIT;
        return lives && tracked.host().locals.both(tracked.tuple()) ? alone : null;
    }

    private boolean differs(Tracked tracked, Side side) {
        boolean mayBeKnown = tracked.kernelEnd(side) != null || host.locals.both(tracked.tuple());
        return mayBeKnown && !tracked.isOver(side) && !Verdict.of(tracked, side).agrees();
    }

    /** A connection is forgotten: while the table still shows it, not to see it there proves nothing until the next full poll. */
    void dropped(Tracked tracked) {
        boolean alive = tracked.facts(Side.LOW) != null || tracked.facts(Side.HIGH) != null;
        if (alive && !tracked.connection.finished()) {
            polls.doubt();
        }
    }

    /** The agent lives; does it still read the table? */
    void heartbeat() {
        if (heardNanos != Connection.NEVER && host.timers.watchedNanos() - heardNanos > LAPSED_NANOS) {
            heardNanos = Connection.NEVER;
            polls.forget();
            for (Tracked tracked : connections.all()) {
                connections.quarantine().guard(tracked, () -> forget(tracked));
            }
            listeners.tableLapsed();
        }
    }

    private void forget(Tracked tracked) {
        long nowNanos = host.nowNanos();
        if (tracked.onlyInTable()) {
            connections.giveUp(tracked, ClearReason.EXPIRED, Summaries.EXPIRED, nowNanos);
        } else if (tracked.kernel != null && !tracked.isClosed()) {
            tracked.kernel.forget();
            tracked.changed(host.out());
            connections.settleByTable(tracked, false, nowNanos);
        }
    }

    void restore(Tracked tracked) {
        KernelEnds kernel = tracked.kernel;
        if (kernel != null && kernel.watched) {
            watched.add(tracked);
        }
    }

    void writeTo(DataOutput output) throws IOException {
        output.writeLong(heardNanos);
        output.writeBoolean(host.inodesKnown);
        listenerPolls.writeTo(output);
    }

    void readFrom(DataInput input) throws IOException {
        heardNanos = input.readLong();
        host.inodesKnown = input.readBoolean();
        listenerPolls.readFrom(input);
    }
}
