/**
 * The kernel's half: what the socket table of a network namespace says about ends of connections and about listeners.
 *
 * <p>{@link io.loopscope.processor.sockets.SocketReport} is what an agent sends,
 * {@link io.loopscope.processor.sockets.Polls} knows which polls are complete and how old a packet must be for the table
 * to be newer, {@link io.loopscope.processor.sockets.KernelEnd} and
 * {@link io.loopscope.processor.sockets.ListenSockets} remember. What follows from it together with the segments is
 * decided in {@code detect}. Pure: no clock, no I/O. Imports java.* and the TCP core, and nothing else.
 */
@NullMarked
package io.loopscope.processor.sockets;

import org.jspecify.annotations.NullMarked;
