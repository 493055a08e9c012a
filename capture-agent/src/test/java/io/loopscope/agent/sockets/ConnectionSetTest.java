package io.loopscope.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConnectionSetTest {

    @Test
    void bothDirectionsAreFoundAndNothingElse() {
        Random random = new Random(3);
        List<SegmentHeader> inside = new ArrayList<>();
        List<SegmentHeader> outside = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            // Few addresses and ports, so that many connections differ in one of them only.
            SegmentHeader header = segment(random.nextInt(3), 1 + random.nextInt(40), 1_000 + i);
            (i % 2 == 0 ? inside : outside).add(header);
        }
        ConnectionSet set =
                new ConnectionSet(inside.stream().map(Connection::of).distinct().toList());
        assertThat(inside).allMatch(set::contains).allMatch(header -> set.contains(reversed(header)));
        assertThat(outside).noneMatch(set::contains).noneMatch(header -> set.contains(reversed(header)));
        assertThat(inside).allMatch(header -> set.contains(Connection.of(header)));
        assertThat(outside).noneMatch(header -> set.contains(Connection.of(header)));
    }

    @Test
    void crossedPortsAreAnotherConnection() {
        SegmentHeader header =
                Headers.of("127.0.0.1", "127.0.0.2", PacketBytes.tcp().ports(1, 2));
        SegmentHeader crossed =
                Headers.of("127.0.0.1", "127.0.0.2", PacketBytes.tcp().ports(2, 1));
        ConnectionSet set = new ConnectionSet(List.of(Connection.of(header)));
        assertThat(set.contains(header)).isTrue();
        assertThat(set.contains(crossed)).isFalse();
        assertThat(new ConnectionSet(List.of()).contains(header)).isFalse();
    }

    @Test
    void aWildcardStandsForTheHostsAddressesOnly() {
        List<Endpoint> here = List.of(endpoint("192.0.2.2", 0), endpoint("2001:db8::2", 0));
        EndpointSet set = new EndpointSet(List.of(endpoint("::", 80), endpoint("10.0.0.1", 90)), here);
        assertThat(set.touches(from("192.0.2.2", "198.51.100.7", 80, 40_000))).isTrue();
        assertThat(set.touches(from("198.51.100.7", "192.0.2.2", 40_000, 80))).isTrue();
        assertThat(set.touches(from("127.9.9.9", "127.0.0.1", 40_000, 80))).isTrue();
        assertThat(set.touches(from("::1", "::1", 80, 40_000))).isTrue();
        assertThat(set.touches(from("192.0.2.2", "198.51.100.7", 40_000, 80))).isFalse();
        assertThat(set.touches(from("10.0.0.1", "10.0.0.2", 90, 40_000))).isTrue();
        assertThat(set.touches(from("10.0.0.1", "10.0.0.2", 40_000, 90))).isFalse();
    }

    private static SegmentHeader segment(int family, int source, int destination) {
        String address = List.of("127.0.0.1", "::1", "10.1.1.1").get(family);
        return from(address, address, source, destination);
    }

    private static SegmentHeader from(String source, String destination, int sourcePort, int destinationPort) {
        return Headers.of(source, destination, PacketBytes.tcp().ports(sourcePort, destinationPort));
    }

    private static SegmentHeader reversed(SegmentHeader header) {
        String source = text(header.destinationAddress());
        String destination = text(header.sourceAddress());
        return from(source, destination, header.destinationPort(), header.sourcePort());
    }

    private static String text(byte[] address) {
        try {
            return java.net.InetAddress.getByAddress(address).getHostAddress();
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Endpoint endpoint(String address, int port) {
        return Endpoint.of(new InetSocketAddress(address, port));
    }
}
