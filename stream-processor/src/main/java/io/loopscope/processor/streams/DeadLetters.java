package io.loopscope.processor.streams;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what cannot be used to the dead-letter topic: key, value and headers as they came, and headers that say why and
 * from where.
 */
final class DeadLetters {
    static final String REASON = "loopscope.reason";
    static final String ERROR = "loopscope.error";
    static final String SOURCE_TOPIC = "loopscope.source.topic";
    static final String SOURCE_PARTITION = "loopscope.source.partition";
    static final String SOURCE_OFFSET = "loopscope.source.offset";
    static final String SOURCE_TIMESTAMP = "loopscope.source.timestamp";

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final ProcessorContext<byte[], byte[]> context;
    private final Counters counters;

    DeadLetters(ProcessorContext<byte[], byte[]> context, Counters counters) {
        this.context = context;
        this.counters = counters;
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
        counters.deadLetter(reason);
        String where = context.recordMetadata().map(DeadLetters::text).orElse("an unknown place");
        LOG.warn("Record at {} goes to the dead-letter topic: {}", where, error);
        Record<byte[], byte[]> letter =
                new Record<>(record.key(), record.value(), record.timestamp(), record.headers());
        Headers headers = letter.headers();
        add(headers, REASON, reason.label());
        add(headers, ERROR, error);
        context.recordMetadata().ifPresent(source -> {
            add(headers, SOURCE_TOPIC, source.topic());
            add(headers, SOURCE_PARTITION, Integer.toString(source.partition()));
            add(headers, SOURCE_OFFSET, Long.toString(source.offset()));
        });
        add(headers, SOURCE_TIMESTAMP, Long.toString(record.timestamp()));
        context.forward(letter, ConnectionTopology.DEAD_LETTER);
    }

    private static String text(RecordMetadata source) {
        return source.topic() + '-' + source.partition() + " offset " + source.offset();
    }

    private static String text(Throwable error) {
        return error instanceof UnusableRecordException ? String.valueOf(error.getMessage()) : error.toString();
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
