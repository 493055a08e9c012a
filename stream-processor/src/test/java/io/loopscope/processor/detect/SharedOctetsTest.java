package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.TcpSettings;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What is stored of an idle connection and what it is packed into are the same octets. */
class SharedOctetsTest {

    private static final FourTuple TUPLE = Scene.tuple(40_000);

    private final Scene scene = new Scene().connects(40_000);

    @Test
    void idleConnectionIsKeptInWhatIsStoredOfIt() {
        scene.advance(61);
        byte[] stored = scene.monitor.connectionBytes(TUPLE);
        assertThat(isKeptIn(scene.monitor, stored)).isTrue();
        byte[] before = stored.clone();
        scene.send(40_000, true, "<SEQ=100><ACK=300><CTL=FIN,ACK>").advance(100);
        assertThat(stored).as("it is not changed any more").isEqualTo(before);
        assertThat(scene.monitor.connectionBytes(TUPLE)).isNotEqualTo(before);
    }

    @Test
    void busyOneIsNot() {
        assertThat(isKeptIn(scene.monitor, scene.monitor.connectionBytes(TUPLE)))
                .isFalse();
    }

    @Test
    void restoredIdleConnectionIsKeptInWhatWasStored() throws IOException {
        scene.advance(61);
        byte[] stored = scene.monitor.connectionBytes(TUPLE);
        HostMonitor restored = new HostMonitor.Restorer("host-1", 0, DetectorSettings.defaults(), TcpSettings.DEFAULT)
                .host(scene.monitor.hostBytes())
                .connection(TUPLE, stored)
                .restore(new Step());
        assertThat(isKeptIn(restored, stored)).isTrue();
        assertThat(restored.connectionBytes(TUPLE)).isEqualTo(stored);
    }

    /** Asked of the object itself: it says so of octets that it has already, whatever the limits. */
    private static boolean isKeptIn(HostMonitor monitor, byte[] stored) {
        Tracked tracked = monitor.tracked(TUPLE);
        return tracked != null && tracked.connection.share(stored, 0, 0);
    }
}
