package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.SocketFacts;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** RFC 9293 3.9.1.1: complete connections wait for accept(), and the next ones are dropped: clients repeat their SYN. */
final class AcceptQueueFull extends Alarm {

    /** Connections dropped since it was opened, as far as they are this listener's. */
    private long dropped;

    AcceptQueueFull(HostContext host, ListenerMonitor listener) {
        super(host, listener, AnomalyName.ACCEPT_QUEUE_FULL);
    }

    /** The queue is as long as it may be. (A backlog of 0 admits one, and an empty queue is never full.) */
    static boolean isFull(SocketFacts listening) {
        return listening.receiveQueue() > 0 && listening.receiveQueue() >= listening.sendQueue();
    }

    void full(long more, long nowNanos) {
        dropped = isOpen() ? dropped + more : more;
        SocketFacts fullest = fullest();
        count = fullest == null ? 1 : Math.max(1, fullest.receiveQueue());
        if (isOpen()) {
            lookAgain(nowNanos, settings().intervalNanos());
        } else {
            open(nowNanos, nowNanos);
        }
    }

    @Override
    boolean subsided(long nowNanos) {
        SocketFacts fullest = fullest();
        return fullest == null || !isFull(fullest);
    }

    private @Nullable SocketFacts fullest() {
        return listener == null || listener.sockets == null ? null : listener.sockets.fullest();
    }

    @Override
    Evidence evidence() {
        return Evidence.KERNEL;
    }

    @Override
    String explain(long nowNanos) {
        SocketFacts fullest = fullest();
        long waiting = fullest == null ? 0 : fullest.receiveQueue();
        long backlog = fullest == null ? 0 : fullest.sendQueue();
        return "%s wait to be accepted at %s, and its backlog is %s; the kernel has dropped %s so far: the server does not call accept() in time."
                .formatted(Words.count(waiting, "connection"), where(), backlog, dropped);
    }

    @Override
    void attributes(Map<String, String> attributes) {
        SocketFacts fullest = fullest();
        if (fullest != null) {
            attributes.put("accept_queue", Long.toString(fullest.receiveQueue()));
            attributes.put("backlog", Long.toString(fullest.sendQueue()));
            attributes.put("inode", Long.toString(fullest.inode()));
            Processes.attributes(fullest.owner(), attributes);
        }
        attributes.put("dropped", Long.toString(dropped));
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        output.writeLong(dropped);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        dropped = input.readLong();
    }
}
