/**
 * Where packets come from. {@link io.loopscope.agent.source.PacketSource} is the port; a capture file and a live
 * interface are behind it, and nothing outside this package knows libpcap.
 * {@link io.loopscope.agent.source.HeaderReader} is the short way from a source to TCP headers.
 */
@org.jspecify.annotations.NullMarked
package io.loopscope.agent.source;
