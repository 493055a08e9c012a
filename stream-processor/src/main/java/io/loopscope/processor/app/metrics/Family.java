package io.loopscope.processor.app.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.ArrayList;
import java.util.List;

/** The values of one metric at a scrape. */
final class Family {
    private final Metric metric;
    private final List<Value> values = new ArrayList<>();

    private record Value(Labels labels, double number) {}

    Family(Metric metric) {
        this.metric = metric;
    }

    /** The same of a whole number. */
    Family add(long number, String... labels) {
        return add((double) number, labels);
    }

    /** A value for these labels, in the order in which the metric names them. */
    Family add(double number, String... labels) {
        if (labels.length != metric.labels().size()) {
            throw new IllegalArgumentException(metric + " has labels " + metric.labels());
        }
        values.add(new Value(Labels.of(metric.labels().toArray(new String[0]), labels), number));
        return this;
    }

    MetricSnapshot snapshot() {
        return switch (metric.type()) {
            case COUNTER -> counter();
            case GAUGE -> gauge();
            case SUMMARY, HISTOGRAM -> throw new IllegalStateException(metric + " is no plain number");
        };
    }

    private MetricSnapshot counter() {
        CounterSnapshot.Builder builder =
                CounterSnapshot.builder().name(metric.baseName()).help(metric.help());
        for (Value value : values) {
            builder.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(value.labels)
                    .value(value.number)
                    .build());
        }
        return builder.build();
    }

    private MetricSnapshot gauge() {
        GaugeSnapshot.Builder builder =
                GaugeSnapshot.builder().name(metric.baseName()).help(metric.help());
        for (Value value : values) {
            builder.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(value.labels)
                    .value(value.number)
                    .build());
        }
        return builder.build();
    }

    static MetricSnapshot summary(Metric metric, long count, double sum) {
        return SummarySnapshot.builder()
                .name(metric.baseName())
                .help(metric.help())
                .dataPoint(
                        SummaryDataPointSnapshot.builder().count(count).sum(sum).build())
                .build();
    }

    static MetricSnapshot histogram(Metric metric, double[] bounds, long[] counts, double sum) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < counts.length; i++) {
            buckets.bucket(i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY, counts[i]);
        }
        return HistogramSnapshot.builder()
                .name(metric.baseName())
                .help(metric.help())
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build())
                        .sum(sum)
                        .build())
                .build();
    }
}
