package io.loopscope.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.doctor.Finding.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespacesTest {
    private static final String HEADING =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    @TempDir
    Path proc;

    @BeforeEach
    void ownProcess() throws IOException {
        process("self", 1, "doctor");
    }

    @Test
    void listenersOfEachNamespaceAreFoundByAnyOfItsProcesses() throws IOException {
        sockets("self", "tcp", listener(22), connection(22));
        process("7", 1, "same");
        process("8", 2, "mariadbd");
        sockets("8", "tcp", listener(3306));
        sockets("8", "tcp6", listener(3306), listener(33060));
        process("9", 2, "also");

        Namespaces namespaces = Namespaces.read(proc, proc.resolve("none"));

        assertThat(namespaces.own().listening()).containsExactly(22);
        assertThat(namespaces.own().connected()).isEqualTo(1);
        assertThat(namespaces.others()).singleElement().satisfies(other -> {
            assertThat(other.id()).isEqualTo(2);
            assertThat(other.listening()).containsExactly(3306, 33060);
            assertThat(other.describe()).contains("net:[2]", "mariadbd", "listening on 3306, 33060");
            assertThat(other.path()).isEqualTo("/proc/" + other.pid() + "/ns/net");
        });
    }

    @Test
    void aNameStandsForItsNamespaceEvenWithoutAProcess() throws IOException {
        Path netns = Files.createDirectory(proc.resolve("netns"));
        Path blue = Files.createFile(netns.resolve("blue"));
        Object inode = Files.getAttribute(blue, "unix:ino");

        Namespaces namespaces = Namespaces.read(proc, netns);

        assertThat(namespaces.others()).singleElement().satisfies(other -> {
            assertThat(other.id()).isEqualTo(inode);
            assertThat(other.path()).isEqualTo("/run/netns/blue");
            assertThat(other.describe()).contains("(blue)", "no process");
        });
    }

    @Test
    void aProcessThatEndsMeanwhileIsPassedOver() throws IOException {
        Files.createDirectories(proc.resolve("10"));

        assertThat(Namespaces.read(proc, proc.resolve("none")).others()).isEmpty();
    }

    @Test
    void listenersElsewhereAndNoneHereMeanTheWrongNamespace() {
        Finding finding =
                NamespaceCheck.judge(new Namespaces(namespace(1), List.of(namespace(2, 3306), namespace(3)), 0));

        assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(finding.saw())
                .contains("net:[2]: process 42 server, listening on 3306")
                .doesNotContain("net:[3]");
        assertThat(finding.remedy()).contains("nsenter --net=/proc/42/ns/net");
    }

    @Test
    void noListenerAnywhereIsAWarning() {
        Finding finding = NamespaceCheck.judge(new Namespaces(namespace(1), List.of(namespace(2)), 5));

        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(finding.saw()).endsWith("protected: 5");
    }

    @Test
    void otherNamespacesAreListedEvenWhenThisOneIsUsed() {
        Finding finding = NamespaceCheck.judge(new Namespaces(namespace(1, 22), List.of(namespace(2, 3306)), 0));

        assertThat(finding.outcome()).isEqualTo(Outcome.OK);
        assertThat(finding.saw()).contains("listening on 22", "net:[2]");
    }

    @Test
    void aLongListOfPortsIsCut() {
        assertThat(namespace(1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ports())
                .isEqualTo("listening on 1, 2, 3, 4, 5, 6, 7, 8 and 2 more");
    }

    private static NetworkNamespace namespace(long id, Integer... listening) {
        return new NetworkNamespace(id, List.of(), 42, "server", new TreeSet<>(List.of(listening)), 0);
    }

    private void process(String pid, long namespace, String command) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(pid));
        Files.createDirectories(folder.resolve("net"));
        Files.createDirectories(folder.resolve("ns"));
        Files.createSymbolicLink(folder.resolve("ns/net"), Path.of("net:[" + namespace + "]"));
        Files.writeString(folder.resolve("comm"), command + "\n");
        Files.writeString(folder.resolve("cmdline"), command + "\0");
    }

    private void sockets(String pid, String table, String... lines) throws IOException {
        Files.writeString(proc.resolve(pid).resolve("net").resolve(table), HEADING + String.join("", lines));
    }

    private static String listener(int port) {
        return "   0: 0100007F:%04X 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1\n"
                .formatted(port);
    }

    private static String connection(int port) {
        return "   1: 0100007F:%04X 0100007F:C000 01 00000000:00000000 00:00000000 00000000     0        0 2\n"
                .formatted(port);
    }
}
