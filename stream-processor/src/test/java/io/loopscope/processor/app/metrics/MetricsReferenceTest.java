package io.loopscope.processor.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Rewrite the page with {@code mvn -pl stream-processor -am test -Dtest=MetricsReferenceTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dloopscope.docs.update=true}.
 */
class MetricsReferenceTest {
    private static final Path PAGE = Path.of("../docs/reference/metrics.md");

    @Test
    void thePageSaysWhatTheCodeSays() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Metrics of the processor

                Generated from the code. Served at `/metrics` in Prometheus' text format, or as OpenMetrics to who asks for it.
                Beside them are those of Kafka Streams and its clients (`kafka_…`) and of the JVM (`jvm_…`, `process_…`), as
                Micrometer names them; left out are those that `promtool check metrics` objects to, such as times in nanoseconds.

                No address and no client's port is ever a label. Ends of connections are there for all eleven states of
                RFC 9293, zeros included; `server_port` is one of the largest (setting `processor.metrics.ports`) or `other`.
                Counters begin at 0 when a processor starts, and count again what an aborted transaction makes it do again.
                What is read off the stores (gauges of hosts, connections, anomalies) is about the partitions that this
                processor has: sum over the processors.

                | Metric | Type | Labels | Meaning |
                |---|---|---|---|
                """);
        for (Metric metric : Metric.values()) {
            page.append("| `%s` | %s | %s | %s |%n"
                    .formatted(
                            metric.exposedName(),
                            metric.type().name().toLowerCase(Locale.ROOT),
                            metric.labels().isEmpty() ? "" : "`" + String.join("`, `", metric.labels()) + "`",
                            metric.help()));
        }
        page.append("""

                Questions that they answer:

                ```
                # Microseconds that a segment costs.
                1e6 * rate(loopscope_processor_segment_seconds_sum[5m]) / rate(loopscope_processor_segment_seconds_count[5m])
                # Connections whose server does not close, by port.
                sum by (server_port) (loopscope_processor_connection_ends{end="server", state="close_wait", evidence="wire"})
                # Of 100 watermarks, 99 are younger than this when they have been processed.
                histogram_quantile(0.99, sum by (le) (rate(loopscope_processor_watermark_age_seconds_bucket[5m])))
                # Something was lost on the way.
                increase(loopscope_processor_lost_batches_total[5m]) > 0 or loopscope_processor_degraded_hosts > 0
                ```
                """);
        if (Boolean.getBoolean("loopscope.docs.update")) {
            Files.writeString(PAGE, page.toString());
        }
        assertThat(PAGE).hasContent(page.toString());
    }

    @Test
    void namesFollowTheConventions() {
        for (Metric metric : Metric.values()) {
            assertThat(metric.baseName())
                    .matches("[a-z][a-z0-9_]*")
                    .doesNotEndWith("_total")
                    .doesNotContain("milli")
                    .doesNotContain("address");
            assertThat(metric.help()).endsWith(".");
            assertThat(metric.labels()).doesNotContain("client_port", "address", "host");
        }
    }
}
