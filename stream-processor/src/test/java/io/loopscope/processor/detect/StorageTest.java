package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.processor.tcp.TcpSettings;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Stored values that are damaged, or of another version, are refused and not guessed at. */
class StorageTest {

    private static final Listener LISTENER = new Listener(0, Scene.LOOPBACK, Scene.SERVER_PORT);

    private final Scene scene =
            new Scene().connects(50_000).clientCloses(50_000).advance(61);

    @Test
    void laterVersionsAreRefused() {
        byte[] connection = later(scene.monitor.connectionBytes(Scene.tuple(50_000)));
        byte[] listener = later(scene.monitor.listenerBytes(LISTENER));
        byte[] host = later(scene.monitor.hostBytes());
        assertThatThrownBy(() -> restorer().connection(Scene.tuple(50_000), connection))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 99");
        assertThatThrownBy(() -> restorer().listener(LISTENER, listener))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 99");
        assertThatThrownBy(() -> restorer().host(host))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 99");
    }

    @Test
    void everyTruncatedValueIsRefused() {
        byte[] connection = scene.monitor.connectionBytes(Scene.tuple(50_000));
        for (int length = 0; length < connection.length; length++) {
            byte[] cut = Arrays.copyOf(connection, length);
            assertThatThrownBy(() -> restorer().connection(Scene.tuple(50_000), cut))
                    .as("%s of %s octets", length, connection.length)
                    .isInstanceOf(IOException.class);
        }
        byte[] host = scene.monitor.hostBytes();
        for (int length = 0; length < host.length; length++) {
            byte[] cut = Arrays.copyOf(host, length);
            assertThatThrownBy(() -> restorer().host(cut)).isInstanceOf(IOException.class);
        }
        byte[] listener = scene.monitor.listenerBytes(LISTENER);
        for (int length = 0; length < listener.length; length++) {
            byte[] cut = Arrays.copyOf(listener, length);
            assertThatThrownBy(() -> restorer().listener(LISTENER, cut)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatIsStoredOfAConnectionIsSmall() {
        assertThat(scene.monitor.connectionBytes(Scene.tuple(50_000)).length).isLessThan(600);
    }

    @Test
    void unknownThingsHaveNoValue() {
        assertThat(scene.monitor.connectionBytes(Scene.tuple(1))).isNull();
        assertThat(scene.monitor.listenerBytes(new Listener(0, Scene.LOOPBACK, 1)))
                .isNull();
    }

    private static byte[] later(byte[] bytes) {
        byte[] changed = bytes.clone();
        changed[0] = 99;
        return changed;
    }

    private static HostMonitor.Restorer restorer() {
        return new HostMonitor.Restorer("host-1", 0, DetectorSettings.defaults(), TcpSettings.DEFAULT);
    }
}
