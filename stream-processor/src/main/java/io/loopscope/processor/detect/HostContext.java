package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.Polls;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.TcpSettings;

/** What everything about one host shares: who it is, its settings, its time, and the step being made. */
final class HostContext implements Subject {

    /** Bare segments prove less than a kernel says: 3749 of 3764 ends had the kernel's states. */
    private static final double WIRE = 0.95;

    /** The table is never wrong about what it shows, but it is read now and then. */
    private static final double KERNEL = 0.97;

    private static final double BOTH = 0.99;

    private static final double PARTIAL = 0.8;
    private static final double LOSS = 0.7;
    private static final double AWAY = 0.8;

    final String hostId;
    final long networkNamespace;
    final DetectorSettings settings;
    final TcpSettings tcp;
    final Timers timers = new Timers();
    /** What is known of the socket table as a whole. */
    final Polls polls = new Polls();
    /** The addresses that sockets of this host and namespace have. */
    final LocalAddresses locals = new LocalAddresses();

    final Counters counters = new Counters();
    /** The table tells inodes, so that 0 means something. */
    boolean inodesKnown;

    RetiredConnections retired = RetiredConnections.NONE;
    private Step out = new Step();
    /** When the capture last lost something. */
    private long lossNanos = Connection.NEVER;
    /** When somebody last began to watch again. */
    private long backNanos = Connection.NEVER;

    HostContext(String hostId, long networkNamespace, DetectorSettings settings, TcpSettings tcp) {
        this.hostId = hostId;
        this.networkNamespace = networkNamespace;
        this.settings = settings;
        this.tcp = tcp;
    }

    void begin(Step step) {
        out = step;
    }

    Step out() {
        return out;
    }

    long nowNanos() {
        return timers.nowNanos();
    }

    void lost(long atNanos) {
        lossNanos = Math.max(lossNanos, atNanos);
        out.hostHasChanged();
    }

    void back(long atNanos) {
        backNanos = Math.max(backNanos, atNanos);
        out.hostHasChanged();
    }

    long lossNanos() {
        return lossNanos;
    }

    long backNanos() {
        return backNanos;
    }

    void restore(long loss, long back) {
        lossNanos = loss;
        backNanos = back;
    }

    /** How sure it is that something holds since then, 0 to 1. What the kernel confirms needs no sound capture. */
    double confidence(Evidence evidence, long sinceNanos, boolean partial) {
        return switch (evidence) {
            case WIRE -> onTheWire(sinceNanos, partial);
            case KERNEL -> KERNEL;
            case BOTH -> BOTH;
        };
    }

    private double onTheWire(long sinceNanos, boolean partial) {
        double confidence = WIRE;
        if (partial) {
            confidence *= PARTIAL;
        }
        if (lossNanos >= sinceNanos) {
            confidence *= LOSS;
        }
        if (backNanos >= sinceNanos) {
            confidence *= AWAY;
        }
        return Math.round(confidence * 100) / 100.0;
    }

    @Override
    public AnomalyScope scope() {
        return AnomalyScope.HOST;
    }
}
