package io.loopscope.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Every way of reading the table shows the same sockets of this process. */
@EnabledOnOs(OS.LINUX)
class SocketTableTest {
    private ServerSocket listener;
    private Socket client;
    private Socket server;

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        server = listener.accept();
        client.getOutputStream().write(new byte[3]);
        // Answered, so that all three octets have been delivered and acknowledged.
        server.getOutputStream().write(1);
        client.getInputStream().read();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        server.close();
        listener.close();
    }

    @Test
    void netlinkShowsThemWithAges() throws IOException {
        try (SocketTable table = NetlinkSocketTable.open(SocketTable.Detail.AGES)) {
            shows(table);
            assertThat(serverEnd(table)).satisfies(end -> {
                assertThat(end.cookie()).isPositive();
                assertThat(end.lastReceivedMs()).isBetween(0L, 60_000L);
                assertThat(end.lastSentMs()).isBetween(0L, 60_000L);
                assertThat(end.peerWindow()).isPositive();
            });
            assertThat(listening(table).sendQueue()).isEqualTo(5);
            assertThat(table.retries()).isZero();
        }
    }

    @Test
    void procShowsThem() throws IOException {
        shows(new ProcSocketTable(Path.of("/proc/self/net"), List.of()));
    }

    @Test
    void theLibraryForOtherSystemsShowsThem() throws IOException {
        OshiSocketTable table = new OshiSocketTable();
        assertThat(serverEnd(table).state()).isEqualTo(SocketState.ESTABLISHED);
        assertThat(listening(table).state()).isEqualTo(SocketState.LISTEN);
        assertThat(table.limitations()).isNotEmpty();
    }

    @Test
    void theBestWayIsChosen() throws IOException {
        try (SocketTable table = SocketTable.open(SocketTable.Detail.BASIC)) {
            assertThat(table.source()).isEqualTo("sock_diag");
            shows(table);
        }
    }

    @Test
    void theirOwnerIsThisProcess() throws IOException {
        try (SocketTable table = SocketTable.open(SocketTable.Detail.BASIC)) {
            long inode = serverEnd(table).inode();
            SocketOwner owner =
                    SocketOwners.ofProc().find(Set.of(inode)).byInode().get(inode);
            assertThat(owner.pid()).isEqualTo((int) ProcessHandle.current().pid());
            assertThat(owner.process()).isNotEmpty();
            assertThat(owner.fileDescriptor()).isPositive();
            assertThat(owner.openFiles()).isGreaterThan(3);
            assertThat(owner.openFilesLimit()).isGreaterThanOrEqualTo(owner.openFiles());
        }
    }

    private void shows(SocketTable table) throws IOException {
        SocketEntry end = serverEnd(table);
        assertThat(end.state()).isEqualTo(SocketState.ESTABLISHED);
        assertThat(end.receiveQueue()).isEqualTo(3);
        assertThat(end.inode()).isPositive();
        assertThat(end.uid()).isNotNegative();
        assertThat(listening(table).state()).isEqualTo(SocketState.LISTEN);
        assertThat(table.read(any -> false)).isEmpty();
    }

    private SocketEntry serverEnd(SocketTable table) throws IOException {
        return only(table, end(server.getLocalPort()), end(client.getLocalPort()));
    }

    private SocketEntry listening(SocketTable table) throws IOException {
        return table.read(socket -> socket.state() == SocketState.LISTEN).stream()
                .filter(socket -> socket.local().equals(end(listener.getLocalPort())))
                .findFirst()
                .orElseThrow();
    }

    private static SocketEntry only(SocketTable table, Endpoint local, Endpoint remote) throws IOException {
        List<SocketEntry> found = table.read(
                socket -> socket.local().equals(local) && socket.remote().equals(remote));
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static Endpoint end(int port) {
        return Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
}
