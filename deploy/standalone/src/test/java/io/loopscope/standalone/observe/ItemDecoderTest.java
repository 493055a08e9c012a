package io.loopscope.standalone.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.UnreadableRecordException;
import io.loopscope.schemas.registry.RegisteredSchemas;
import io.loopscope.schemas.testing.StandInRegistry;
import io.loopscope.standalone.observe.Item.HeartbeatItem;
import java.nio.file.Path;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemDecoderTest {
    @TempDir
    Path cache;

    @Test
    void whoHasTheRegistryReadsWhatWasWrittenWithIt() {
        try (StandInRegistry registry = StandInRegistry.start()) {
            RegisteredSchemas writer = new RegisteredSchemas(registry.config(cache));
            writer.prepare(RecordCodec.SCHEMAS);
            byte[] framed = new RecordCodec(writer).encode(Samples.heartbeat());
            var read = new ConsumerRecord<>(Topic.CAPTURE.name(), 0, 15, new byte[0], framed);
            SchemaIds reader = new RegisteredSchemas(registry.config(cache.resolve("another")));
            assertThat(new ItemDecoder(reader).decode(read)).singleElement().isInstanceOf(HeartbeatItem.class);
            assertThatThrownBy(() -> new ItemDecoder(SchemaIds.NONE).decode(read))
                    .isInstanceOf(UnreadableRecordException.class)
                    .hasMessageContaining("schema.registry.url");
        }
    }
}
