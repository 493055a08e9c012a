package io.loopscope.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.ConnectionEventType;
import io.loopscope.settings.ExitCode;
import io.loopscope.systemtests.harness.Broker;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.FloodedHost;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.RawProducer;
import io.loopscope.systemtests.harness.Waits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A SYN flood through Kafka, at a processor with a small heap: one anomaly per listener, and the others are still tracked. */
class SynFloodIT {
    private static final int HEALTHY = 50;
    private static final int BATCHES = 300;
    private static final int PER_BATCH = 500;
    private static final int WATCHED_SECONDS = 300;

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private final RecordCodec codec = new RecordCodec();
    private final FloodedHost host = new FloodedHost();
    private final Map<String, Integer> floods = new TreeMap<>();
    private int closedInOrder;

    @Test
    void isOneAnomalyPerListenerAndHealthyConnectionsAreStillTracked() {
        Broker broker = Broker.start(PROCESSES);
        ChildProcess processor = PROCESSES.startLoopscope(
                "processor",
                Map.of("LOOPSCOPE_JAVA_OPTS", "-Xmx384m"),
                "processor",
                "--bootstrap-servers",
                broker.bootstrapServers());
        try (RawProducer producer = new RawProducer(broker.bootstrapServers())) {
            send(producer, host.open(HEALTHY));
            for (int i = 1; i <= BATCHES; i++) {
                send(producer, host.flood(PER_BATCH));
                if (i % 20 == 0) {
                    send(producer, host.promise(1));
                }
            }
            send(producer, host.close(HEALTHY));
            send(producer, host.promise(1));
            // Until the last handshake is forgotten, and the anomaly has been over for a while that somebody watched.
            for (int second = 0; second < WATCHED_SECONDS; second++) {
                send(producer, host.promise(1));
            }
        }

        try (var consumer = consumer(broker)) {
            Awaitility.await("end of the flood")
                    .atMost(Duration.ofMinutes(3))
                    .failFast("the processor has ended", () -> !processor.isAlive())
                    .until(() -> read(consumer));
        }

        assertThat(floods)
                .containsOnly(
                        Map.entry("OPENED 80", 1),
                        Map.entry("OPENED 443", 1),
                        Map.entry("CLEARED 80", 1),
                        Map.entry("CLEARED 443", 1));
        assertThat(closedInOrder).isEqualTo(HEALTHY);
        assertThat(processor.terminate()).isEqualTo(ExitCode.OK);
        assertThat(processor.errors()).as("told to the end").contains("Stopped after");
    }

    @Test
    void aProcessorThatStillWaitsForKafkaIsStoppedLikeAnyOther() {
        ChildProcess processor = PROCESSES.startLoopscope("waiting", "processor", "--bootstrap-servers", "127.0.0.1:1");
        processor.awaitOutput(Pattern.compile("Loopscope processor"), Waits.PROGRAM);

        assertThat(processor.terminate()).isEqualTo(ExitCode.OK);
    }

    private void send(RawProducer producer, SpecificRecord record) {
        producer.send(Topic.CAPTURE, FloodedHost.NAME.getBytes(UTF_8), codec.encode(record));
    }

    private boolean read(KafkaConsumer<byte[], byte[]> consumer) {
        for (ConsumerRecord<byte[], byte[]> read : consumer.poll(Duration.ofMillis(200))) {
            if (read.value() != null) {
                count(codec.decode(read.value()));
            }
        }
        return floods.keySet().containsAll(List.of("CLEARED 80", "CLEARED 443")) && closedInOrder == HEALTHY;
    }

    private void count(SpecificRecord event) {
        if (event instanceof AnomalyEvent anomaly && anomaly.getName().equals("SYN_FLOOD")) {
            floods.merge(anomaly.getStage() + " " + anomaly.getServer().getPort(), 1, Integer::sum);
        } else if (event instanceof ConnectionEvent change
                && change.getType() == ConnectionEventType.CLOSED
                && FloodedHost.isOwn(change.getClient())
                && change.getSummary().getEndReason().equals("closed")) {
            closedInOrder++;
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Broker broker) {
        var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = List.of(Topic.CONNECTIONS, Topic.ANOMALIES).stream()
                .map(topic -> new TopicPartition(topic.name(), 0))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }
}
