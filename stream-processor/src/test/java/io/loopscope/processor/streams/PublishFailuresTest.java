package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Result;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublishFailuresTest {
    private final RecordLimits limits = new RecordLimits(() -> 0);
    private final PublishFailures failures = new PublishFailures();
    private final ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("loopscope.census.v1", new byte[1]);

    @BeforeEach
    void configure() {
        failures.configure(Map.of(PublishFailures.LIMITS, limits));
    }

    @Test
    void recordThatIsTooLargeUndoesItsTransactionAndTheNextOneKnowsIt() {
        int octets = RecordLimits.octets(record.key(), record.value(), record.headers());
        assertThat(limits.of(record.topic())).isGreaterThanOrEqualTo(octets);

        assertThat(failures.handleError(CONTEXT, record, new RecordTooLargeException("2 MB"))
                        .result())
                .isEqualTo(Result.FAIL);
        assertThat(limits.of(record.topic())).isEqualTo(octets - 1);
        assertThat(limits.of("loopscope.anomalies.v1")).isGreaterThan(octets);
    }

    @Test
    void anythingElseStopsTheTaskSoThatNothingIsLost() {
        assertThat(failures.handleError(CONTEXT, record, new TopicAuthorizationException("no"))
                        .result())
                .isEqualTo(Result.FAIL);
        assertThat(limits.of(record.topic())).isEqualTo(new RecordLimits(() -> 0).of(record.topic()));
    }

    private static final ErrorHandlerContext CONTEXT = new ErrorHandlerContext() {
        @Override
        public String topic() {
            return "loopscope.capture.v1";
        }

        @Override
        public int partition() {
            return 0;
        }

        @Override
        public long offset() {
            return 7;
        }

        @Override
        public Headers headers() {
            return new RecordHeaders();
        }

        @Override
        public String processorNodeId() {
            return ConnectionTopology.CENSUS;
        }

        @Override
        public TaskId taskId() {
            return new TaskId(0, 0);
        }

        @Override
        public long timestamp() {
            return 0;
        }

        @Override
        public byte[] sourceRawKey() {
            return new byte[0];
        }

        @Override
        public byte[] sourceRawValue() {
            return new byte[0];
        }
    };
}
