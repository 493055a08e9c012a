package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.detect.ConnectionChange.Type;
import io.loopscope.processor.detect.Counters.Counter;
import io.loopscope.processor.detect.DetectorSettings.Limits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is remembered, for how long, and who makes room. */
class BoundsTest {

    private static final Limits SMALL = new Limits(
            20,
            16,
            16,
            Duration.ofSeconds(150),
            Duration.ofSeconds(60),
            Duration.ofHours(1),
            5,
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofMinutes(15));

    private final Scene scene = new Scene(DetectorSettings.defaults().with(SMALL));

    @Test
    void closedOnesGoFirst() {
        scene.connects(39_999).advance(10);
        scene.connects(40_000).send(40_000, true, "<SEQ=100><CTL=RST>");
        for (int i = 1; i <= 18; i++) {
            scene.connects(40_000 + i);
        }
        scene.connects(40_100);
        assertThat(scene.monitor.connections()).isEqualTo(20);
        assertThat(scene.monitor.connectionBytes(Scene.tuple(40_000))).isNull();
        assertThat(scene.monitor.counters().of(Counter.EVICTED_CLOSED)).isEqualTo(1);
    }

    @Test
    void thenTheOldestHandshakeThenTheLongestIdle() {
        scene.connects(40_001).advance(61);
        scene.send(40_002, true, "<SEQ=99><CTL=SYN>").advance(0.1);
        for (int i = 3; i <= 20; i++) {
            scene.connects(40_000 + i).advance(0.1);
        }
        scene.connects(40_100);
        assertThat(evicted()).containsExactly(40_002);
        scene.connects(40_101);
        assertThat(evicted()).containsExactly(40_002, 40_001);
        scene.connects(40_102);
        assertThat(evicted()).containsExactly(40_002, 40_001, 40_003);
        assertThat(scene.monitor.counters().of(Counter.EVICTED_HANDSHAKES)).isEqualTo(1);
        assertThat(scene.monitor.counters().of(Counter.EVICTED_OPEN)).isEqualTo(2);
    }

    @Test
    void anomaliesOfTheEvictedAreCleared() {
        scene.connects(40_000).clientCloses(40_000).advance(61);
        assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
        for (int i = 1; i <= 20; i++) {
            scene.connects(41_000 + i);
        }
        assertThat(scene.told()).isEqualTo("CLEARED CLOSE_WAIT_STUCK evicted");
    }

    @Test
    void handshakesDoNotPushConnectionsOut() {
        scene.connects(40_000).connects(40_001);
        for (int i = 0; i < 1000; i++) {
            scene.send(20_000 + i, true, "<SEQ=99><CTL=SYN>");
        }
        assertThat(scene.monitor.connections()).isEqualTo(18);
        assertThat(scene.monitor.connectionBytes(Scene.tuple(40_000))).isNotNull();
        assertThat(scene.monitor.counters().of(Counter.EVICTED_HANDSHAKES)).isEqualTo(984);
    }

    @Test
    void idleConnectionIsForgottenUnlessSomethingIsWrongWithIt() {
        scene.connects(40_000);
        scene.connects(40_001).clientCloses(40_001);
        scene.advance(3600);
        assertThat(scene.monitor.connectionBytes(Scene.tuple(40_000))).isNull();
        assertThat(scene.monitor.connectionBytes(Scene.tuple(40_001))).isNotNull();
        assertThat(scene.monitor.counters().of(Counter.EXPIRED)).isEqualTo(1);
        scene.serverCloses(40_001).advance(200);
        assertThat(scene.monitor.connections()).isZero();
    }

    @Test
    void closedConnectionIsRememberedForAMinute() {
        scene.connects(40_000).send(40_000, true, "<SEQ=100><CTL=RST>");
        scene.advance(59.9);
        assertThat(scene.monitor.connections()).isEqualTo(1);
        scene.send(40_000, false, "<SEQ=300><ACK=100><CTL=ACK>");
        assertThat(scene.connections.stream().filter(change -> change.type() == Type.OPENED))
                .as("a late segment is no ghost")
                .hasSize(1);
        scene.advance(60);
        assertThat(scene.monitor.connections()).isZero();
    }

    @Test
    void listenerIsForgottenSomeTimeAfterItsLastConnection() {
        Listener listener = new Listener(0, Scene.LOOPBACK, Scene.SERVER_PORT);
        scene.connects(40_000).send(40_000, true, "<SEQ=100><CTL=RST>").advance(100);
        assertThat(scene.monitor.listenerBytes(listener)).isNotNull();
        scene.advance(400);
        assertThat(scene.monitor.listenerBytes(listener)).isNull();
    }

    @Test
    void everythingEndsAndNothingIsLeft() {
        for (int i = 0; i < 500; i++) {
            scene.connects(30_000 + i);
            if (i % 3 == 0) {
                scene.clientCloses(30_000 + i);
            }
            scene.advance(0.5);
        }
        scene.advance(7200);
        for (int i = 0; i < 500; i++) {
            scene.send(30_000 + i, true, "<SEQ=101><CTL=RST>");
        }
        scene.advance(7200);
        assertThat(scene.monitor.connections()).isZero();
        long opened = scene.connections.stream()
                .filter(change -> change.type() == Type.OPENED)
                .count();
        long closed = scene.connections.stream()
                .filter(change -> change.type() == Type.CLOSED)
                .count();
        assertThat(closed).isEqualTo(opened);
    }

    private List<Integer> evicted() {
        return scene.connections.stream()
                .filter(change ->
                        change.summary() != null && change.summary().endReason().equals("evicted"))
                .map(change -> change.connection().port(io.loopscope.processor.tcp.Role.CLIENT))
                .toList();
    }
}
