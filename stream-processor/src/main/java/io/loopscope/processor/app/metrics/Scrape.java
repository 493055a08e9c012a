package io.loopscope.processor.app.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.loopscope.processor.app.http.Answer;
import io.loopscope.processor.app.http.Request;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /metrics}: the processor's own, those of Kafka Streams and its clients, and those of the JVM. */
public final class Scrape implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrape.class);
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final Pattern OTHER_UNIT = Pattern.compile("\\.(ns|ms)(\\.|$)");
    private static final double NANOS = 1e9;

    private final PrometheusMeterRegistry registry;
    private final Deque<AutoCloseable> bound = new ArrayDeque<>();

    /**
     * Takes numbers from these sources.
     *
     * @param ports server ports that have metrics of their own
     */
    public Scrape(Sources sources, int ports) {
        PrometheusRegistry prometheus = new PrometheusRegistry();
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, prometheus, Clock.SYSTEM);
        registry.config().meterFilter(MeterFilter.deny(Scrape::breaksConventions));
        prometheus.register(new ProcessorCollector(sources, ports));
        JvmGcMetrics collections = new JvmGcMetrics();
        collections.bindTo(registry);
        bound.push(collections);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder("process.cpu", system, of -> of.getProcessCpuTime() / NANOS)
                    .baseUnit("seconds")
                    .description("CPU time of this process.")
                    .register(registry);
        }
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Names with a unit that is no base unit, gauges called counts, metrics without a word: Prometheus' checker objects. */
    private static boolean breaksConventions(Meter.Id meter) {
        String description = meter.getDescription();
        return meter.getName().endsWith(".count")
                || OTHER_UNIT.matcher(meter.getName()).find()
                || "ns".equals(meter.getBaseUnit())
                || description == null
                || description.isBlank();
    }

    /** Adds what Kafka Streams and its clients measure. */
    public void bind(KafkaStreams streams) {
        KafkaStreamsMetrics metrics = new KafkaStreamsMetrics(streams);
        metrics.bindTo(registry);
        bound.push(metrics);
    }

    /** What Prometheus gets, in the form that it asks for. */
    public Answer answer(Request request) {
        request.allow(java.util.Set.of());
        boolean open = request.accept() != null && request.accept().contains("application/openmetrics-text");
        String type = open ? OPEN_METRICS : TEXT;
        return Answer.text(type, registry.scrape(type));
    }

    @Override
    public void close() {
        while (!bound.isEmpty()) {
            try {
                bound.pop().close();
            } catch (Exception e) { // It must not keep the others from being closed.
                LOG.debug("A meter binder did not close", e);
            }
        }
        registry.close();
    }
}
