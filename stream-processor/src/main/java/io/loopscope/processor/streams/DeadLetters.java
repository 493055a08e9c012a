package io.loopscope.processor.streams;

import io.loopscope.schemas.Topic;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what cannot be used to the dead-letter topic: key, value and headers as they came, and headers that say why and
 * from where. What would be larger than that topic takes is cut: see {@link CutRecord}.
 */
final class DeadLetters {
    static final String REASON = "loopscope.reason";
    static final String ERROR = "loopscope.error";
    static final String SOURCE_TOPIC = "loopscope.source.topic";
    static final String SOURCE_PARTITION = "loopscope.source.partition";
    static final String SOURCE_OFFSET = "loopscope.source.offset";
    static final String SOURCE_TIMESTAMP = "loopscope.source.timestamp";
    /** Where an event was to go; only of those that were too large. */
    static final String TARGET_TOPIC = "loopscope.target.topic";
    /** How many octets the value had; only when it was cut. */
    static final String VALUE_OCTETS = "loopscope.value.octets";

    /** A record may have hundreds of connections, each with its failure. */
    private static final int ERROR_CHARACTERS = 4_000;

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final ProcessorContext<byte[], byte[]> context;
    private final Counters counters;
    private final RecordLimits limits;

    DeadLetters(ProcessorContext<byte[], byte[]> context, Counters counters, RecordLimits limits) {
        this.context = context;
        this.counters = counters;
        this.limits = limits;
    }

    void send(Record<byte[], byte[]> record, DeadLetterReason reason, Throwable error) {
        send(record, reason, text(error));
    }

    /**
     * The same.
     *
     * @param error what was wrong, for people
     */
    void send(Record<byte[], byte[]> record, DeadLetterReason reason, String error) {
        LOG.warn("Record at {} goes to the dead-letter topic: {}", where(), error);
        send(record, reason, error, new RecordHeaders());
    }

    /**
     * An event that cannot be published.
     *
     * @param octets it takes
     * @param most that the topic takes
     */
    void tooLarge(Record<byte[], byte[]> event, String topic, int octets, int most) {
        counters.increment(Counters.Counter.NOT_PUBLISHED);
        String error = "an event of " + octets + " octets is larger than " + topic + " takes, which is " + most
                + ": raise its max.message.bytes, or the processor's kafka.producer.max.request.size";
        LOG.warn("What was made of the record at {} goes to the dead-letter topic: {}", where(), error);
        Headers headers = new RecordHeaders();
        add(headers, TARGET_TOPIC, topic);
        send(event, DeadLetterReason.TOO_LARGE, error, headers);
    }

    private void send(Record<byte[], byte[]> record, DeadLetterReason reason, String error, Headers headers) {
        counters.deadLetter(reason);
        add(headers, REASON, reason.label());
        add(headers, ERROR, error.substring(0, Math.min(error.length(), ERROR_CHARACTERS)));
        context.recordMetadata().ifPresent(source -> {
            add(headers, SOURCE_TOPIC, source.topic());
            add(headers, SOURCE_PARTITION, Integer.toString(source.partition()));
            add(headers, SOURCE_OFFSET, Long.toString(source.offset()));
        });
        add(headers, SOURCE_TIMESTAMP, Long.toString(record.timestamp()));
        int most = limits.of(Topic.DEAD_LETTER.name());
        CutRecord.toFit(record, headers, most)
                .ifPresentOrElse(
                        letter -> context.forward(letter, ConnectionTopology.DEAD_LETTER), () -> notEvenCut(most));
    }

    private void notEvenCut(int most) {
        counters.increment(Counters.Counter.NOT_PUBLISHED);
        LOG.error(
                "{} takes records of {} octets, which is too few for any dead letter", Topic.DEAD_LETTER.name(), most);
    }

    private String where() {
        return context.recordMetadata().map(DeadLetters::text).orElse("an unknown place");
    }

    private static String text(RecordMetadata source) {
        return source.topic() + '-' + source.partition() + " offset " + source.offset();
    }

    private static String text(Throwable error) {
        return error instanceof UnusableRecordException ? String.valueOf(error.getMessage()) : error.toString();
    }

    static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
