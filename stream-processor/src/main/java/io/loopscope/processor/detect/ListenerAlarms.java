package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Notice;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules about a listener as a whole; each exists from when it first has something to count. */
final class ListenerAlarms {

    private final HostContext host;
    private final ListenerMonitor listener;
    private @Nullable Refused refused;
    private @Nullable SynFlood flood;
    private @Nullable ConnectionLeak leak;
    private @Nullable InvalidSegments invalid;
    private @Nullable SlowHandshake slow;
    private @Nullable RetransmissionShare retransmissions;
    private @Nullable AcceptQueueFull acceptQueue;
    private @Nullable TimeWaitPressure timeWait;
    private @Nullable ListenerGone gone;

    ListenerAlarms(HostContext host, ListenerMonitor listener) {
        this.host = host;
        this.listener = listener;
    }

    void refused(long nowNanos) {
        if (refused == null) {
            refused = new Refused(host, listener);
        }
        refused.happened(nowNanos);
    }

    void handshakeBegun(long nowNanos) {
        if (flood == null) {
            flood = new SynFlood(host, listener);
        }
        flood.begun(nowNanos);
    }

    /** A handshake was completed; its time when it is known. */
    void handshakeCompleted(long handshakeNanos, long nowNanos) {
        if (flood != null) {
            flood.completed(nowNanos);
        }
        if (handshakeNanos == Rule.NEVER) {
            return;
        }
        if (slow == null) {
            slow = new SlowHandshake(host, listener);
        }
        slow.completed(handshakeNanos, nowNanos);
    }

    boolean floodIsOpen() {
        return flood != null && flood.isOpen();
    }

    void leakMayHaveChanged(long nowNanos) {
        if (leak == null) {
            leak = new ConnectionLeak(host, listener);
        }
        leak.mayHaveChanged(nowNanos);
    }

    void segments(int number, long nowNanos) {
        if (retransmissions == null) {
            retransmissions = new RetransmissionShare(host, listener);
        }
        retransmissions.segments(number, nowNanos);
    }

    void retransmitted(long nowNanos) {
        if (retransmissions != null) {
            retransmissions.retransmitted(nowNanos);
        }
    }

    void invalid(Notice notice, long nowNanos) {
        if (invalid == null) {
            invalid = new InvalidSegments(host, listener);
        }
        invalid.happened(notice, nowNanos);
    }

    boolean anyOpen() {
        for (Alarm alarm : all()) {
            if (alarm != null && alarm.isOpen()) {
                return true;
            }
        }
        return false;
    }

    void giveUp(ClearReason reason, long nowNanos) {
        for (Alarm alarm : all()) {
            if (alarm != null) {
                alarm.close(reason, nowNanos);
                host.timers.cancel(alarm);
            }
        }
    }

    /** Closes what settings have switched off. */
    void settingsChanged(long nowNanos) {
        for (Alarm alarm : all()) {
            if (alarm != null && alarm.isOff()) {
                alarm.close(ClearReason.THRESHOLD_CHANGED, nowNanos);
            }
        }
    }

    /** Its accept queue is full, or connections were dropped for that. */
    void acceptQueueIsFull(long dropped, long nowNanos) {
        if (acceptQueue == null) {
            acceptQueue = new AcceptQueueFull(host, listener);
        }
        acceptQueue.full(dropped, nowNanos);
    }

    /** A poll is complete, and so many ports can be given to clients. */
    void timeWaitPolled(int ports, long nowNanos) {
        if (timeWait == null) {
            timeWait = new TimeWaitPressure(host, listener);
        }
        timeWait.polled(ports, nowNanos);
    }

    /** Nobody listens, or somebody else, and so many connections of before live on. */
    void isGone(long sinceNanos, boolean replaced, int living, long nowNanos) {
        if (gone == null) {
            gone = new ListenerGone(host, listener);
        }
        gone.since(sinceNanos, replaced, living, nowNanos);
    }

    /** It listens as ever, or nothing of before lives any more. */
    void isNotGone(ClearReason reason, long nowNanos) {
        if (gone != null) {
            gone.close(reason, nowNanos);
        }
    }

    private List<@Nullable Alarm> all() {
        return Arrays.asList(refused, flood, leak, invalid, slow, retransmissions, acceptQueue, timeWait, gone);
    }

    void writeTo(DataOutput output) throws IOException {
        for (Alarm alarm : all()) {
            output.writeBoolean(alarm != null);
            if (alarm != null) {
                alarm.writeTo(output);
            }
        }
    }

    void readFrom(DataInput input, boolean withTable) throws IOException {
        refused = read(new Refused(host, listener), input);
        flood = read(new SynFlood(host, listener), input);
        leak = input.readBoolean() ? leak(input, withTable) : null;
        invalid = read(new InvalidSegments(host, listener), input);
        slow = read(new SlowHandshake(host, listener), input);
        retransmissions = read(new RetransmissionShare(host, listener), input);
        if (withTable) {
            acceptQueue = read(new AcceptQueueFull(host, listener), input);
            timeWait = read(new TimeWaitPressure(host, listener), input);
            gone = read(new ListenerGone(host, listener), input);
        }
    }

    private ConnectionLeak leak(DataInput input, boolean withTable) throws IOException {
        ConnectionLeak read = new ConnectionLeak(host, listener);
        read.readFrom(input, withTable);
        return read;
    }

    private static <A extends Alarm> @Nullable A read(A alarm, DataInput input) throws IOException {
        if (!input.readBoolean()) {
            return null;
        }
        alarm.readFrom(input);
        return alarm;
    }
}
