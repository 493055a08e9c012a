package io.loopscope.processor.streams;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of an event that could not be published. One that can never be published (too large, or not
 * encodable, which is a bug) is left out, counted and logged: stopping for it would stop every host of the partition.
 * Anything else stops the task, whose transaction is aborted, so that nothing is lost.
 */
public final class PublishFailures implements ProductionExceptionHandler {
    /** Configuration key under which the topology's {@link Counters} are handed over. */
    static final String COUNTERS = "loopscope.counters";

    private static final Logger LOG = LoggerFactory.getLogger(PublishFailures.class);

    private Counters counters = new Counters();

    @Override
    public void configure(Map<String, ?> configs) {
        if (configs.get(COUNTERS) instanceof Counters shared) {
            counters = shared;
        }
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        return exception instanceof RecordTooLargeException
                ? leaveOut(record.topic(), context, exception)
                : Response.fail();
    }

    @Override
    @SuppressWarnings("rawtypes") // the interface's own signature
    public Response handleSerializationError(
            ErrorHandlerContext context,
            ProducerRecord record,
            Exception exception,
            SerializationExceptionOrigin origin) {
        return leaveOut(record.topic(), context, exception);
    }

    private Response leaveOut(String topic, ErrorHandlerContext context, Exception exception) {
        counters.increment(Counters.Counter.NOT_PUBLISHED);
        LOG.error(
                "A record for {} cannot be published and is left out (made from {}-{} offset {})",
                topic,
                context.topic(),
                context.partition(),
                context.offset(),
                exception);
        return Response.resume();
    }
}
