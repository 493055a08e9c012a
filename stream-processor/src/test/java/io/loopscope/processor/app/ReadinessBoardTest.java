package io.loopscope.processor.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.app.Readiness.Cause;
import io.loopscope.processor.app.Readiness.Reason;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReadinessBoardTest {
    private static final Instant START = Instant.ofEpochSecond(1_800_000_000);

    private final ReadinessBoard board = new ReadinessBoard(START);

    @Test
    void processorThatHasNotBegunIsNotReady() {
        assertThat(board.readiness().isReady()).isFalse();
        assertThat(board.readiness().toString())
                .isEqualTo("starting since 2027-01-15T08:00:00Z: the processor is being started");
    }

    @Test
    void reasonThatLastsKeepsItsBeginningAndTellsItsLatestDetail() {
        board.raise(Cause.KAFKA_UNREACHABLE, "one", "wait", START.plusSeconds(1));
        board.raise(Cause.KAFKA_UNREACHABLE, "two", "wait longer", START.plusSeconds(2));

        assertThat(board.readiness().reasons())
                .last()
                .isEqualTo(new Reason(Cause.KAFKA_UNREACHABLE, START.plusSeconds(1), "two", "wait longer"));
    }

    @Test
    void reasonThatComesBackBeginsAnew() {
        board.raise(Cause.RETRYING, "one", "", START.plusSeconds(1));
        board.clear(Cause.RETRYING);
        board.raise(Cause.RETRYING, "two", "", START.plusSeconds(9));

        assertThat(board.readiness().reasons()).last().extracting(Reason::since).isEqualTo(START.plusSeconds(9));
    }

    @Test
    void readyOnlyWhenNothingIsLeftAndReasonsComeOldestFirst() {
        board.raise(Cause.FAILED, "b", "", START.plusSeconds(1));
        board.raise(Cause.TOPIC_MISSING, "c", "", START.plusSeconds(2));
        assertThat(board.readiness().reasons())
                .extracting(Reason::cause)
                .containsExactly(Cause.STARTING, Cause.FAILED, Cause.TOPIC_MISSING);

        for (Cause cause : Cause.values()) {
            board.clear(cause);
        }

        assertThat(board.readiness().isReady()).isTrue();
        assertThat(board.readiness()).hasToString("ready");
    }

    @Test
    void restoreSaysHowFarItIs() {
        board.clear(Cause.STARTING);
        RestoreProgress progress = new RestoreProgress(board, () -> START);
        TopicPartition one = new TopicPartition("connections-changelog", 0);
        TopicPartition other = new TopicPartition("connections-changelog", 1);

        progress.onRestoreStart(one, "connections", 10, 110);
        progress.onRestoreStart(other, "connections", 0, 50);
        progress.onBatchRestored(one, "connections", 70, 60);

        assertThat(board.readiness().toString()).contains("60 records done, at most 90 to go in 2 stores");

        progress.onRestoreEnd(one, "connections", 100);
        progress.onRestoreSuspended(other, "connections", 0);

        assertThat(board.readiness().isReady()).isTrue();
    }
}
