package io.loopscope.systemtests.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.IpAddress;
import io.loopscope.agent.sockets.Endpoint;
import io.loopscope.agent.sockets.SocketEntry;
import io.loopscope.agent.sockets.SocketState;
import io.loopscope.agent.sockets.SocketTable;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.Needs;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The agent's reading of the socket table beside {@code ss -tan}, of real sockets in many states. */
class SocketTableIT {
    /** As {@code ss} spells them. */
    private static final Map<String, SocketState> STATES = Map.ofEntries(
            Map.entry("ESTAB", SocketState.ESTABLISHED),
            Map.entry("SYN-SENT", SocketState.SYN_SENT),
            Map.entry("SYN-RECV", SocketState.SYN_RECEIVED),
            Map.entry("FIN-WAIT-1", SocketState.FIN_WAIT_1),
            Map.entry("FIN-WAIT-2", SocketState.FIN_WAIT_2),
            Map.entry("TIME-WAIT", SocketState.TIME_WAIT),
            Map.entry("UNCONN", SocketState.CLOSED),
            Map.entry("CLOSE-WAIT", SocketState.CLOSE_WAIT),
            Map.entry("LAST-ACK", SocketState.LAST_ACK),
            Map.entry("LISTEN", SocketState.LISTEN),
            Map.entry("CLOSING", SocketState.CLOSING));

    /** What both tell of a socket. */
    private record Line(SocketState state, long receiveQueue, long sendQueue, Endpoint local, Endpoint remote) {}

    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void needs() {
        Needs.programs("ss");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable socket : open) {
            socket.close();
        }
    }

    @Test
    void theDumpIsWhatSsPrints() throws IOException {
        Set<Integer> ports = Set.of(states("127.0.0.1"), states("::1"), mapped());
        try (SocketTable table = SocketTable.open(SocketTable.Detail.AGES)) {
            assertThat(table.source()).isEqualTo("sock_diag");
            Awaitility.await("the same sockets in both tables")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .untilAsserted(() -> assertThat(ours(dump(table), ports)).isEqualTo(ours(ss(), ports)));
            assertThat(ours(dump(table), ports).stream().map(Line::state).collect(Collectors.toSet()))
                    .isEqualTo(EnumSet.of(
                            SocketState.LISTEN,
                            SocketState.ESTABLISHED,
                            SocketState.CLOSE_WAIT,
                            SocketState.FIN_WAIT_2,
                            SocketState.TIME_WAIT));
        }
    }

    @Test
    void theAgeOfAStuckCloseIsTheKernels() throws Exception {
        ServerSocket listener = listen("127.0.0.1");
        Socket client = connect(listener);
        Socket server = accept(listener);
        client.getOutputStream().write(new byte[5]);
        long before = System.nanoTime();
        client.shutdownOutput();
        try (SocketTable table = SocketTable.open(SocketTable.Detail.AGES)) {
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                SocketEntry leaked = table.read().stream()
                        .filter(socket -> socket.local().port() == server.getLocalPort()
                                && socket.remote().port() == client.getLocalPort())
                        .findFirst()
                        .orElseThrow();
                long elapsedMs = Duration.ofNanos(System.nanoTime() - before).toMillis();
                assertThat(leaked.state()).isEqualTo(SocketState.CLOSE_WAIT);
                assertThat(leaked.receiveQueue()).as("five octets and the FIN").isEqualTo(6);
                assertThat(leaked.lastReceivedMs())
                        .isLessThanOrEqualTo(elapsedMs + 20)
                        .isGreaterThanOrEqualTo(1_000);
            });
        }
    }

    /** A listener, and connections in all states that hold still. Returns its port. */
    private int states(String address) throws IOException {
        ServerSocket listener = listen(address);
        connect(listener);
        Socket unread = connect(listener);
        accept(listener);
        accept(listener);
        unread.getOutputStream().write(new byte[1234]);
        Socket halfClosed = connect(listener);
        accept(listener);
        halfClosed.shutdownOutput();
        Socket client = connect(listener);
        Socket server = accept(listener);
        client.close();
        server.close();
        connect(listener); // Never accepted.
        return listener.getLocalPort();
    }

    /** IPv4 connections to a socket of both families. */
    private int mapped() throws IOException {
        ServerSocket listener = new ServerSocket(0);
        open.add(listener);
        Socket client = new Socket(FourTuple.loopback(0).getAddress(), listener.getLocalPort());
        open.add(client);
        accept(listener);
        return listener.getLocalPort();
    }

    private ServerSocket listen(String address) throws IOException {
        ServerSocket listener = new ServerSocket(0, 16, InetAddress.getByName(address));
        open.add(listener);
        return listener;
    }

    private Socket connect(ServerSocket listener) throws IOException {
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        open.add(client);
        return client;
    }

    private Socket accept(ServerSocket listener) throws IOException {
        Socket server = listener.accept();
        open.add(server);
        return server;
    }

    private static List<Line> dump(SocketTable table) throws IOException {
        return table.read().stream()
                .map(socket -> new Line(
                        socket.state(), socket.receiveQueue(), socket.sendQueue(), socket.local(), socket.remote()))
                .toList();
    }

    private static Set<Line> ours(List<Line> lines, Set<Integer> ports) {
        return lines.stream()
                .filter(line -> ports.contains(line.local().port())
                        || ports.contains(line.remote().port()))
                .collect(Collectors.toSet());
    }

    private static List<Line> ss() throws IOException {
        Process ss = new ProcessBuilder("ss", "-tanH").redirectErrorStream(true).start();
        String output = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output.lines().map(SocketTableIT::parse).toList();
    }

    private static Line parse(String line) {
        String[] fields = line.trim().split("\\s+");
        Endpoint remote = endpoint(fields[4]);
        return new Line(
                STATES.get(fields[0]),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                endpoint(fields[3]),
                remote);
    }

    /** {@code 127.0.0.1:80}, {@code [::1]:80}, {@code *:80} for a socket of both families, and {@code *} for no port. */
    private static Endpoint endpoint(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        String address = text.substring(0, colon);
        try {
            InetAddress parsed = address.equals("*")
                    ? Inet6Address.getByAddress(new byte[16])
                    : InetAddress.getByName(address.replaceAll("[\\[\\]]|%.*", ""));
            Endpoint endpoint = Endpoint.of(new InetSocketAddress(parsed, 0));
            int number = port.equals("*") ? 0 : Integer.parseInt(port);
            assertThat(IpAddress.octets(endpoint.high(), endpoint.low())).hasSizeBetween(4, 16);
            return new Endpoint(endpoint.high(), endpoint.low(), number);
        } catch (IOException e) {
            throw new IllegalStateException("ss prints an address that is none: " + text, e);
        }
    }
}
