package io.loopscope.processor.app;

import io.loopscope.schemas.Topic;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams;

/** What the consumers of the stream threads measure about themselves. */
final class ConsumerLag {
    private static final String RESTORE = "restore-consumer";

    private final KafkaStreams streams;

    ConsumerLag(KafkaStreams streams) {
        this.streams = streams;
    }

    /** Records of the capture topic that were not read at the last fetch, by partition. */
    Map<Integer, Long> records() {
        Map<Integer, Long> lags = new TreeMap<>();
        for (Map.Entry<MetricName, ? extends Metric> metric : streams.metrics().entrySet()) {
            Map<String, String> tags = metric.getKey().tags();
            if (metric.getKey().name().equals("records-lag")
                    && isCapture(tags.getOrDefault("topic", ""))
                    && !tags.getOrDefault("client-id", "").contains(RESTORE)
                    && metric.getValue().metricValue() instanceof Double lag
                    && lag >= 0) {
                lags.merge(Integer.parseInt(tags.getOrDefault("partition", "-1")), lag.longValue(), Math::max);
            }
        }
        return lags;
    }

    /** For how long the consumer that waited the longest has not polled, seconds; 0 when none ever did. */
    double secondsSincePoll() {
        double longest = 0;
        for (Map.Entry<MetricName, ? extends Metric> metric : streams.metrics().entrySet()) {
            if (metric.getKey().name().equals("last-poll-seconds-ago")
                    && metric.getKey().group().equals("consumer-metrics")
                    && !metric.getKey().tags().getOrDefault("client-id", "").contains(RESTORE)
                    && metric.getValue().metricValue() instanceof Double seconds) {
                longest = Math.max(longest, seconds);
            }
        }
        return longest;
    }

    /** Clients write dots in a topic's name as underscores there. */
    private static boolean isCapture(String topic) {
        return topic.replace('_', '.').equals(Topic.CAPTURE.name().replace('_', '.'));
    }
}
