/**
 * Octets of a captured packet into the fields of its TCP header. Pure: no clock, no I/O, no allocation per
 * packet, and nothing but {@code java.*}.
 *
 * <p>{@link io.loopscope.agent.parse.HeaderParser} is the way in: it walks link layer, IP and TCP, fills a
 * {@link io.loopscope.agent.parse.SegmentHeader} and answers with a
 * {@link io.loopscope.agent.parse.ParseResult}. No packet makes it throw, and none is dropped without a
 * reason that has a name.
 */
@org.jspecify.annotations.NullMarked
package io.loopscope.agent.parse;
