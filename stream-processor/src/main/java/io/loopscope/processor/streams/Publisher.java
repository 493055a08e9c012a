package io.loopscope.processor.streams;

import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Publishes events. One that is larger than its topic takes goes to the dead-letter topic instead. */
final class Publisher {
    private final ProcessorContext<byte[], byte[]> context;
    private final RecordLimits limits;
    private final DeadLetters deadLetters;

    Publisher(ProcessorContext<byte[], byte[]> context, RecordLimits limits, DeadLetters deadLetters) {
        this.context = context;
        this.limits = limits;
        this.deadLetters = deadLetters;
    }

    /**
     * Publishes an event.
     *
     * @param sink name of the topology's node that writes it
     */
    void publish(Record<byte[], byte[]> event, String sink) {
        String topic = ConnectionTopology.topic(sink);
        int octets = RecordLimits.octets(event);
        int most = limits.of(topic);
        if (octets <= most) {
            context.forward(event, sink);
        } else {
            deadLetters.tooLarge(event, topic, octets, most);
        }
    }
}
