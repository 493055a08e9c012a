package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.sockets.Polls;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import org.jspecify.annotations.Nullable;

/**
 * The state of one end: what the segments say, what the socket table says, and which of them is believed. A packet that
 * is newer than the table wins; otherwise the table does, since segments can be lost and some ends come without any.
 *
 * @param wire state by the segments; CLOSED when none was seen
 * @param kernel state by the table; null when it says nothing
 * @param state the one to believe
 * @param evidence what that rests on
 */
record Verdict(TcpState wire, @Nullable TcpState kernel, TcpState state, Evidence evidence) {

    static Verdict of(Tracked tracked, Side side) {
        TcpState wire = tracked.end(side).state();
        KernelEnds kernel = tracked.kernel;
        if (kernel == null) {
            return new Verdict(wire, null, wire, Evidence.WIRE);
        }
        if (kernel.isOver(side)) {
            return new Verdict(wire, TcpState.CLOSED, TcpState.CLOSED, Evidence.KERNEL);
        }
        KernelEnd end = tracked.kernelEnd(side);
        if (end == null || !end.present()) {
            return new Verdict(wire, null, wire, Evidence.WIRE);
        }
        TcpState says = end.state();
        if (says == wire) {
            return new Verdict(wire, says, says, Evidence.BOTH);
        }
        Polls polls = tracked.host().polls;
        boolean believed = tracked.onlyInTable() || polls.newerThan(tracked.connection.lastNanos(), end.sinceNanos());
        return new Verdict(wire, says, believed ? says : wire, believed ? Evidence.KERNEL : Evidence.WIRE);
    }

    /** Segments and table say the same; for an end that is over both say nothing more. */
    boolean agrees() {
        return kernel == null ? wire == TcpState.CLOSED : kernel == wire;
    }
}
