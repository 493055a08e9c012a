package io.loopscope.agent.sockets;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a network namespace says about all of its sockets. Read by a thread that is in the namespace.
 *
 * @param localAddresses its addresses, with port 0; loopback addresses need not be among them
 * @param listenOverflows connections dropped since boot because an accept queue was full; null where unknown
 * @param ephemeralPortFirst first port the kernel gives to clients; null where unknown
 * @param ephemeralPortLast the last one; null where unknown
 */
public record NamespaceFacts(
        Set<Endpoint> localAddresses,
        @Nullable Long listenOverflows,
        @Nullable Integer ephemeralPortFirst,
        @Nullable Integer ephemeralPortLast) {
    private static final String EXTENDED = "TcpExt:";
    private static final String LISTEN_OVERFLOWS = "ListenOverflows";

    /** Those of the thread's namespace. */
    static NamespaceFacts ofThisThread() {
        return read(Path.of("/proc"), new HashSet<>(LocalAddresses.all()));
    }

    static NamespaceFacts read(Path proc, Set<Endpoint> localAddresses) {
        List<Integer> range = ephemeralPorts(proc.resolve("sys/net/ipv4/ip_local_port_range"));
        return new NamespaceFacts(
                localAddresses,
                listenOverflows(proc.resolve("thread-self/net/netstat")),
                range.isEmpty() ? null : range.get(0),
                range.isEmpty() ? null : range.get(1));
    }

    /** Whether a packet to this address stays on the host. */
    boolean isLocal(Endpoint endpoint) {
        return endpoint.isLoopback() || localAddresses.contains(new Endpoint(endpoint.high(), endpoint.low(), 0));
    }

    /** Pairs of lines: names, then numbers. */
    private static @Nullable Long listenOverflows(Path netstat) {
        try {
            List<List<String>> lines = Files.readAllLines(netstat).stream()
                    .filter(line -> line.startsWith(EXTENDED))
                    .map(line -> Arrays.asList(line.split(" ")))
                    .toList();
            int column = lines.isEmpty() ? -1 : lines.get(0).indexOf(LISTEN_OVERFLOWS);
            return column < 0 || lines.size() < 2 || column >= lines.get(1).size()
                    ? null
                    : Long.valueOf(lines.get(1).get(column));
        } catch (IOException | NumberFormatException e) { // Not Linux.
            return null;
        }
    }

    private static List<Integer> ephemeralPorts(Path range) {
        try (InputStream file = Files.newInputStream(range)) {
            // The kernel gives these numbers to one read only: whoever reads less than all gets no more.
            byte[] octets = new byte[64];
            String text = new String(octets, 0, Math.max(0, file.read(octets)), StandardCharsets.US_ASCII);
            List<Integer> ports = Arrays.stream(text.strip().split("\\s+"))
                    .map(Integer::valueOf)
                    .toList();
            return ports.size() == 2 ? ports : List.of();
        } catch (IOException | NumberFormatException e) { // Not Linux.
            return List.of();
        }
    }
}
