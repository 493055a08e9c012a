/**
 * Parsed headers to what is published of them: which connections there are, and what of each is worth an item of its own.
 * Pure: no clock, no I/O, no allocation per packet, and nothing but {@code java.*} and {@code parse}.
 */
@org.jspecify.annotations.NullMarked
package io.loopscope.agent.track;
