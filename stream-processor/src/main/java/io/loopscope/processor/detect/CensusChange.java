package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import org.jspecify.annotations.Nullable;

/**
 * A number of the census has changed since it was last published: how many ends of a listener's connections are in a
 * state now, by the segments or by the socket table. CLOSED is not counted.
 *
 * @param listener the listener
 * @param end which ends are counted
 * @param state the state
 * @param count how many, 0 or more
 * @param evidence WIRE: by the segments; KERNEL: by the table
 * @param agreement share of the listener's ends of which both say the same, 0 to 1; null when nothing can be compared
 * @param timeNanos host time of the count
 */
public record CensusChange(
        Listener listener,
        Role end,
        TcpState state,
        long count,
        Evidence evidence,
        @Nullable Double agreement,
        long timeNanos)
        implements Output {}
