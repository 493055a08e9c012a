package io.loopscope.agent.sockets;

import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/** The IP addresses of this host. */
final class LocalAddresses {
    private LocalAddresses() {}

    /** All of them as endpoints with port 0; none when they cannot be listed, which leaves the loopback addresses. */
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
