package io.loopscope.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NamespaceFactsTest {
    @TempDir
    private Path proc;

    @Test
    void overflowsAndPortsAreRead() throws IOException {
        write("thread-self/net/netstat", """
                TcpExt: SyncookiesSent ListenOverflows ListenDrops
                TcpExt: 1 42 43
                IpExt: InNoRoutes
                IpExt: 0
                """);
        write("sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
        assertThat(NamespaceFacts.read(proc, Set.of())).isEqualTo(new NamespaceFacts(Set.of(), 42L, 32_768, 60_999));
    }

    @Test
    void whatIsNotThereIsNotKnown() throws IOException {
        assertThat(NamespaceFacts.read(proc, Set.of())).isEqualTo(new NamespaceFacts(Set.of(), null, null, null));
        write("thread-self/net/netstat", "TcpExt: SyncookiesSent\nTcpExt: 1\n");
        write("sys/net/ipv4/ip_local_port_range", "many\n");
        assertThat(NamespaceFacts.read(proc, Set.of())).isEqualTo(new NamespaceFacts(Set.of(), null, null, null));
    }

    @Test
    void loopbackAndTheHostsOwnAddressesAreLocal() {
        NamespaceFacts facts = new NamespaceFacts(Set.of(Sockets.at("10.0.0.5", 0)), null, null, null);
        assertThat(facts.isLocal(Sockets.at("127.8.8.8", 80))).isTrue();
        assertThat(facts.isLocal(Sockets.at("::1", 80))).isTrue();
        assertThat(facts.isLocal(Sockets.at("10.0.0.5", 80))).isTrue();
        assertThat(facts.isLocal(Sockets.at("10.0.0.6", 80))).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thisKernelTellsThem() {
        NamespaceFacts facts = NamespaceFacts.ofThisThread();
        assertThat(facts.listenOverflows()).isNotNegative();
        assertThat(facts.ephemeralPortFirst()).isBetween(1, facts.ephemeralPortLast());
    }

    private void write(String file, String text) throws IOException {
        Path path = proc.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
