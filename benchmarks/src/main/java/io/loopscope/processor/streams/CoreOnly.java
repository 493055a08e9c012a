package io.loopscope.processor.streams;

import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.HostMonitor;
import io.loopscope.processor.detect.Step;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.Topic;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The processor's work on a record without Kafka Streams and without stored state: the same reading, the same detector,
 * the same events encoded. In the processor's package, because it calls what only that may call.
 */
public final class CoreOnly {
    private static final Map<String, String> TOPICS = Map.of(
            ConnectionTopology.CONNECTIONS, Topic.CONNECTIONS.name(),
            ConnectionTopology.ANOMALIES, Topic.ANOMALIES.name(),
            ConnectionTopology.CENSUS, Topic.CENSUS.name());

    /** Where events go. */
    public interface Output {
        /** One more; the value is null for a tombstone. */
        void published(String topic, byte[] key, byte @Nullable [] value, Headers headers);
    }

    private final CaptureReader reader = new CaptureReader(new RecordCodec());
    private final RecordCodec codec = new RecordCodec();
    private final Map<HostKey, HostMonitor> monitors = new HashMap<>();
    private final Map<HostKey, AgentRuns> books = new HashMap<>();
    private final Step step = Step.withoutStorage(true);
    private final Counters counters = new Counters();
    private final Output output;
    private long events;
    private long octets;

    /** Gives events to an output. */
    public CoreOnly(Output output) {
        this.output = output;
    }

    /** Reads a record and does what follows. */
    public void process(byte[] key, byte[] value, long timestamp) {
        Delivery delivery = reader.delivery(key, value);
        HostKey host = delivery.host();
        delivery.enter(books.computeIfAbsent(host, unknown -> new AgentRuns()));
        HostMonitor monitor = monitors.computeIfAbsent(
                host,
                unknown -> new HostMonitor(
                        unknown.hostId(),
                        unknown.networkNamespace(),
                        DetectorSettings.defaults(),
                        TcpSettings.DEFAULT));
        delivery.apply(monitor, step);
        delivery.count(counters);
        Effects found = new Effects(codec, timestamp);
        found.collect(host, monitor, step);
        step.clear();
        found.publications((sink, record) -> {
            events++;
            octets += record.value() == null ? 0 : record.value().length;
            output.published(TOPICS.getOrDefault(sink, sink), record.key(), record.value(), record.headers());
        });
    }

    /** Items of batches so far. */
    public long segments() {
        return counters.snapshot().segments();
    }

    /** Records that would have been published. */
    public long events() {
        return events;
    }

    /** Octets of their values. */
    public long octets() {
        return octets;
    }
}
