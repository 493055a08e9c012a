/**
 * The pure TCP core: what an observer who sees segments can know about the two ends of each connection.
 *
 * <p>RFC 9293 is the reference. A connection is two {@link io.loopscope.processor.tcp.Endpoint endpoints}; a segment is
 * something one end <em>sends</em> and the other <em>receives</em>, and every rule is written once for both directions.
 * {@link io.loopscope.processor.tcp.Connection#apply} takes a segment, {@link io.loopscope.processor.tcp.Connection#at}
 * takes the time; what follows from them is told to a {@link io.loopscope.processor.tcp.ConnectionListener}.
 *
 * <p><b>Capture is not delivery.</b> A captured segment is first believed to have arrived. The acknowledgment field
 * proves it, and a retransmission takes the belief back.
 *
 * <p>No clock, no I/O, no thread, no logging; nothing but {@code java.*} is imported (and the nullness annotation). All
 * times are nanoseconds since the epoch on the clock of the capturing kernel. Nothing a packet does throws.
 */
@NullMarked
package io.loopscope.processor.tcp;

import org.jspecify.annotations.NullMarked;
