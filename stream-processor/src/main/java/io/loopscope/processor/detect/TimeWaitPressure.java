package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;

/**
 * RFC 9293 3.6.1: ports of clients that closed first rest for a minute. When all of them do, connect() fails, and no packet
 * tells of it.
 */
final class TimeWaitPressure extends Alarm {

    private int ports;

    TimeWaitPressure(HostContext host, ListenerMonitor listener) {
        super(host, listener, AnomalyName.TIME_WAIT_PRESSURE);
    }

    /** There is something to look at. */
    static boolean isPossible(ListenerMonitor listener) {
        return listener.kernelCensus.counts.count(Role.CLIENT, TcpState.TIME_WAIT) > 0
                || listener.census.count(Role.CLIENT, TcpState.TIME_WAIT) > 0;
    }

    void polled(int ephemeralPorts, long nowNanos) {
        if (ports != ephemeralPorts) {
            ports = ephemeralPorts;
            changed();
        }
        if (!subsided(nowNanos)) {
            count = timeWait();
            open(nowNanos, nowNanos);
        }
    }

    @Override
    boolean subsided(long nowNanos) {
        return timeWait() <= settings().shareOrZero() * ports;
    }

    /** Of the clients; those of the server are no obstacle. The table may leave some out when there are very many. */
    private int timeWait() {
        return listener == null
                ? 0
                : Math.max(
                        listener.kernelCensus.counts.count(Role.CLIENT, TcpState.TIME_WAIT),
                        listener.census.count(Role.CLIENT, TcpState.TIME_WAIT));
    }

    @Override
    Evidence evidence() {
        return Evidence.KERNEL;
    }

    @Override
    String explain(long nowNanos) {
        return "%s of the %s ports that clients can get are in TIME-WAIT towards %s (%s): without a free one connect() fails."
                .formatted(timeWait(), ports, where(), Words.percent((double) timeWait() / Math.max(1, ports)));
    }

    @Override
    void attributes(Map<String, String> attributes) {
        attributes.put("time_wait", Integer.toString(timeWait()));
        attributes.put("ephemeral_ports", Integer.toString(ports));
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        output.writeInt(ports);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        ports = input.readInt();
    }
}
