package io.loopscope.processor.sockets;

import io.loopscope.processor.tcp.Address;

/**
 * A socket that has left the table since the poll before.
 *
 * @param local its own address
 * @param localPort its own port
 * @param remote the peer's address
 * @param remotePort the peer's port
 * @param listening it was a listener
 * @param cookie unique until the next boot; 0 where unknown
 */
public record GoneSocket(
        Address local, int localPort, Address remote, int remotePort, boolean listening, long cookie) {}
