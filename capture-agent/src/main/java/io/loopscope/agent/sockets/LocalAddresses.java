package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.IpAddress;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The IP addresses of this host, in one network namespace. */
final class LocalAddresses {
    /** Java would read {@code /proc/net/if_inet6}, which is of the namespace of the process and not of the thread. */
    private static final Path IPV6 = Path.of("/proc/thread-self/net/if_inet6");

    private static final int IPV6_DIGITS = 32;

    private LocalAddresses() {}

    /** Those of a namespace; none when it is gone. */
    static List<Endpoint> of(NetworkNamespace namespace) {
        try {
            return namespace.read(LocalAddresses::all);
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * All of this thread's namespace as endpoints with port 0; none when they cannot be listed, which leaves the loopback
     * addresses.
     */
    static List<Endpoint> all() {
        try {
            boolean linux = Files.exists(IPV6);
            Stream<Endpoint> byJava = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !linux || address instanceof Inet4Address)
                    .map(address -> Endpoint.of(new InetSocketAddress(address, 0)));
            return Stream.concat(byJava, linux ? ipv6() : Stream.of()).toList();
        } catch (SocketException e) {
            return List.of();
        }
    }

    /** Lines like {@code fe8000000000000000fc00fffe000001 04 40 20 80 eth0}. */
    private static Stream<Endpoint> ipv6() {
        try {
            return Files.readAllLines(IPV6).stream()
                    .map(line -> HexFormat.of().parseHex(line, 0, IPV6_DIGITS))
                    .map(octets -> new Endpoint(IpAddress.high(octets), IpAddress.low(octets), 0));
        } catch (IOException e) {
            return Stream.of();
        }
    }
}
