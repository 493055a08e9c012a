package io.loopscope.agent.source;

import java.time.Duration;
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
     * Moves to the next packet. A live source waits for one, but not longer than about its read timeout, so that its
     * caller can see to other things.
     *
     * @param packet filled when the answer is {@link Next#PACKET}, untouched otherwise
     * @return what was found
     * @throws CaptureException when no more packets can come; everything readable has been delivered before
     */
    Next next(Packet packet) throws CaptureException;

    /** Makes a waiting {@link #next} return soon with what it has. */
    void wakeUp();

    /** Counters so far. */
    SourceStatistics statistics();

    /** Names of the captured interfaces known so far; for a file that names none, the file's name. Not empty. */
    List<String> interfaces();

    /** True when packets are captured now, false when they are read from a file. */
    boolean live();

    /**
     * How long a packet may stay unseen: when {@link #next} says {@link Next#IDLE}, all that was captured longer ago
     * than this has been delivered. Zero for a file.
     */
    Duration latency();

    /** Stops the capture and frees what it holds. May be called twice. */
    @Override
    void close();
}
