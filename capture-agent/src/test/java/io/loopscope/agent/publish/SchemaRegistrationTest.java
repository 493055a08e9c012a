package io.loopscope.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.agent.track.Items;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.registry.RegisteredSchemas;
import io.loopscope.schemas.registry.RegistryConfig;
import io.loopscope.schemas.registry.SchemaRegistryException;
import io.loopscope.schemas.testing.StandInRegistry;
import io.loopscope.schemas.v1.CaptureBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Time;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent with a schema registry, here or away. */
class SchemaRegistrationTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path cache;

    private final StandInRegistry registry = StandInRegistry.start(300);
    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(true, new RoundRobinPartitioner(), new StringSerializer(), new ByteArraySerializer());

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void batchesBeginWithTheIdThatTheRegistryGave() {
        RegistryConfig config = registry.config(cache);
        try (KafkaCapturePublisher publisher = publisher(config)) {
            publisher.awaitSchemas(LONG);
            assertThat(publisher.offer(batch(publisher, 3))).isTrue();
            assertThat(sent()).hasSize(1).allSatisfy(value -> assertThat(value).startsWith(0, 0, 0, 1, 44));
            RecordCodec reader = new RecordCodec(new RegisteredSchemas(config));
            assertThat(reader.decode(sent().get(0))).isInstanceOfSatisfying(CaptureBatch.class, batch -> {
                assertThat(batch.getSegments()).hasSize(3);
                RecordCodec writer = new RecordCodec(prepared(config));
                assertThat(writer.encode(batch)).isEqualTo(sent().get(0));
            });
        }
    }

    @Test
    void whileTheIdsAreNotKnownNothingIsTakenAndNothingIsLost() {
        registry.goAway();
        try (KafkaCapturePublisher publisher = publisher(registry.config(cache))) {
            EncodedBatch batch = batch(publisher, 2);
            assertThat(publisher.offer(batch)).isFalse();
            assertThatThrownBy(() -> publisher.awaitSchemas(Duration.ZERO))
                    .isInstanceOf(SchemaRegistryException.class)
                    .hasMessageContaining(registry.url());
            assertThat(sent()).isEmpty();
            registry.comeBack();
            Awaitility.await().atMost(LONG).until(() -> publisher.offer(batch));
            assertThat(sent()).hasSize(1);
            assertThat(publisher.publishedSegments()).isEqualTo(2);
            assertThat(publisher.failedSegments()).isZero();
        }
    }

    @Test
    void whoHasStartedOnceNeedsNoRegistryToStartAgain() {
        RegistryConfig config = registry.config(cache);
        try (KafkaCapturePublisher publisher = publisher(config)) {
            publisher.awaitSchemas(LONG);
        }
        registry.goAway();
        MockProducer<String, byte[]> second = new MockProducer<>(
                true, new RoundRobinPartitioner(), new StringSerializer(), new ByteArraySerializer());
        try (KafkaCapturePublisher publisher = publisher(second, config)) {
            publisher.awaitSchemas(LONG);
            assertThat(publisher.offer(batch(publisher, 1))).isTrue();
            assertThat(second.history()).hasSize(1);
        }
    }

    @Test
    void theRegistryIsAmongTheEndpointsThatAreLookedAfter() {
        Map<String, String> properties = Map.of("bootstrap.servers", "127.0.0.1:9", "max.block.ms", "1");
        try (KafkaCapturePublisher publisher = KafkaCapturePublisher.open(properties, registry.config(cache))) {
            Awaitility.await().atMost(LONG).until(() -> publisher.brokers().size() == 2);
        }
    }

    private static RegisteredSchemas prepared(RegistryConfig config) {
        RegisteredSchemas schemas = new RegisteredSchemas(config);
        schemas.prepare(RecordCodec.SCHEMAS);
        return schemas;
    }

    private List<byte[]> sent() {
        return producer.history().stream().map(ProducerRecord::value).toList();
    }

    private KafkaCapturePublisher publisher(RegistryConfig config) {
        return publisher(producer, config);
    }

    private static KafkaCapturePublisher publisher(MockProducer<String, byte[]> producer, RegistryConfig config) {
        for (String counted : List.of("connection-creation-total", "connection-count")) {
            MetricName name = new MetricName(counted, "producer-metrics", "", Map.of());
            producer.setMockMetrics(
                    name, new KafkaMetric(new Object(), name, (any, now) -> 1, new MetricConfig(), Time.SYSTEM));
        }
        return new KafkaCapturePublisher(
                producer, new BrokerEndpoints(config.endpoints()), SchemaRegistration.start(config));
    }

    private static EncodedBatch batch(KafkaCapturePublisher publisher, int segments) {
        BatchBuilder builder = new BatchBuilder(new Identity("host-1", "", 1, 0), "lo", 500, publisher.batchHead());
        for (int i = 0; i < segments; i++) {
            builder.add(Items.of(Headers.of("::1", "::1", PacketBytes.tcp()), i));
        }
        return builder.take(0);
    }
}
