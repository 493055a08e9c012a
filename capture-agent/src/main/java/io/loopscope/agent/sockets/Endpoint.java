package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.IpAddress;
import java.net.InetSocketAddress;
import java.util.Set;

/**
 * An address and a port.
 *
 * @param high upper 64 bits of the address, see {@link IpAddress}
 * @param low lower 64 bits
 * @param port 0 to 65535
 */
public record Endpoint(long high, long low, int port) {

    /**
     * The endpoint of a resolved socket address.
     *
     * @throws IllegalArgumentException if it is not resolved
     */
    public static Endpoint of(InetSocketAddress socket) {
        if (socket.isUnresolved()) {
            throw new IllegalArgumentException("not resolved: " + socket);
        }
        byte[] octets = socket.getAddress().getAddress();
        return new Endpoint(IpAddress.high(octets), IpAddress.low(octets), socket.getPort());
    }

    /** True for 127.0.0.0/8 and ::1. */
    boolean isLoopback() {
        return IpAddress.isIpv4(high, low) ? (low >>> 24 & 0xff) == 127 : high == 0 && low == 1;
    }

    /**
     * Whether it is of this host.
     *
     * @param localAddresses the host's addresses, with port 0; loopback addresses need not be among them
     */
    boolean isLocal(Set<Endpoint> localAddresses) {
        return isLoopback() || localAddresses.contains(new Endpoint(high, low, 0));
    }

    /** True for 0.0.0.0 and ::, which stand for every address of the host. */
    public boolean isWildcard() {
        return high == 0 && (low == 0 || low == 0xffffL << 32);
    }
}
