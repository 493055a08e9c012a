package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.detect.ConnectionRoom;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bound over all hosts of a process, from records to stores. */
class SharedRoomTest {
    private static final int HOSTS = 50;

    private final ConnectionRoom room = new ConnectionRoom(16);

    @Test
    void storesHoldNoMoreThanTheRoom() {
        try (Pipeline pipeline = new Pipeline(new Counters(new Timings(() -> 0, () -> 0), room))) {
            List<FakeAgent> agents = IntStream.range(0, HOSTS)
                    .mapToObj(i -> new FakeAgent("host-" + i, pipeline::send))
                    .toList();
            agents.forEach(FakeAgent::handshake);
            agents.forEach(agent -> agent.watches(Duration.ofSeconds(1)));
            assertThat(room.connections()).isEqualTo(16);
            assertThat(pipeline.read(Stores.CONNECTIONS)).hasSize(16);
            assertThat(pipeline.statistics().evicted()).isEqualTo(HOSTS - 16);
        }
        assertThat(room.connections()).as("the partition is gone").isZero();
    }
}
