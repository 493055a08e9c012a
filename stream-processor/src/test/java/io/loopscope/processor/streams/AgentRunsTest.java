package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.streams.AgentRun.Standing;
import io.loopscope.processor.streams.Arrival.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AgentRunsTest {
    private static final HostKey HOST = new HostKey("host-1", 4026531840L);

    private final Map<AgentRun.Key, AgentRun> store = new HashMap<>();
    private AgentRuns runs = new AgentRuns(List.of());

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

        @Test
        void heartbeatThatTellsNothingNewIsNotStored() {
            heartbeat(1, 0, false, "lo");
            int before = changes;
            heartbeat(1, 0, false, "lo");

            assertThat(changes).isEqualTo(before);
        }

        @Test
        void goodbyeIsRemembered() {
            heartbeat(1, 0, true, "lo");

            assertThat(store.values()).extracting(AgentRun::standing).containsExactly(Standing.STOPPED);
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
            assertThat(runs.unnumbered(key(1)).verdict()).isEqualTo(Verdict.SUPERSEDED);
            assertThat(runs.unnumbered(key(2)).verdict()).isEqualTo(Verdict.ACCEPTED);
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

            assertThat(store).hasSize(AgentRuns.REMEMBERED);
            assertThat(store).containsKeys(key(0), key(100), key(99));
            assertThat(batch(0, "eth0", 1)).isEqualTo(Verdict.ACCEPTED);
        }
    }

    @Test
    void storedRunsAreReadBack() throws IOException {
        heartbeat(1, 5, false, "lo", "eth0");
        heartbeat(2, 7, true, "lo");

        for (AgentRun run : store.values()) {
            assertThat(AgentRunCodec.run(AgentRunCodec.key(run.key()), AgentRunCodec.value(run)))
                    .isEqualTo(run);
        }
    }

    private long lost;
    private int changes;

    private Verdict batch(long epoch, String captured, long sequence) {
        return batch(epoch, "boot-1", captured, sequence);
    }

    private Verdict batch(long epoch, String boot, String captured, long sequence) {
        return entered(runs.batch(key(epoch), boot, captured, sequence));
    }

    private Verdict heartbeat(long epoch, long next, boolean stop, String... interfaces) {
        return entered(runs.heartbeat(key(epoch), "boot-1", List.of(interfaces), next, stop));
    }

    /** Every record finds the book as it is read back from the store. */
    private Verdict entered(Arrival arrival) {
        lost += arrival.lostBatches();
        changes += arrival.changed().size();
        arrival.changed().forEach(run -> store.put(run.key(), run));
        arrival.forgotten().forEach(store::remove);
        runs = new AgentRuns(new ArrayList<>(store.values()));
        return arrival.verdict();
    }

    private static AgentRun.Key key(long epoch) {
        return new AgentRun.Key(HOST, epoch);
    }
}
