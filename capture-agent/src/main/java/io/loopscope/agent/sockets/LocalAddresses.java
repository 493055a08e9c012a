package io.loopscope.agent.sockets;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/** The IP addresses of this host, in one network namespace. */
final class LocalAddresses {
    private LocalAddresses() {}

    /** Those of a namespace; none when it is gone. */
    static List<Endpoint> of(NetworkNamespace namespace) {
        try {
            return namespace.read(LocalAddresses::all);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** All of this thread's namespace as endpoints with port 0; none when they cannot be listed, which leaves the loopback addresses. */
    static List<Endpoint> all() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(address -> Endpoint.of(new InetSocketAddress(address, 0)))
                    .toList();
        } catch (SocketException e) {
            return List.of();
        }
    }
}
