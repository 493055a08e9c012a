package io.loopscope.processor.streams;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of a record that could not be published: its transaction is aborted, so that nothing is lost. There is
 * no other way: Kafka's producer refuses to commit a transaction with a record that failed, whatever is answered here. One
 * that was too large will be too large again, so the limit is learnt, and {@link Publisher} puts it aside the next time.
 */
public final class PublishFailures implements ProductionExceptionHandler {
    /** Configuration key under which the topology's {@link RecordLimits} are handed over. */
    static final String LIMITS = "loopscope.record.limits";

    private static final Logger LOG = LoggerFactory.getLogger(PublishFailures.class);

    private RecordLimits limits = new RecordLimits(() -> 0);

    @Override
    public void configure(Map<String, ?> configs) {
        limits = ConnectionTopology.limits(configs);
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        if (exception instanceof RecordTooLargeException) {
            int octets = RecordLimits.octets(record.key(), record.value(), record.headers());
            if (limits.refused(record.topic(), octets)) {
                tell(record.topic(), octets, context);
            }
        }
        return Response.fail();
    }

    private static void tell(String topic, int octets, ErrorHandlerContext context) {
        LOG.warn(
                "A record of {} octets is larger than {} takes (made from {}-{} offset {})",
                octets,
                topic,
                context.topic(),
                context.partition(),
                context.offset());
    }

    /** Sinks take octets: nothing is left to be encoded. */
    @Override
    @SuppressWarnings("rawtypes") // the interface's own signature
    public Response handleSerializationError(
            ErrorHandlerContext context,
            ProducerRecord record,
            Exception exception,
            SerializationExceptionOrigin origin) {
        return Response.fail();
    }
}
