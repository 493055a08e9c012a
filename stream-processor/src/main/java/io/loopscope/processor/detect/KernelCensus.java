package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.sockets.Owner;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the socket table says about a listener's connections: how many ends are in each state, how many of them segments
 * say the same about, and which processes leave theirs in CLOSE_WAIT.
 */
final class KernelCensus {

    /** More processes than that with connections in CLOSE_WAIT to one listener count as the last of them. */
    private static final int PROCESSES = 16;

    /** What one process has in CLOSE_WAIT. */
    static final class Holder {
        private Owner owner;
        private int closeWait;

        private Holder(Owner owner) {
            this.owner = owner;
        }

        Owner owner() {
            return owner;
        }

        int closeWait() {
            return closeWait;
        }
    }

    final Census counts = new Census(Evidence.KERNEL);
    private final Map<String, Holder> holders = new TreeMap<>();
    private int live;
    private int agreeing;

    /** Share of the ends that segments and table both know of which they say the same; null when there are none. */
    @Nullable Double agreement() {
        return live == 0 ? null : (Double) (Math.round(100.0 * agreeing / live) / 100.0);
    }

    /** Ends that segments and table both know. */
    int live() {
        return live;
    }

    /** Those of which they say the same. */
    int agreeing() {
        return agreeing;
    }

    /** By name and process id, in order. */
    Map<String, Holder> holders() {
        return holders;
    }

    /** Counts a connection as the table shows it now. */
    static void count(Tracked tracked, ListenerMonitor listener) {
        KernelEnds kernel = tracked.kernel;
        if (kernel == null || (tracked.onlyInTable() && !kernel.announced)) {
            return;
        }
        for (Side side : tracked.sides()) {
            KernelEnd end = tracked.kernelEnd(side);
            TcpState now = end == null ? TcpState.CLOSED : end.state();
            Owner owner = now == TcpState.CLOSE_WAIT ? Processes.owner(tracked, side) : null;
            listener.kernelCensus.move(tracked, kernel, side, now, owner, listener);
        }
    }

    private void move(
            Tracked tracked,
            KernelEnds kernel,
            Side side,
            TcpState to,
            @Nullable Owner owner,
            ListenerMonitor listener) {
        TcpState from = kernel.counted(side);
        if (from != to) {
            Role role = side == tracked.countedClient ? Role.CLIENT : Role.SERVER;
            counts.add(role, from, -1);
            counts.add(role, to, 1);
            kernel.counted(side, to);
            listener.censusChanged();
        }
        String before = kernel.countedHolder(side);
        String now = owner == null ? null : owner.text();
        if (before != null && !before.equals(now)) {
            release(before);
        }
        if (now != null && owner != null) {
            hold(now, owner, now.equals(before) ? 0 : 1);
        }
        kernel.countedHolder(side, now != null && holders.containsKey(now) ? now : null);
    }

    private void hold(String name, Owner owner, int more) {
        Holder holder = holders.get(name);
        if (holder == null && holders.size() < PROCESSES) {
            holder = new Holder(owner);
            holders.put(name, holder);
        }
        if (holder != null) {
            holder.closeWait += more;
            holder.owner = owner.withMoreOpenFiles(holder.owner);
        }
    }

    private void release(String name) {
        Holder holder = holders.get(name);
        if (holder != null && --holder.closeWait == 0) {
            holders.remove(name);
        }
    }

    /** At a poll: do segments and table say the same? */
    static void compare(Tracked tracked, ListenerMonitor listener) {
        KernelEnds kernel = tracked.kernel;
        if (kernel == null) {
            return;
        }
        int live = 0;
        int agreeing = 0;
        for (Side side : tracked.sides()) {
            Verdict verdict = Verdict.of(tracked, side);
            boolean comparable = !tracked.onlyInTable()
                    && !tracked.isClosed()
                    && verdict.kernel() != null
                    && verdict.evidence() != Evidence.WIRE
                    && !tracked.isOver(side);
            live += comparable ? 1 : 0;
            agreeing += comparable && verdict.agrees() ? 1 : 0;
        }
        if (listener.kernelCensus.compared(kernel, live, agreeing, listener)) {
            tracked.changed(tracked.host().out());
        }
    }

    private boolean compared(KernelEnds kernel, int newLive, int newAgreeing, ListenerMonitor listener) {
        if (newLive == kernel.countedLive && newAgreeing == kernel.countedAgreeing) {
            return false;
        }
        live += newLive - kernel.countedLive;
        agreeing += newAgreeing - kernel.countedAgreeing;
        kernel.countedLive = newLive;
        kernel.countedAgreeing = newAgreeing;
        listener.censusChanged();
        return true;
    }

    static void remove(Tracked tracked, ListenerMonitor listener) {
        KernelEnds kernel = tracked.kernel;
        if (kernel != null) {
            for (Side side : tracked.sides()) {
                listener.kernelCensus.move(tracked, kernel, side, TcpState.CLOSED, null, listener);
            }
            if (listener.kernelCensus.compared(kernel, 0, 0, listener)) {
                tracked.changed(tracked.host().out());
            }
        }
    }

    /** As it was counted when it was stored. */
    static void restore(Tracked tracked, ListenerMonitor listener) {
        count(tracked, listener);
        if (tracked.kernel != null) {
            listener.kernelCensus.live += tracked.kernel.countedLive;
            listener.kernelCensus.agreeing += tracked.kernel.countedAgreeing;
        }
    }

    void writeTo(DataOutput output) throws IOException {
        counts.writeTo(output);
        counts.writeRatioTo(output);
    }

    void readFrom(DataInput input) throws IOException {
        counts.readFrom(input);
        counts.readRatioFrom(input);
    }
}
