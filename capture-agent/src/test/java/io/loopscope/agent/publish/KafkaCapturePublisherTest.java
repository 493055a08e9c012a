package io.loopscope.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.agent.sockets.Endpoint;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.agent.track.Items;
import io.loopscope.schemas.Topic;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Time;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class KafkaCapturePublisherTest {
    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(false, new RoundRobinPartitioner(), new StringSerializer(), new ByteArraySerializer());

    @Test
    void recordsGoToTheCaptureTopicUnderTheirHost() {
        KafkaCapturePublisher publisher = publisher();
        assertThat(publisher.offer(batch(3))).isTrue();
        assertThat(publisher.publishedSegments()).isZero();
        producer.completeNext();
        assertThat(producer.history()).singleElement().satisfies(record -> {
            assertThat(record.topic()).isEqualTo(Topic.CAPTURE.name());
            assertThat(record.key()).isEqualTo("host-1");
            assertThat(record.timestamp()).isNull();
        });
        assertThat(publisher.publishedSegments()).isEqualTo(3);
        assertThat(publisher.failedSegments()).isZero();
    }

    @Test
    void whatKafkaRefusesForGoodIsCountedAsLost() {
        KafkaCapturePublisher publisher = publisher();
        publisher.offer(batch(3));
        publisher.offer(batch(4));
        publisher.offer(batch(5));
        producer.errorNext(new RecordTooLargeException("too large"));
        producer.completeNext();
        // From the network thread: the delivery timeout has passed.
        Thread network = new Thread(() -> producer.errorNext(new TimeoutException("too late")));
        network.start();
        join(network);
        assertThat(publisher.failedSegments()).isEqualTo(8);
        assertThat(publisher.publishedSegments()).isEqualTo(4);
    }

    @Test
    void theFateOfAllThatWasTakenCanBeWaitedFor() {
        KafkaCapturePublisher publisher = publisher();
        assertThat(publisher.awaitDelivered(Duration.ZERO)).isTrue();
        publisher.offer(batch(3));
        publisher.offer(batch(4));
        producer.completeNext();
        assertThat(publisher.awaitDelivered(Duration.ofMillis(5))).isFalse();
        Thread network = new Thread(() -> producer.errorNext(new TimeoutException("too late")));
        network.start();
        assertThat(publisher.awaitDelivered(Duration.ofMinutes(1))).isTrue();
        assertThat(publisher.publishedSegments()).isEqualTo(3);
        assertThat(publisher.failedSegments()).isEqualTo(4);
        join(network);
    }

    @Test
    void aBrokerThatIsAwayIsNoLoss() throws IOException {
        int port;
        try (ServerSocket reserved = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = reserved.getLocalPort();
        }
        Map<String, String> properties =
                Map.of("bootstrap.servers", "127.0.0.1:" + port, "max.block.ms", "50", "enable.idempotence", "true");
        try (KafkaCapturePublisher publisher = KafkaCapturePublisher.open(properties, null)) {
            EncodedBatch batch = batch(2);
            assertThat(publisher.offer(batch)).isFalse();
            assertThat(publisher.offer(batch)).isFalse();
            assertThat(publisher.failedSegments()).isZero();
            assertThat(publisher.awaitReady(Duration.ofMillis(60))).isFalse();
            assertThat(publisher.connectionsMade()).isZero();
        }
    }

    @Test
    void itsBrokersAreKnownBeforeItIsConnected() throws Exception {
        Map<String, String> properties = Map.of("bootstrap.servers", "127.0.0.1:9, [::1]:10", "max.block.ms", "1");
        try (KafkaCapturePublisher publisher = KafkaCapturePublisher.open(properties, null)) {
            Awaitility.await().until(() -> publisher.brokers().size() == 2);
            assertThat(publisher.brokers()).containsExactlyInAnyOrder(at("127.0.0.1", 9), at("::1", 10));
        }
    }

    @Test
    void propertiesThatKafkaRefusesAreABadConfiguration() {
        assertThatThrownBy(() -> KafkaCapturePublisher.open(Map.of("bootstrap.servers", "nonsense"), null))
                .isInstanceOfSatisfying(
                        OperatingException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION))
                .hasMessageContaining("nonsense");
        assertThatThrownBy(() -> KafkaCapturePublisher.open(Map.of("bootstrap.servers", "h:1", "acks", "some"), null))
                .isInstanceOf(OperatingException.class)
                .hasCauseInstanceOf(KafkaException.class);
    }

    private KafkaCapturePublisher publisher() {
        for (String counted : List.of("connection-creation-total", "connection-count")) {
            MetricName name = new MetricName(counted, "producer-metrics", "", Map.of());
            producer.setMockMetrics(
                    name, new KafkaMetric(new Object(), name, (config, now) -> 1, new MetricConfig(), Time.SYSTEM));
        }
        return new KafkaCapturePublisher(
                producer, new BrokerEndpoints(List.of("127.0.0.1:9")), SchemaRegistration.NONE);
    }

    private static EncodedBatch batch(int segments) {
        BatchBuilder builder = new BatchBuilder(new Identity("host-1", "", 1, 0), "lo", 500);
        for (int i = 0; i < segments; i++) {
            builder.add(Items.of(Headers.of("::1", "::1", PacketBytes.tcp()), i));
        }
        return builder.take(0);
    }

    private static Endpoint at(String address, int port) {
        return Endpoint.of(new InetSocketAddress(address, port));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
