package io.loopscope.processor.app;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.settings.ExitCode;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class StreamFailuresTest {
    private final AtomicInteger looks = new AtomicInteger();
    private final ReadinessBoard board = new ReadinessBoard(Instant.EPOCH);
    private final StreamFailures failures =
            new StreamFailures(board, new Permissions("127.0.0.1:9092", "app"), looks::incrementAndGet);

    @Test
    void brokerThatIsAwayCostsAThreadAndNotTheProcessor() {
        assertThat(failures.handle(new StreamsException(new TimeoutException("no leader"))))
                .isEqualTo(REPLACE_THREAD);
        assertThat(failures.fatal()).isEmpty();
    }

    @Test
    void transactionThatTheBrokersKnowOtherwiseCostsAThreadAndNotTheProcessor() {
        assertThat(failures.handle(new StreamsException("at a commit", new InvalidTxnStateException("another state"))))
                .isEqualTo(REPLACE_THREAD);
        assertThat(failures.fatal()).isEmpty();
    }

    @Test
    void positionThatNobodyHasCommittedYetCostsAThreadAndNotTheProcessor() {
        Set<TopicPartition> partitions = Set.of(new TopicPartition("loopscope.capture.v1", 3));
        assertThat(failures.handle(new StreamsException(new NoOffsetForPartitionException(partitions))))
                .isEqualTo(REPLACE_THREAD);
        assertThat(failures.fatal()).isEmpty();
    }

    @Test
    void threadThatDoesNotGetOnIsGivenUp() {
        TimeoutException failure = new TimeoutException("no leader");
        for (int i = 0; i < 10; i++) {
            assertThat(failures.handle(failure)).isEqualTo(REPLACE_THREAD);
        }

        assertThat(failures.handle(failure)).isEqualTo(SHUTDOWN_CLIENT);
        assertFatal(ExitCode.KAFKA_UNAVAILABLE, "no leader");
    }

    @Test
    void failuresThatAreFarApartAreForgiven() {
        for (int i = 0; i < 100; i++) {
            assertThat(failures.mayReplace(TimeUnit.SECONDS.toNanos(10L * i))).isTrue();
        }
    }

    @Test
    void refusalByKafkaStopsWithItsReason() {
        assertThat(failures.handle(new StreamsException(new TopicAuthorizationException(Set.of("t")))))
                .isEqualTo(SHUTDOWN_CLIENT);
        assertFatal(ExitCode.NO_PERMISSION, "[t]");
        assertThat(failures.fatal().orElseThrow().remedy())
                .endsWith("--operation All --topic app --resource-pattern-type prefixed");
    }

    @Test
    void wrongPasswordStopsWithItsReason() {
        assertThat(failures.handle(new SaslAuthenticationException("invalid credentials")))
                .isEqualTo(SHUTDOWN_CLIENT);
        assertFatal(ExitCode.NO_PERMISSION, "invalid credentials");
    }

    @Test
    void captureTopicThatABrokerDoesNotKnowYetIsAskedForAgain() {
        assertThat(failures.handle(new MissingSourceTopicException("gone"))).isEqualTo(REPLACE_THREAD);
        assertThat(failures.fatal()).isEmpty();
    }

    @Test
    void captureTopicThatStaysUnknownWasDeleted() {
        for (int seconds = 0; seconds <= 30; seconds += 5) {
            assertThat(failures.mayStillBeLearnt(TimeUnit.SECONDS.toNanos(seconds)))
                    .isTrue();
        }
        assertThat(failures.mayStillBeLearnt(TimeUnit.SECONDS.toNanos(35))).isFalse();
        assertThat(failures.mayStillBeLearnt(TimeUnit.SECONDS.toNanos(100))).isTrue();
    }

    @Test
    void fullDiskStopsWithItsReasonAlsoWhenKafkaWouldTryAgain() {
        IOException full = new IOException("No space left on device");
        assertThat(failures.handle(new ProcessorStateException("while flushing", full)))
                .isEqualTo(SHUTDOWN_CLIENT);
        assertFatal(ExitCode.IO_ERROR, "no space is left on the disk of kafka.state.dir");
    }

    @Test
    void twoProcessorsOfOneNameAreAMistakeOfTheirSettings() {
        assertThat(failures.handle(new StreamsException(new FencedInstanceIdException("fenced"))))
                .isEqualTo(SHUTDOWN_CLIENT);
        assertFatal(ExitCode.BAD_CONFIGURATION, "fenced");
        assertThat(failures.fatal().orElseThrow().remedy()).contains("processor.instance.id");
    }

    @Test
    void otherNumberOfPartitionsStops() {
        String message = "Existing internal topic app-hosts-changelog has invalid partitions: expected: 6; actual: 3.";
        assertThat(failures.handle(new StreamsException(message))).isEqualTo(SHUTDOWN_CLIENT);
        assertFatal(ExitCode.BAD_CONFIGURATION, "expected: 6; actual: 3");
    }

    @Test
    void recordThatIsTooLargeCostsAThreadAndTheLimitsAreLookedUp() {
        assertThat(failures.handle(new StreamsException(new RecordTooLargeException("2 MB"))))
                .isEqualTo(REPLACE_THREAD);
        assertThat(looks).hasValue(1);
    }

    @Test
    void recordThatStaysTooLargeStopsWithWhatToRaise() {
        StreamsException failure = new StreamsException(new RecordTooLargeException("2 MB"));
        for (int i = 0; i < 10; i++) {
            assertThat(failures.handle(failure)).isEqualTo(REPLACE_THREAD);
        }

        assertThat(failures.handle(failure)).isEqualTo(SHUTDOWN_CLIENT);
        assertFatal(ExitCode.BAD_CONFIGURATION, "2 MB");
        assertThat(failures.fatal().orElseThrow().remedy()).contains("max.message.bytes");
    }

    @Test
    void limitsAreNotLookedUpForOtherFailures() {
        failures.handle(new StreamsException(new TimeoutException("no leader")));
        assertThat(looks).hasValue(0);
    }

    @Test
    void bugStops() {
        assertThat(failures.handle(new StreamsException(new IllegalStateException("never"))))
                .isEqualTo(SHUTDOWN_CLIENT);
        assertFatal(ExitCode.FAILURE, "never");
    }

    private void assertFatal(int exitCode, String message) {
        assertThat(failures.fatal()).hasValueSatisfying(fatal -> {
            assertThat(fatal.exitCode()).isEqualTo(exitCode);
            assertThat(fatal).hasMessageContaining(message);
        });
        assertThat(board.readiness().toString()).contains("failed since").contains(message);
    }
}
