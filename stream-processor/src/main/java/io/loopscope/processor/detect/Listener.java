package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Address;

/**
 * A server address and port: what the connections to one service have in common. Whether a socket really listens there
 * is not known from segments.
 *
 * @param networkNamespace inode of the namespace, 0 where unknown
 * @param address the server's address
 * @param port the server's port, 0 to 65535
 */
public record Listener(long networkNamespace, Address address, int port) implements Comparable<Listener> {

    @Override
    public int compareTo(Listener other) {
        int byNamespace = Long.compare(networkNamespace, other.networkNamespace);
        if (byNamespace != 0) {
            return byNamespace;
        }
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
    }

    /** {@code 127.0.0.1:13306} or {@code [::1]:13306}. */
    @Override
    public String toString() {
        return SocketText.of(address, port);
    }
}
