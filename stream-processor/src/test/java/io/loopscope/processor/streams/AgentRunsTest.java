package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.processor.streams.Arrival.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AgentRunsTest {
    private AgentRuns runs = new AgentRuns();
    private long lost;

    @Nested
    class OneRun {
        @Test
        void batchesInOrderAreAccepted() {
            assertThat(batch(1, "lo", 0)).isEqualTo(Verdict.ACCEPTED);
            assertThat(batch(1, "lo", 1)).isEqualTo(Verdict.ACCEPTED);
            assertThat(lost).isZero();
        }

        @Test
        void batchThatCameBeforeIsAReplay() {
            batch(1, "lo", 0);
            batch(1, "lo", 1);

            assertThat(batch(1, "lo", 1)).isEqualTo(Verdict.REPLAYED);
            assertThat(batch(1, "lo", 0)).isEqualTo(Verdict.REPLAYED);
            assertThat(batch(1, "lo", 2)).isEqualTo(Verdict.ACCEPTED);
            assertThat(lost).isZero();
        }

        @Test
        void missingBatchesAreCounted() {
            batch(1, "lo", 0);
            batch(1, "lo", 4);

            assertThat(lost).isEqualTo(3);
        }

        @Test
        void firstBatchThatIsSeenLosesNothing() {
            batch(1, "lo", 1000);

            assertThat(lost).isZero();
        }

        @Test
        void heartbeatThatCameBeforeIsAReplay() {
            assertThat(numbered(0)).isEqualTo(Verdict.ACCEPTED);
            assertThat(numbered(3)).isEqualTo(Verdict.ACCEPTED); // What finds no room is not sent again.

            assertThat(numbered(3)).isEqualTo(Verdict.REPLAYED);
            assertThat(numbered(1)).isEqualTo(Verdict.REPLAYED);
            assertThat(numbered(4)).isEqualTo(Verdict.ACCEPTED);
            assertThat(heartbeat(1, 0, false, "lo")).isEqualTo(Verdict.ACCEPTED);
        }

        @Test
        void heartbeatTellsOfBatchesThatNeverCame() {
            batch(1, "lo", 0);
            assertThat(heartbeat(1, 3, false, "lo")).isEqualTo(Verdict.ACCEPTED);

            assertThat(lost).isEqualTo(2);
            assertThat(batch(1, "lo", 2)).isEqualTo(Verdict.REPLAYED);
            assertThat(batch(1, "lo", 3)).isEqualTo(Verdict.ACCEPTED);
        }

        @Test
        void heartbeatFromBeforeTheLastBatchIsAReplay() {
            heartbeat(1, 0, false, "lo");
            batch(1, "lo", 0);

            assertThat(heartbeat(1, 0, false, "lo")).isEqualTo(Verdict.REPLAYED);
        }
    }

    @Nested
    class SeveralRuns {
        @Test
        void laterRunReplacesTheEarlier() {
            batch(1, "lo", 0);
            assertThat(batch(2, "lo", 0)).isEqualTo(Verdict.ACCEPTED);

            assertThat(batch(1, "lo", 1)).isEqualTo(Verdict.SUPERSEDED);
            assertThat(heartbeat(1, 2, false, "lo")).isEqualTo(Verdict.SUPERSEDED);
            assertThat(runs.unnumbered(1).verdict()).isEqualTo(Verdict.SUPERSEDED);
            assertThat(runs.unnumbered(2).verdict()).isEqualTo(Verdict.ACCEPTED);
        }

        @Test
        void firstBatchesOfALaterRunAreMissed() {
            batch(1, "lo", 0);
            batch(2, "lo", 2);

            assertThat(lost).isEqualTo(2);
        }

        @Test
        void anotherBootEndsAllRunsOfTheOneBefore() {
            batch(1, "boot-1", "lo", 0);
            batch(2, "boot-1", "eth0", 0);
            batch(3, "boot-2", "lo", 0);

            assertThat(batch(2, "boot-1", "eth0", 1)).isEqualTo(Verdict.SUPERSEDED);
        }

        @Test
        void earlierRunThatComesLateIsIgnored() {
            batch(2, "lo", 0);

            assertThat(batch(1, "lo", 0)).isEqualTo(Verdict.SUPERSEDED);
            assertThat(batch(2, "lo", 1)).isEqualTo(Verdict.ACCEPTED);
            assertThat(lost).isZero();
        }

        @Test
        void agentsOnTwoInterfacesWorkSideBySide() {
            batch(1, "lo", 0);
            batch(2, "eth0", 0);

            assertThat(batch(1, "lo", 1)).isEqualTo(Verdict.ACCEPTED);
            assertThat(batch(2, "eth0", 1)).isEqualTo(Verdict.ACCEPTED);
        }

        @Test
        void oneRunOnTwoInterfacesHasOneNumbering() {
            assertThat(batch(1, "lo", 0)).isEqualTo(Verdict.ACCEPTED);
            assertThat(batch(1, "eth0", 1)).isEqualTo(Verdict.ACCEPTED);
            assertThat(batch(1, "lo", 2)).isEqualTo(Verdict.ACCEPTED);
            assertThat(lost).isZero();
        }

        @Test
        void heartbeatNamesAnInterfaceThatNoBatchHadNamed() {
            batch(1, "lo", 0);
            batch(2, "eth0", 0);
            heartbeat(2, 1, false, "eth0", "lo");

            assertThat(batch(1, "lo", 1)).isEqualTo(Verdict.SUPERSEDED);
        }

        @Test
        void machineThatComesUpWithAnOldClockIsHeard() {
            batch(1000, "boot-1", "lo", 0);

            assertThat(batch(5, "boot-2", "lo", 0)).isEqualTo(Verdict.ACCEPTED);
            assertThat(batch(5, "boot-2", "lo", 1)).isEqualTo(Verdict.ACCEPTED);
            assertThat(batch(1000, "boot-1", "lo", 1)).isEqualTo(Verdict.SUPERSEDED);
            assertThat(batch(900, "boot-1", "lo", 0)).isEqualTo(Verdict.SUPERSEDED);
        }

        @Test
        void unknownRunOfAPastBootIsIgnored() {
            batch(1000, "boot-1", "lo", 0);
            batch(2000, "boot-2", "lo", 0);

            assertThat(batch(1500, "boot-1", "lo", 0)).isEqualTo(Verdict.SUPERSEDED);
        }

        @Test
        void oldRunsAreForgottenAndLiveOnesKept() {
            batch(0, "eth0", 0);
            for (int epoch = 1; epoch <= 100; epoch++) {
                batch(epoch, "lo", 0);
            }
            int size = runs.toBytes().length;
            for (int epoch = 101; epoch <= 200; epoch++) {
                batch(epoch, "lo", 0);
            }

            assertThat(runs.toBytes()).hasSize(size);
            assertThat(batch(199, "lo", 1)).isEqualTo(Verdict.SUPERSEDED);
            assertThat(batch(0, "eth0", 1)).isEqualTo(Verdict.ACCEPTED);
        }
    }

    @Test
    void damagedBookIsNotGuessedAt() {
        batch(1, "lo", 0);
        byte[] bytes = runs.toBytes();

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> AgentRuns.fromBytes(cut)).isInstanceOf(IOException.class);
        }
        bytes[0] = 3;
        assertThatThrownBy(() -> AgentRuns.fromBytes(bytes)).hasMessageContaining("version 3");
    }

    @Test
    void bookOfTheFirstVersionKnowsNoHeartbeats() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(1);
            out.writeShort(1);
            out.writeLong(1);
            out.writeUTF("boot-1");
            out.writeShort(1);
            out.writeUTF("lo");
            out.writeLong(7);
            out.writeUTF("LIVE");
        }
        runs = AgentRuns.fromBytes(bytes.toByteArray());

        assertThat(batch(1, "lo", 6)).isEqualTo(Verdict.REPLAYED);
        assertThat(entered(runs.heartbeat(1, "boot-1", List.of("lo"), 7, 5, false)))
                .isEqualTo(Verdict.ACCEPTED);
        assertThat(entered(runs.heartbeat(1, "boot-1", List.of("lo"), 7, 5, false)))
                .isEqualTo(Verdict.REPLAYED);
    }

    private Verdict batch(long epoch, String captured, long sequence) {
        return batch(epoch, "boot-1", captured, sequence);
    }

    private Verdict batch(long epoch, String boot, String captured, long sequence) {
        return entered(runs.batch(epoch, boot, captured, sequence));
    }

    private Verdict heartbeat(long epoch, long next, boolean stop, String... interfaces) {
        return entered(runs.heartbeat(epoch, "boot-1", List.of(interfaces), next, -1, stop));
    }

    private Verdict numbered(long number) {
        return entered(runs.heartbeat(1, "boot-1", List.of("lo"), 0, number, false));
    }

    /** Every record finds the book as it is read back from the store. */
    private Verdict entered(Arrival arrival) {
        lost += arrival.lostBatches();
        try {
            runs = AgentRuns.fromBytes(runs.toBytes());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return arrival.verdict();
    }
}
