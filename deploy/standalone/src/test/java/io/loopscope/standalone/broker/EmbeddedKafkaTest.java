package io.loopscope.standalone.broker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.loopscope.schemas.Topic;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
    @TempDir
    Path folder;

    @Test
    void keepsRecordsAndTopicsFromOneStartToTheNext() throws Exception {
        String clusterId;
        try (var kafka = EmbeddedKafka.start(folder, BrokerAddress.ofFreePorts())) {
            clusterId = kafka.clusterId();
            assertThat(Topics.create(kafka.bootstrapServers()))
                    .containsExactlyElementsOf(
                            Topic.CATALOGUE.stream().map(Topic::name).toList());
            send(kafka, "first");
            assertThat(values(kafka)).containsExactly("first");
        }
        // Other ports than before: only the folder makes it the same broker.
        try (var kafka = EmbeddedKafka.start(folder, BrokerAddress.ofFreePorts())) {
            assertThat(kafka.clusterId()).isEqualTo(clusterId);
            assertThat(Topics.create(kafka.bootstrapServers())).isEmpty();
            send(kafka, "second");
            assertThat(values(kafka)).containsExactly("first", "second");
        }
    }

    @Test
    void makesTopicsWithTheSettingsOfTheCatalogueAndABoundOnTheDiskTheyTake() throws Exception {
        try (var kafka = EmbeddedKafka.start(folder, BrokerAddress.ofFreePorts())) {
            Topics.create(kafka.bootstrapServers());
            assertThat(config(kafka, Topic.ANOMALIES)).containsAllEntriesOf(Topic.ANOMALIES.settings());
            assertThat(config(kafka, Topic.CAPTURE))
                    .containsEntry("message.timestamp.type", "LogAppendTime")
                    .containsEntry("retention.ms", "86400000")
                    .containsEntry("retention.bytes", "1073741824");
        }
    }

    @Test
    void leavesNeitherOpenPortsNorThreadsBehind() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        var address = BrokerAddress.ofFreePorts();
        var kafka = EmbeddedKafka.start(folder, address);
        kafka.close();
        kafka.close();
        for (int port : List.of(address.port(), address.controllerPort())) {
            assertThatThrownBy(() -> connect(port)).isInstanceOf(IOException.class);
        }
        for (Thread thread : keepingTheProcessAlive(before)) {
            thread.join(10_000);
        }
        assertThat(keepingTheProcessAlive(before)).isEmpty();
    }

    @Test
    void listensOnLoopbackOnly() throws Exception {
        var address = BrokerAddress.ofFreePorts();
        try (var kafka = EmbeddedKafka.start(folder, address)) {
            assertThat(kafka.bootstrapServers()).isEqualTo("127.0.0.1:" + address.port());
            // The JDK's sockets are IPv6 ones that also speak IPv4.
            assertThat(Files.readAllLines(Path.of("/proc/net/tcp6")))
                    .filteredOn(line -> line.contains(":%04X 0000".formatted(address.port())) && line.contains(" 0A "))
                    .singleElement()
                    .asString()
                    .contains("0000000000000000FFFF00000100007F:");
        }
    }

    @Test
    void saysWhichPortIsInUse() throws Exception {
        var address = BrokerAddress.ofFreePorts();
        try (var other = new ServerSocket(address.port(), 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedKafka.start(folder, address))
                    .isInstanceOf(OperatingException.class)
                    .hasMessageContaining("127.0.0.1:" + other.getLocalPort())
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void aPortThatIsTakenAtTheLastMomentDoesNotEndTheProcess() throws Exception {
        var address = BrokerAddress.ofFreePorts();
        for (int port : List.of(address.port(), address.controllerPort())) {
            try (var other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThatThrownBy(() -> EmbeddedKafka.launch(folder, address))
                        .isInstanceOf(OperatingException.class)
                        .hasMessageContaining("127.0.0.1:" + other.getLocalPort())
                        .hasMessageContaining("in use");
            }
        }
        EmbeddedKafka.start(folder, address).close();
    }

    @Test
    void refusesTheDataOfAnotherBroker() throws Exception {
        Files.writeString(
                folder.resolve("meta.properties"), "version=1\ncluster.id=fcOHlqUWTgaYyYNfIOo2XA\nnode.id=7\n");
        assertRefused("another Kafka broker");
    }

    @Test
    void refusesPartitionsOfNobodyKnowsWhom() throws Exception {
        Files.createDirectories(folder.resolve("orders-0"));
        assertRefused("without a meta.properties");
    }

    @Test
    void refusesMetaPropertiesThatCannotBeRead() throws Exception {
        Files.writeString(folder.resolve("meta.properties"), "version=1\nnode.id=one\n");
        assertRefused("cannot be read");
    }

    @Test
    void formatsAgainWhatWasInterrupted() throws Exception {
        Files.writeString(folder.resolve("bootstrap.checkpoint"), "");
        EmbeddedKafka.start(folder, BrokerAddress.ofFreePorts()).close();
        assertThat(folder.resolve("meta.properties")).exists();
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> EmbeddedKafka.start(folder, BrokerAddress.ofFreePorts()))
                .isInstanceOf(OperatingException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining(why);
    }

    private static void connect(int port) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        }
    }

    private static List<Thread> keepingTheProcessAlive(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon() && !before.contains(thread))
                .toList();
    }

    private static Map<String, String> config(EmbeddedKafka kafka, Topic topic) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
            return admin.describeConfigs(List.of(resource)).all().get().get(resource).entries().stream()
                    .collect(Collectors.toMap(entry -> entry.name(), entry -> entry.value()));
        }
    }

    private static void send(EmbeddedKafka kafka, String value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(Topic.CAPTURE.name(), "host", value))
                    .get();
        }
    }

    private static List<String> values(EmbeddedKafka kafka) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition(Topic.CAPTURE.name(), 0);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<String> values = new ArrayList<>();
            await().atMost(30, SECONDS).until(() -> {
                consumer.poll(Duration.ofMillis(100))
                        .forEach((ConsumerRecord<String, String> r) -> values.add(r.value()));
                return consumer.position(partition) >= end;
            });
            return values;
        }
    }
}
