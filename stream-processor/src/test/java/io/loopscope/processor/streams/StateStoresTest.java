package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.ConnectionEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateStoresTest {

    @Test
    void rocksDbAndMemoryTellTheSame(@TempDir Path folder) {
        assertThat(story(Pipeline.onDisk(folder))).isNotEmpty().isEqualTo(story(new Pipeline()));
    }

    /** Stops and goes on in the middle. */
    private static List<ConnectionEvent> story(Pipeline opened) {
        try (Pipeline pipeline = opened) {
            FakeAgent agent = new FakeAgent(Records.HOST, pipeline::send);
            agent.handshake().heartbeat();
            List<ConnectionEvent> events = new ArrayList<>(values(pipeline));
            pipeline.restart();
            agent.clientCloses().serverCloses().watches(Duration.ofSeconds(61));
            events.addAll(values(pipeline));
            return events;
        }
    }

    @Test
    void hostThatWasGivenUpIsKnownWhenItReturns() {
        try (Pipeline pipeline = new Pipeline()) {
            FakeAgent agent = new FakeAgent(Records.HOST, pipeline::send);
            agent.handshake().heartbeat();
            pipeline.wait(Duration.ofMinutes(16));
            assertThat(pipeline.anomalies())
                    .extracting(one -> one.value() == null ? "" : one.value().getName())
                    .containsOnly("AGENT_SILENT");
            pipeline.wait(Duration.ofMinutes(16));

            agent.passes(Duration.ofMinutes(32)).heartbeat();

            assertThat(pipeline.anomalies())
                    .extracting(one -> one.value() == null
                            ? ""
                            : String.valueOf(one.value().getClearReason()))
                    .contains("returned");
            assertThat(pipeline.statistics().lostBatches()).isZero();
        }
    }

    private static List<ConnectionEvent> values(Pipeline pipeline) {
        return pipeline.connections().stream().map(TestRecord::value).toList();
    }
}
