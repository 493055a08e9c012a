package io.loopscope.systemtests.nodes;

import java.nio.ByteBuffer;

/**
 * A packet on a host's loopback interface.
 *
 * @param timeNs when, nanoseconds since 1970
 * @param octets from its IPv4 header on, without payload: what a short snapshot length leaves
 * @param wireLength octets that it had
 */
record Packet(long timeNs, ByteBuffer octets, int wireLength) {}
