package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.detect.ConnectionChange.Type;
import io.loopscope.processor.detect.Counters.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The bound over all hosts of a process. */
class ConnectionRoomTest {

    private static final int ROOM = 100;

    private final ConnectionRoom room = new ConnectionRoom(ROOM);

    @Test
    void manyHostsHaveNoMoreThanTheRoomWhenEachWasHeardOf() {
        List<Scene> hosts = Stream.generate(this::host).limit(40).toList();
        for (int round = 0; round < 10; round++) {
            for (int host = 0; host < hosts.size(); host++) {
                for (int i = 0; i <= host % 7; i++) {
                    hosts.get(host).connects(40_000 + 10 * round + i);
                }
            }
            hosts.forEach(host -> host.advance(1));
            assertThat(room.connections()).isLessThanOrEqualTo(ROOM).isEqualTo(sum(hosts));
        }
        assertThat(room.connections()).isEqualTo(ROOM);
        assertThat(hosts)
                .allSatisfy(host -> assertThat(host.monitor.connections())
                        .as("a host keeps its share, whoever has more")
                        .isGreaterThanOrEqualTo(ROOM / 40));
        hosts.forEach(host -> {
            assertThat(host.monitor.counters().of(Counter.EVICTED_OPEN))
                    .as("each is told and counted")
                    .isEqualTo(host.connections.stream()
                            .filter(change -> change.type() == Type.CLOSED)
                            .count());
            host.assertStored();
        });
    }

    @Test
    void hostThatTakesTooMuchMakesRoomForTheOthers() {
        Scene greedy = host();
        Scene modest = host();
        connect(greedy, 90);
        connect(modest, 30);
        assertThat(room.connections()).as("until the greedy one is heard of").isEqualTo(120);
        greedy.advance(1);
        assertThat(greedy.monitor.connections()).isEqualTo(70);
        assertThat(modest.monitor.connections()).isEqualTo(30);
    }

    @Test
    void closedOnesGoFirstOnAnyHost() {
        Scene greedy = host();
        Scene modest = host();
        connect(modest, 10);
        modest.send(40_003, true, "<SEQ=100><CTL=RST>");
        connect(greedy, 90);
        host().connects(40_000);
        modest.advance(1);
        assertThat(modest.monitor.connectionBytes(Scene.tuple(40_003)) == null)
                .as("forgotten")
                .isTrue();
        assertThat(modest.monitor.counters().of(Counter.EVICTED_CLOSED)).isEqualTo(1);
        greedy.advance(1);
        assertThat(greedy.monitor.connections()).isEqualTo(90);
        assertThat(room.connections()).isEqualTo(ROOM);
    }

    @Test
    void thenTheOldestHandshakesThenTheLongestIdle() {
        Scene greedy = host();
        connect(greedy, 98);
        greedy.advance(61);
        greedy.send(50_000, true, "<SEQ=99><CTL=SYN>").advance(1);
        greedy.send(50_001, true, "<SEQ=99><CTL=SYN>").advance(1);
        Scene modest = host();
        connect(modest, 1);
        greedy.advance(1);
        assertThat(greedy.monitor.connectionBytes(Scene.tuple(50_000))).isNull();
        assertThat(greedy.monitor.connectionBytes(Scene.tuple(50_001))).isNotNull();
        modest.connects(41_001).connects(41_002);
        greedy.advance(1);
        assertThat(greedy.monitor.connectionBytes(Scene.tuple(50_001))).isNull();
        assertThat(greedy.monitor.connectionBytes(Scene.tuple(40_000)))
                .as("idle for longest")
                .isNull();
        assertThat(greedy.monitor.counters().of(Counter.EVICTED_HANDSHAKES)).isEqualTo(2);
        assertThat(greedy.monitor.counters().of(Counter.EVICTED_OPEN)).isEqualTo(1);
    }

    @Test
    void newestConnectionIsNotItsOwnVictim() {
        List<Scene> hosts = new ArrayList<>();
        for (int i = 0; i <= ROOM; i++) {
            hosts.add(host().connects(40_000));
        }
        assertThat(room.share()).isZero();
        assertThat(hosts.get(ROOM).monitor.connectionBytes(Scene.tuple(40_000))).isNotNull();
    }

    @Test
    void hostThatLeavesTakesNoRoomAnyMore() {
        Scene leaving = host();
        Scene staying = host();
        connect(leaving, 60);
        connect(staying, 40);
        leaving.monitor.leave();
        assertThat(room.connections()).isEqualTo(40);
        assertThat(room.share()).isEqualTo(ROOM);
        connect(staying, 100);
        assertThat(staying.monitor.connections()).isEqualTo(ROOM);
    }

    private Scene host() {
        Scene scene = new Scene();
        scene.monitor.share(room);
        return scene;
    }

    private static void connect(Scene scene, int number) {
        IntStream.range(0, number).forEach(i -> scene.connects(40_000 + i));
    }

    private static int sum(List<Scene> hosts) {
        return hosts.stream().mapToInt(host -> host.monitor.connections()).sum();
    }
}
