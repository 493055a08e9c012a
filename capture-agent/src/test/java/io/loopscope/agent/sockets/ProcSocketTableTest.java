package io.loopscope.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    @TempDir
    private Path folder;

    @Test
    void bothFilesAreRead() throws IOException {
        Files.writeString(folder.resolve("tcp"), HEADING + LISTENER);
        Files.writeString(folder.resolve("tcp6"), HEADING + MAPPED + TIME_WAIT);
        assertThat(read(folder))
                .containsExactly(
                        new SocketTable.Entry(
                                endpoint("127.0.0.1", 631), endpoint("0.0.0.0", 0), SocketTable.LISTEN, 26731),
                        new SocketTable.Entry(endpoint("127.0.0.1", 40_000), endpoint("127.0.0.1", 9092), 1, 31337),
                        new SocketTable.Entry(endpoint("fe80::a2a:2ff:fffe:1", 80), endpoint("::1", 54_321), 6, 0));
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
                        assertThat(entry.state()).isEqualTo(SocketTable.LISTEN);
                        assertThat(own.inodes()).contains(entry.inode());
                    });
        }
    }

    private static List<SocketTable.Entry> read(Path folder) throws IOException {
        List<SocketTable.Entry> entries = new ArrayList<>();
        new ProcSocketTable(folder).read(entries::add);
        return entries;
    }

    private static Endpoint endpoint(String address, int port) {
        return Endpoint.of(new InetSocketAddress(address, port));
    }
}
