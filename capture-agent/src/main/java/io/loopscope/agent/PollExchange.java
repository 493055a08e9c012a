package io.loopscope.agent;

import io.loopscope.agent.sockets.SocketPoll;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the polling thread and the publishing one tell each other. It keeps the promise of the watermark: from before a
 * poll begins until its reports are sent, no heartbeat says that all up to that time has been sent.
 */
final class PollExchange {
    private static final long NONE = Long.MAX_VALUE;

    /** A poll, and when the table had been read for it. */
    private record Ready(SocketPoll poll, long readNs) {}

    private final AtomicLong begunNs = new AtomicLong(NONE);
    private final AtomicReference<@Nullable Ready> ready = new AtomicReference<>();
    private volatile boolean fullWanted;
    private volatile @Nullable Long lastSent;
    private volatile List<String> limitations = List.of();
    private final AtomicLong sendingCostNs = new AtomicLong();

    /**
     * Begins a poll; for the polling thread.
     *
     * @param clock nanoseconds since 1970-01-01T00:00:00Z
     * @return the time of the poll
     */
    long begin(LongSupplier clock) {
        // First the promise is withheld and then the time taken, so that no watermark is ahead of it.
        begunNs.set(clock.getAsLong());
        return clock.getAsLong();
    }

    /** The poll has failed: there is nothing to tell. */
    void abandon() {
        begunNs.set(NONE);
    }

    /**
     * The poll is to be sent: after the segments that were captured while the table was read, too. It may show already what
     * they did, such as that a socket is gone which they close.
     *
     * @param readNs when the table had been read, nanoseconds since 1970-01-01T00:00:00Z
     */
    void offer(SocketPoll poll, long readNs) {
        ready.set(new Ready(poll, readNs));
    }

    /** Whether a poll still waits to be sent: no other one may begin. */
    boolean isWaiting() {
        return ready.get() != null;
    }

    /** Whether the next poll has to tell everything because reports were lost; asked once. */
    boolean takeFullWanted() {
        boolean wanted = fullWanted;
        fullWanted = false;
        return wanted;
    }

    void limitations(List<String> now) {
        limitations = now;
    }

    List<String> limitations() {
        return limitations;
    }

    /** No watermark may be later. For the publishing thread, after it has read how far the capture is. */
    long watermarkLimitNs() {
        long begun = begunNs.get();
        return begun == NONE ? NONE : begun - 1;
    }

    /**
     * The poll that is to be sent now; null when there is none.
     *
     * @param caughtUpToNs all segments up to this time are sent before it
     */
    @Nullable SocketPoll due(long caughtUpToNs) {
        Ready waiting = ready.get();
        return waiting != null && waiting.readNs() <= caughtUpToNs ? waiting.poll() : null;
    }

    /**
     * The poll is done with.
     *
     * @param whole whether all of its reports were taken; else the next poll tells everything
     * @param costNs CPU time that sending it took
     */
    void sent(SocketPoll poll, boolean whole, long costNs) {
        sendingCostNs.addAndGet(costNs);
        if (whole) {
            lastSent = poll.id();
        } else {
            fullWanted = true;
        }
        begunNs.set(NONE);
        ready.set(null);
    }

    /** CPU time that sending polls has taken since this was asked last, nanoseconds. */
    long takeSendingCostNs() {
        return sendingCostNs.getAndSet(0);
    }

    /** Number of the last poll that was sent whole; null before the first. */
    @Nullable Long lastSent() {
        return lastSent;
    }
}
