package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All that an agent has sent comes once more, as when a topic is mirrored or read again from its beginning. */
class RedeliveryTest {
    private final Pipeline pipeline = new Pipeline();
    private final List<SpecificRecord> sent = new ArrayList<>();
    private final FakeAgent agent = new FakeAgent(Records.HOST, record -> {
        sent.add(record);
        pipeline.send(record);
    });

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void heartbeatsOfAQuietHostAreRecognised() {
        agent.handshake().clientCloses().watches(Duration.ofSeconds(70));
        assertThat(pipeline.connections()).isNotEmpty();
        assertThat(pipeline.anomalies()).isNotEmpty();

        List.copyOf(sent).forEach(pipeline::send);

        assertThat(pipeline.statistics().replayed()).isEqualTo(sent.size());
        assertThat(pipeline.connections()).isEmpty();
        assertThat(pipeline.anomalies()).isEmpty();
    }

    @Test
    void pollAfterTheGoodbyeDoesNotMakeTheAgentSilent() {
        agent.handshake().heartbeat().polls().saysGoodbye();

        List.copyOf(sent).forEach(pipeline::send);
        pipeline.wait(Duration.ofSeconds(30));

        assertThat(pipeline.statistics().replayed()).isEqualTo(sent.size());
        assertThat(pipeline.anomalies()).isEmpty();
    }
}
