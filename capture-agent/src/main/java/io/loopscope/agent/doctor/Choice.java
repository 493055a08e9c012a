package io.loopscope.agent.doctor;

import io.loopscope.agent.parse.TcpFlags;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Which segments an agent would publish: its filter and its lists of ports.
 *
 * @param filter the compiled filter
 * @param includePorts empty for all
 * @param excludePorts wins over the other
 */
record Choice(Predicate<SampleSegment> filter, Set<Integer> includePorts, Set<Integer> excludePorts) {
    private static final int SOME_CLIENT = 40_000;
    private static final int LAST_PORT = 65_535;
    private static final List<Integer> KINDS = List.of(
            TcpFlags.SYN,
            TcpFlags.SYN | TcpFlags.ACK,
            TcpFlags.ACK,
            TcpFlags.PSH | TcpFlags.ACK,
            TcpFlags.FIN | TcpFlags.ACK,
            TcpFlags.RST);

    /** How much of a server's connections comes through. */
    enum Share {
        /** Every segment. */
        ALL,
        /** Some segments. */
        PART,
        /** No segment. */
        NONE
    }

    boolean passes(SampleSegment segment) {
        return passesPorts(segment.sourcePort(), segment.destinationPort()) && filter.test(segment);
    }

    boolean passesPorts(int source, int destination) {
        return (includePorts.isEmpty() || includePorts.contains(source) || includePorts.contains(destination))
                && !excludePorts.contains(source)
                && !excludePorts.contains(destination);
    }

    /** What comes through of a connection between these ports, over IPv4 or IPv6, whichever shows more. */
    Share of(int client, int server) {
        Share ipv4 = of(client, server, false);
        Share ipv6 = of(client, server, true);
        return ipv4.compareTo(ipv6) <= 0 ? ipv4 : ipv6;
    }

    private Share of(int client, int server, boolean ipv6) {
        long passed = KINDS.stream()
                .mapToLong(flags -> (passes(new SampleSegment(ipv6, client, server, flags)) ? 1 : 0)
                        + (passes(new SampleSegment(ipv6, server, client, flags)) ? 1 : 0))
                .sum();
        if (passed == 0) {
            return Share.NONE;
        }
        return passed == 2L * KINDS.size() ? Share.ALL : Share.PART;
    }

    /** What comes through of the connections of clients of this server. */
    Share ofServer(int port) {
        return of(port == SOME_CLIENT ? SOME_CLIENT + 1 : SOME_CLIENT, port);
    }

    /** Any port of which something would come through, were it used; empty when no TCP segment ever would. */
    OptionalInt somePort() {
        return IntStream.rangeClosed(1, LAST_PORT)
                .filter(port -> passesPorts(port, port))
                .filter(port -> KINDS.stream()
                        .anyMatch(flags -> filter.test(new SampleSegment(false, port, port, flags))
                                || filter.test(new SampleSegment(true, port, port, flags))))
                .findFirst();
    }
}
