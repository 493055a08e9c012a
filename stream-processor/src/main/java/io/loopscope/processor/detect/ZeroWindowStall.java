package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Side;
import java.util.Map;

/** RFC 9293 3.8.6.1: this end advertises no window and its peer has something to send, as its probes show. */
final class ZeroWindowStall extends Rule {

    ZeroWindowStall() {
        super(AnomalyName.ZERO_WINDOW_STALL);
    }

    @Override
    boolean onlyWhileWaiting() {
        return true;
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        Endpoint end = tracked.end(side);
        // Where only control segments are captured, the one that opens the window is not.
        boolean onTheWire = end.state().synchronised()
                && !tracked.connection.controlOnly()
                && !tracked.connection.finished()
                && end.zeroWindowSinceNanos() != NEVER;
        return onTheWire ? end.zeroWindowSinceNanos() : stalledSinceNanos(tracked, side);
    }

    /** By the table: the peer has something to send and knows of a closed window. */
    private static long stalledSinceNanos(Tracked tracked, Side side) {
        KernelEnd peer = tracked.kernelEnd(side.peer());
        return peer != null && tracked.state(side.peer()).synchronised() ? peer.stalledSinceNanos() : NEVER;
    }

    @Override
    boolean proven(Tracked tracked, Side side, RuleSettings settings) {
        boolean probed = !tracked.connection.controlOnly() && tracked.end(side).windowProbes() >= settings.countOrOne();
        return probed || stalledSinceNanos(tracked, side) != NEVER;
    }

    @Override
    Evidence evidence(Tracked tracked, Side side) {
        boolean wire = !tracked.connection.controlOnly() && tracked.end(side).zeroWindowSinceNanos() != NEVER;
        boolean table = stalledSinceNanos(tracked, side) != NEVER;
        return table ? wire ? Evidence.BOTH : Evidence.KERNEL : Evidence.WIRE;
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        if (tracked.end(side).windowProbes() == 0) {
            return "%s has data for %s and has been told of a zero window for %s, as the kernel says: %s does not read."
                    .formatted(
                            tracked.name(side.peer()),
                            tracked.name(side),
                            Words.duration(nowNanos - sinceNanos),
                            Processes.who(tracked, side));
        }
        return "%s has advertised a zero window for %s while %s has probed it %s: %s does not read."
                .formatted(
                        tracked.name(side),
                        Words.duration(nowNanos - sinceNanos),
                        tracked.name(side.peer()),
                        Words.count(tracked.end(side).windowProbes(), "time"),
                        Processes.who(tracked, side));
    }

    @Override
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        attributes.put("window_probes", Integer.toString(tracked.end(side).windowProbes()));
    }
}
