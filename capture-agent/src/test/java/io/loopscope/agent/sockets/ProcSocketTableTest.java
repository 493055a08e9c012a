package io.loopscope.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Lines as a little-endian kernel prints them. */
class ProcSocketTableTest {
    private static final String HEADING = "  sl  local_address rem_address   st tx_queue rx_queue tr ...\n";
    private static final String LISTENER =
            "   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 26731 1 0 100\n";
    private static final String MAPPED = "   1: 0000000000000000FFFF00000100007F:9C40 "
            + "0000000000000000FFFF00000100007F:2384 01 00000000:00000000 02:000A 00000000  1000 0 31337 2 0 20 4 30\n";
    private static final String TIME_WAIT = "  12: 000080FE00000000FF022A0A0100FEFF:0050 "
            + "00000000000000000000000001000000:D431 06 00000000:00000000 03:1770 00000000     0        0 0 3 0\n";

    private static final String BUSY =
            "   3: 0100007F:1B59 0100007F:9C41 01 000001A0:0000002B 04:00000044 00000003  1000"
                    + "        0 1026244 1 0000000054f817d9 20 4 30 10 -1\n";

    @TempDir
    private Path folder;

    @Test
    void bothFilesAreRead() throws IOException {
        Files.writeString(folder.resolve("tcp"), HEADING + LISTENER);
        Files.writeString(folder.resolve("tcp6"), HEADING + MAPPED + TIME_WAIT);
        assertThat(read(folder))
                .extracting(SocketEntry::local, SocketEntry::remote, SocketEntry::state, SocketEntry::inode)
                .containsExactly(
                        tuple(endpoint("127.0.0.1", 631), endpoint("0.0.0.0", 0), SocketState.LISTEN, 26_731L),
                        tuple(
                                endpoint("127.0.0.1", 40_000),
                                endpoint("127.0.0.1", 9092),
                                SocketState.ESTABLISHED,
                                31_337L),
                        tuple(
                                endpoint("fe80::a2a:2ff:fffe:1", 80),
                                endpoint("::1", 54_321),
                                SocketState.TIME_WAIT,
                                0L));
    }

    @Test
    void queuesTimerAndOwnerAreRead() throws IOException {
        Files.writeString(folder.resolve("tcp"), HEADING + BUSY);
        assertThat(read(folder)).singleElement().satisfies(socket -> {
            assertThat(socket.sendQueue()).isEqualTo(0x1a0);
            assertThat(socket.receiveQueue()).isEqualTo(0x2b);
            assertThat(socket.timer()).isEqualTo(SocketTimer.PROBE);
            assertThat(socket.timerExpiresMs()).isEqualTo(0x44 * 10);
            assertThat(socket.retransmits()).isEqualTo(3);
            assertThat(socket.uid()).isEqualTo(1000);
            assertThat(socket.lastReceivedMs()).isEqualTo(SocketEntry.UNKNOWN);
        });
    }

    @Test
    void aHostWithoutIpv6HasOneFile() throws IOException {
        Files.writeString(folder.resolve("tcp"), HEADING);
        assertThat(read(folder)).isEmpty();
    }

    @Test
    void whatIsNoTableIsAnError() throws IOException {
        assertThatThrownBy(() -> read(folder)).isInstanceOf(IOException.class);
        Files.writeString(folder.resolve("tcp"), HEADING + "nonsense\n");
        assertThatThrownBy(() -> read(folder)).isInstanceOf(IOException.class).hasMessageContaining("nonsense");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theKernelsOwnTableHasOurSocketsUnderOurProcess() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Endpoint local = Endpoint.of((InetSocketAddress) listener.getLocalSocketAddress());
            OwnSockets.Inodes own = OwnSockets.ofProcesses(java.util.Set.of(), java.util.Set.of())
                    .read();
            assertThat(own.unreadable()).isEmpty();
            assertThat(read(Path.of("/proc/self/net")))
                    .filteredOn(entry -> entry.local().equals(local))
                    .singleElement()
                    .satisfies(entry -> {
                        assertThat(entry.state()).isEqualTo(SocketState.LISTEN);
                        assertThat(own.inodes()).contains(entry.inode());
                    });
        }
    }

    private static List<SocketEntry> read(Path folder) throws IOException {
        return new ProcSocketTable(folder, List.of()).read();
    }

    private static Endpoint endpoint(String address, int port) {
        return Endpoint.of(new InetSocketAddress(address, port));
    }
}
