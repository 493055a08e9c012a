package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;

/**
 * A number of the census has changed since it was last published: how many ends of a listener's connections are in a
 * state now, known from the wire. CLOSED is not counted.
 *
 * @param listener the listener
 * @param end which ends are counted
 * @param state the state
 * @param count how many, 0 or more
 * @param timeNanos host time of the count
 */
public record CensusChange(Listener listener, Role end, TcpState state, long count, long timeNanos) implements Output {}
