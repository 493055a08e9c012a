package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.Map;
import java.util.Set;

/** RFC 9293 3.8.6: an end's receive queue grows from poll to poll. Its window closes when the buffer is full. */
final class NotReading extends Rule {

    private final Role role;

    NotReading(AnomalyName name, Role role) {
        super(name);
        this.role = role;
    }

    @Override
    Set<TcpState> states() {
        return Set.of(); // Only the socket table shows it.
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        KernelEnd end = tracked.kernelEnd(side);
        if (end == null) {
            return NEVER;
        }
        boolean grows = tracked.state(side) == TcpState.ESTABLISHED
                && end.receiveQueueGrown() >= settings.countOrOne()
                && tracked.role(side) == role
                && !NeverAccepted.isUnowned(tracked, side);
        return grows ? end.receiveQueueGrownSinceNanos() : NEVER;
    }

    @Override
    Evidence evidence(Tracked tracked, Side side) {
        return Evidence.KERNEL;
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        KernelEnd end = tracked.kernelEnd(side);
        long unread = end == null || end.facts() == null ? 0 : end.facts().receiveQueue();
        return "%s octets wait to be read at %s, and their number has only grown for %s: %s does not read."
                .formatted(
                        unread,
                        tracked.name(side),
                        Words.duration(nowNanos - sinceNanos),
                        Processes.who(tracked, side));
    }

    @Override
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        KernelEnd end = tracked.kernelEnd(side);
        if (end != null) {
            attributes.put("grown_polls", Integer.toString(end.receiveQueueGrown()));
        }
    }
}
