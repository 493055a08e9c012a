package io.loopscope.standalone.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.settings.OperatingException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
    @TempDir
    Path folder;

    @Test
    void isTheUsersStateFolderByDefault() {
        assertThat(StateFolder.standard(Map.of("XDG_STATE_HOME", "/var/state")))
                .isEqualTo(Path.of("/var/state/loopscope"));
        assertThat(StateFolder.standard(Map.of())).endsWithRaw(Path.of(".local/state/loopscope"));
        assertThat(StateFolder.standard(Map.of("XDG_STATE_HOME", "relative/path")))
                .isEqualTo(StateFolder.standard(Map.of()));
    }

    @Test
    void letsOnlyOneIn() {
        var path = folder.resolve("made/when/missing");
        var first = StateFolder.open(path);
        assertThatThrownBy(() -> StateFolder.open(path))
                .isInstanceOf(OperatingException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("process " + ProcessHandle.current().pid());
        first.close();
        StateFolder.open(path).close();
    }

    @Test
    void saysThatItCannotWriteThere() throws Exception {
        var file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> StateFolder.open(file))
                .isInstanceOf(OperatingException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void remembersWhereTheBrokerListens() {
        assertThat(StateFolder.lastBootstrapServers(folder)).isEmpty();
        try (var state = StateFolder.open(folder)) {
            assertThat(state.lastPort()).isZero();
            state.remember(new BrokerAddress(InetAddress.getLoopbackAddress(), 19092, 19093));
            assertThat(state.lastPort()).isEqualTo(19092);
            assertThat(state.lastControllerPort()).isEqualTo(19093);
        }
        assertThat(StateFolder.lastBootstrapServers(folder)).contains("127.0.0.1:19092");
    }

    @Test
    void forgetsADamagedAddress() throws Exception {
        Files.writeString(folder.resolve("broker.properties"), "port=many\nbootstrap.servers=\\uZZZZ");
        try (var state = StateFolder.open(folder)) {
            assertThat(state.lastPort()).isZero();
        }
        assertThat(StateFolder.lastBootstrapServers(folder)).isEmpty();
    }

    @Test
    void takesTheLastPortAgainOnlyWhileItIsFree() throws Exception {
        var free = BrokerAddress.ofFreePorts();
        var loopback = InetAddress.getLoopbackAddress();
        assertThat(BrokerAddress.choose(loopback, free.port(), free.controllerPort()))
                .isEqualTo(free);
        try (var other = new ServerSocket(free.port(), 1, loopback)) {
            assertThat(BrokerAddress.choose(loopback, other.getLocalPort(), free.controllerPort()))
                    .satisfies(chosen -> assertThat(chosen.port()).isBetween(19092, 19192))
                    .satisfies(chosen -> assertThat(chosen.controllerPort()).isEqualTo(free.controllerPort()));
        }
    }

    @Test
    void refusesAWildcardAddress() throws Exception {
        assertThatThrownBy(() -> new BrokerAddress(InetAddress.getByName("0.0.0.0"), 1, 2))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
