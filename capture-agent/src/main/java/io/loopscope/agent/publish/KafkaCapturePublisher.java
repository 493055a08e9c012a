package io.loopscope.agent.publish;

import io.loopscope.agent.sockets.Endpoint;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.RecordHead;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.registry.RegistryConfig;
import io.loopscope.schemas.registry.SchemaRegistryException;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes to {@link Topic#CAPTURE}, keyed by host, so that a host's records keep their order. */
public final class KafkaCapturePublisher implements CapturePublisher {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaCapturePublisher.class);
    private static final String TOPIC = Topic.CAPTURE.name();
    /** The publishing thread comes back this often to see whether it is to stop. */
    private static final Duration SCHEMAS_WAIT = Duration.ofMillis(500);

    private final Producer<String, byte[]> producer;
    /** How many publishers share the producer. */
    private final AtomicInteger sharers;

    private final AtomicBoolean closed = new AtomicBoolean();
    private final BrokerEndpoints endpoints;
    private final SchemaRegistration schemas;
    private final RecordCodec codec;
    private final Metric connectionsMade;
    private final Metric connectionsOpen;
    private final LongAdder published = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder failedReports = new LongAdder();
    private final InFlight inFlight = new InFlight();
    private boolean topicKnown;
    private boolean awayLogged;

    KafkaCapturePublisher(Producer<String, byte[]> producer, BrokerEndpoints endpoints, SchemaRegistration schemas) {
        this(producer, endpoints, schemas, new AtomicInteger(1));
    }

    private KafkaCapturePublisher(
            Producer<String, byte[]> producer,
            BrokerEndpoints endpoints,
            SchemaRegistration schemas,
            AtomicInteger sharers) {
        this.sharers = sharers;
        this.producer = producer;
        this.endpoints = endpoints;
        this.schemas = schemas;
        codec = new RecordCodec(schemas.ids());
        connectionsMade = metric(producer, "connection-creation-total");
        connectionsOpen = metric(producer, "connection-count");
    }

    private static Metric metric(Producer<?, ?> producer, String name) {
        return producer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(name))
                .filter(metric -> metric.getKey().group().equals("producer-metrics"))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Kafka's producer does not count its connections"));
    }

    /**
     * Makes a publisher; connects in the background, to Kafka and to the schema registry.
     *
     * @param properties of Kafka's producer
     * @param registry null when there is none
     * @throws OperatingException if Kafka's client refuses the properties
     */
    public static KafkaCapturePublisher open(Map<String, String> properties, @Nullable RegistryConfig registry) {
        try {
            Map<String, Object> all = new HashMap<>(properties);
            Producer<String, byte[]> producer =
                    new KafkaProducer<>(all, new StringSerializer(), new ByteArraySerializer());
            String bootstrap = properties.getOrDefault(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "");
            List<String> servers = new ArrayList<>(List.of(bootstrap.strip().split("\\s*,\\s*")));
            if (registry == null) {
                return new KafkaCapturePublisher(producer, new BrokerEndpoints(servers), SchemaRegistration.NONE);
            }
            servers.addAll(registry.endpoints());
            return new KafkaCapturePublisher(
                    producer, new BrokerEndpoints(servers), SchemaRegistration.start(registry));
        } catch (KafkaException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new OperatingException(
                    "Kafka's client cannot be started: " + reason.getMessage(),
                    "Check the settings below kafka, bootstrap.servers first.",
                    ExitCode.BAD_CONFIGURATION,
                    e);
        }
    }

    /** Another publisher for another thread, with counters of its own and the same client of Kafka. */
    public KafkaCapturePublisher another() {
        sharers.incrementAndGet();
        return new KafkaCapturePublisher(producer, endpoints.another(), schemas, sharers);
    }

    /**
     * Waits until the schemas' ids are known; returns at once without a registry.
     *
     * @throws SchemaRegistryException when the time is over, with what the registry said last
     */
    public void awaitSchemas(Duration timeout) {
        if (!schemas.await(timeout)) {
            throw schemas.failure();
        }
    }

    @Override
    public RecordHead batchHead() {
        return schemas.ids().head(CaptureBatch.getClassSchema());
    }

    @Override
    public boolean offer(EncodedBatch batch) {
        return schemas.await(SCHEMAS_WAIT) && send(batch.hostId(), batch.octets(), batch.segments(), 0);
    }

    @Override
    public boolean offer(Heartbeat heartbeat) {
        return schemas.await(SCHEMAS_WAIT) && send(heartbeat.getHostId(), codec.encode(heartbeat), 0, 0);
    }

    @Override
    public boolean offer(SocketReport report) {
        return schemas.await(SCHEMAS_WAIT) && send(report.getHostId(), codec.encode(report), 0, 1);
    }

    private boolean send(String hostId, byte[] value, long segments, int reports) {
        Delivery delivery = new Delivery(segments, reports);
        inFlight.begin();
        var unused = producer.send(new ProducerRecord<>(TOPIC, hostId, value), delivery);
        boolean taken = !delivery.isRefusedForNow();
        logChange(taken, delivery.refusal());
        topicKnown |= taken;
        return taken;
    }

    private void logChange(boolean taken, String refusal) {
        if (!taken && !awayLogged) {
            LOG.warn("Kafka takes no records now ({}). What is captured is kept as long as there is room", refusal);
        } else if (taken && awayLogged) {
            LOG.info("Kafka takes records again");
        }
        awayLogged = !taken;
    }

    /** The fate of one record. Kafka tells a refusal by the same callback, but on the calling thread within send. */
    private final class Delivery implements Callback {
        private final long segments;
        private final int reports;
        private final Thread caller = Thread.currentThread();
        private volatile String refusal = "";

        Delivery(long segments, int reports) {
            this.segments = segments;
            this.reports = reports;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure == null) {
                published.add(segments);
            } else if (failure instanceof TimeoutException && Thread.currentThread() == caller) {
                // No room in the producer's buffer, or no broker yet that knows the topic.
                refusal = String.valueOf(failure.getMessage());
            } else {
                failed.add(segments);
                failedReports.add(reports);
                LOG.error(
                        "A record with {} segments could not be delivered and is lost: {}",
                        segments,
                        failure.toString());
            }
            inFlight.end();
        }

        boolean isRefusedForNow() {
            return !refusal.isEmpty();
        }

        String refusal() {
            return refusal;
        }
    }

    @Override
    public long publishedSegments() {
        return published.sum();
    }

    @Override
    public long failedSegments() {
        return failed.sum();
    }

    @Override
    public long failedReports() {
        return failedReports.sum();
    }

    @Override
    public Collection<Endpoint> brokers() {
        return endpoints.of(topicKnown ? clusterNodes() : List.of());
    }

    /** From the client's metadata; every broker that the client may write to is among them. */
    private List<String> clusterNodes() {
        try {
            return producer.partitionsFor(TOPIC).stream()
                    .flatMap(partition -> Arrays.stream(partition.replicas()))
                    .filter(node -> !node.isEmpty())
                    .map(node -> node.host() + ':' + node.port())
                    .distinct()
                    .toList();
        } catch (KafkaException e) { // The metadata has run out and no broker is there to ask.
            return List.of();
        }
    }

    @Override
    public long connectionsMade() {
        return number(connectionsMade);
    }

    @Override
    public long connectionsOpen() {
        return number(connectionsOpen);
    }

    private static long number(Metric metric) {
        return metric.metricValue() instanceof Number number ? number.longValue() : 0;
    }

    @Override
    public boolean awaitReady(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                topicKnown = !producer.partitionsFor(TOPIC).isEmpty();
                return topicKnown;
            } catch (TimeoutException e) {
                if (System.nanoTime() - deadline >= 0) {
                    return false;
                }
            }
        }
    }

    @Override
    public boolean awaitDelivered(Duration timeout) {
        return inFlight.awaitNone(timeout);
    }

    @Override
    public void close(Duration timeout) {
        // What the others have published is not waited for: they may go on for a long time.
        boolean first = closed.compareAndSet(false, true);
        if ((first ? sharers.decrementAndGet() : sharers.get()) == 0) {
            schemas.close();
            producer.close(timeout);
        }
    }
}
