package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;

/**
 * RFC 4987: many half-open handshakes of one listener, and most of those begun are not completed. While it is open the
 * single stuck handshakes of the listener are part of it.
 */
final class SynFlood extends Alarm {

    private final SlidingCount begun;
    private final SlidingCount completed;

    SynFlood(HostContext host, ListenerMonitor listener) {
        super(host, listener, AnomalyName.SYN_FLOOD);
        begun = new SlidingCount(settings().intervalNanos());
        completed = new SlidingCount(settings().intervalNanos());
    }

    void begun(long nowNanos) {
        begun.add(nowNanos, 1);
        long halfOpen = halfOpen();
        if (!isOpen()
                && halfOpen > settings().countOrOne()
                && unanswered(nowNanos) > settings().shareOrZero()) {
            count = halfOpen;
            open(nowNanos, nowNanos);
        }
        changed();
    }

    void completed(long nowNanos) {
        completed.add(nowNanos, 1);
        changed();
    }

    @Override
    boolean subsided(long nowNanos) {
        count = halfOpen();
        return halfOpen() <= settings().countOrOne() / 2;
    }

    private int halfOpen() {
        return listener == null ? 0 : Math.max(listener.handshakes(), inTable());
    }

    /** Kept small by SYN cookies, and complete for handshakes from before the capture. */
    private int inTable() {
        return listener == null ? 0 : listener.kernelCensus.counts.count(Role.SERVER, TcpState.SYN_RECEIVED);
    }

    private double unanswered(long nowNanos) {
        long all = Math.max(1, begun.sum(nowNanos));
        return Math.max(0, 1 - (double) completed.sum(nowNanos) / all);
    }

    @Override
    String explain(long nowNanos) {
        return "%s has %s half-open handshakes, and %s of those begun within %s were not completed."
                .formatted(
                        where(),
                        count,
                        Words.percent(unanswered(nowNanos)),
                        Words.duration(settings().intervalNanos()));
    }

    @Override
    void attributes(Map<String, String> attributes) {
        attributes.put("half_open_handshakes", Integer.toString(halfOpen()));
        if (host.polls.lastNanos() != Connection.NEVER) {
            attributes.put("kernel_syn_received", Integer.toString(inTable()));
        }
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        begun.writeTo(output);
        completed.writeTo(output);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        begun.readFrom(input);
        completed.readFrom(input);
    }
}
