package io.loopscope.agent.source;

import java.util.List;

/**
 * Packets in capture order. One thread calls {@link #next}; {@link #statistics} and {@link #wakeUp} may be called by
 * any.
 */
public interface PacketSource extends AutoCloseable {

    /** What {@link #next} found. */
    enum Next {
        /** A packet. */
        PACKET,
        /** Nothing for now: ask again. Never from a file. */
        IDLE,
        /** Nothing any more. Never from a live interface. */
        END
    }

    /**
     * Moves to the next packet. A live source waits for one, but not for long, so that its caller can see to other things;
     * and not at all when it has delivered some since it said {@link Next#IDLE} last.
     *
     * @param packet filled when the answer is {@link Next#PACKET}, untouched otherwise
     * @return what was found
     * @throws CaptureException when no more packets can come; everything readable has been delivered before
     */
    Next next(Packet packet) throws CaptureException;

    /**
     * Bounds the waits of {@link #next} from now on: its caller has something to see to then. A source that does not wait has
     * nothing to bound. Called by the thread that calls {@link #next}.
     *
     * @param milliseconds 1 or more; a source may wait for less
     */
    default void waitAtMost(int milliseconds) {}

    /** Makes a waiting {@link #next} return soon with what it has. */
    void wakeUp();

    /** Counters so far. */
    SourceStatistics statistics();

    /** Names of the captured interfaces known so far; for a file that names none, the file's name. Not empty. */
    List<String> interfaces();

    /** True when packets are captured now, false when they are read from a file. */
    boolean live();

    /**
     * Up to when all has been delivered: no packet captured at or before this time will come from {@link #next} any
     * more. Never goes back. A live source moves on without packets too: with the clock, less the time a packet may
     * take to get here. Called by the thread that calls {@link #next}.
     *
     * @return nanoseconds since 1970-01-01T00:00:00Z; {@link Long#MIN_VALUE} before anything is known
     */
    long caughtUpToNs();

    /** Stops the capture and frees what it holds. May be called twice. */
    @Override
    void close();
}
