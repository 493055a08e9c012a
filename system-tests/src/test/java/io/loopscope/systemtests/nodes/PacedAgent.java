package io.loopscope.systemtests.nodes;

import io.loopscope.agent.AgentSettingKeys;
import io.loopscope.agent.AgentSettings;
import io.loopscope.schemas.RecordSerde;
import io.loopscope.schemas.Topic;
import io.loopscope.settings.Logging;
import io.loopscope.settings.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * An agent that sends its share of an input, evenly over a span of time, with the agent's own settings of Kafka's producer. Killed and started again it sends all from the beginning, what is overdue at once: what the
 * brokers have already has the same run and the same numbers.
 */
final class PacedAgent {
    static final String SENDING = "sending";

    private PacedAgent() {}

    /** What it is told. */
    record Order(String bootstrapServers, long seed, int agent, int agents, long startMs, long spanMs) {
        List<String> arguments() {
            return List.of(
                    bootstrapServers,
                    Long.toString(seed),
                    Integer.toString(agent),
                    Integer.toString(agents),
                    Long.toString(startMs),
                    Long.toString(spanMs));
        }

        static Order of(String... arguments) {
            return new Order(
                    arguments[0],
                    Long.parseLong(arguments[1]),
                    Integer.parseInt(arguments[2]),
                    Integer.parseInt(arguments[3]),
                    Long.parseLong(arguments[4]),
                    Long.parseLong(arguments[5]));
        }
    }

    public static void main(String[] arguments) {
        System.exit(send(Order.of(arguments)) ? 0 : 1);
    }

    private static boolean send(Order order) {
        List<Input.Timed> records =
                Input.of(order.seed).share(order.agent, order.agents).records();
        Settings settings = AgentSettingKeys.DEFINITION
                .load()
                .flag("bootstrap", "kafka.bootstrap.servers", order.bootstrapServers)
                .load();
        Logging.start(settings);
        Map<String, Object> properties =
                new HashMap<>(AgentSettings.from(settings).kafka());
        AtomicInteger delivered = new AtomicInteger();
        try (KafkaProducer<String, SpecificRecord> producer = new KafkaProducer<>(
                properties, new StringSerializer(), RecordSerde.capture().serializer())) {
            System.out.println(SENDING + " " + records.size() + " records");
            for (int i = 0; i < records.size(); i++) {
                awaitTime(order.startMs + order.spanMs * i / records.size());
                offer(producer, records.get(i), delivered);
            }
        }
        System.out.printf("delivered %d of %d records%n", delivered.get(), records.size());
        return delivered.get() == records.size();
    }

    /** Kafka's producer refuses what finds no room or no broker soon enough, with the agent's settings: then again. */
    private static void offer(
            KafkaProducer<String, SpecificRecord> producer, Input.Timed record, AtomicInteger delivered) {
        AtomicBoolean refused = new AtomicBoolean();
        Thread caller = Thread.currentThread();
        do {
            refused.set(false);
            Future<RecordMetadata> unused = producer.send(
                    new ProducerRecord<>(Topic.CAPTURE.name(), record.hostId(), record.value()),
                    (metadata, failure) -> {
                        if (failure == null) {
                            delivered.incrementAndGet();
                        } else if (Thread.currentThread().equals(caller)) {
                            refused.set(true);
                        }
                    });
        } while (refused.get());
    }

    private static void awaitTime(long timeMs) {
        for (long left = timeMs - System.currentTimeMillis(); left > 0; left = timeMs - System.currentTimeMillis()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(left));
        }
    }
}
