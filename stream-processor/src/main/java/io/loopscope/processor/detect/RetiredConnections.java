package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Connection;
import java.util.function.Supplier;

/**
 * Hears of every incarnation of a connection when nothing can be added to it any more: it is forgotten, evicted, or a new
 * one takes its 4-tuple. A connection event that tells it is closed comes earlier, and late segments still count.
 */
@FunctionalInterface
public interface RetiredConnections {

    /** Hears nothing. */
    RetiredConnections NONE = (id, connection) -> {};

    /**
     * The connection can be read during the call, not after it.
     *
     * @param id id of the incarnation, as in {@link ConnectionView#id}; made when it is asked for
     * @param connection its states and counters
     */
    void retired(Supplier<String> id, Connection connection);
}
