package io.loopscope.systemtests.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.Topic;
import io.loopscope.systemtests.harness.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.GroupType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three brokers, two processors and two agents under load, of which any are killed and stopped at random: at the end the
 * topics hold exactly what an undisturbed processor makes of the same input.
 *
 * <p>{@code -Dloopscope.nodes.rounds=100} goes on with other storms, {@code -Dloopscope.nodes.seed=N} begins with that one.
 */
class NodesIT {
    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static final int ROUNDS = Integer.getInteger("loopscope.nodes.rounds", 1);
    private static final long FIRST_SEED = Long.getLong("loopscope.nodes.seed", 1);
    private static final long INPUT = Long.getLong("loopscope.nodes.input", 1);
    private static final int FAULTS = Integer.getInteger("loopscope.nodes.faults", 5);
    private static final Duration FEED = Duration.ofSeconds(10);

    private static Cluster cluster;
    private static Outcome expected;

    @BeforeAll
    static void anUndisturbedRun() {
        cluster = Cluster.start(PROCESSES);
        expected = run(new Round.Plan("calm", INPUT, 1, 0, Duration.ZERO, FaultSchedule.CALM))
                .outcome();
    }

    @Test
    void theInputIsWorthTheTrouble() {
        assertThat(CaptureAccount.of(expected)).isEqualTo(CaptureAccount.of(Input.of(INPUT)));
        assertThat(expected.size(Topic.CONNECTIONS)).isGreaterThan(4_000);
        assertThat(AnomalyNames.of(expected)).hasSizeGreaterThan(10);
        assertThat(expected.size(Topic.DEAD_LETTER)).isZero();
    }

    @Test
    void nothingIsLostAndNothingIsSaidTwiceWhoeverIsKilled() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
            long beginNs = System.nanoTime();
            FaultSchedule faults = FaultSchedule.of(seed, FAULTS, FEED);
            System.out.println("storm of " + faults);
            Round.Result result = run(new Round.Plan("storm-" + seed, INPUT, 2, (int) (seed % 2), FEED, faults));
            assertSame(result, "storm of seed " + seed + " (again with -Dloopscope.nodes.seed=" + seed + ")");
            System.out.printf(
                    "round %d of %d, seed %d: no difference in %d connection events, %d anomaly records, %d census"
                            + " records; %.1f s%n",
                    seed - FIRST_SEED + 1,
                    ROUNDS,
                    seed,
                    result.outcome().size(Topic.CONNECTIONS),
                    result.outcome().size(Topic.ANOMALIES),
                    result.outcome().size(Topic.CENSUS),
                    (System.nanoTime() - beginNs) / 1e9);
        }
    }

    /** With the state in RocksDB; when the killed one is back, it throws away what it has on disk and reads the state back. */
    @Test
    void aStandbyTakesOverWithTheStateThatTheKilledOneHadOnDisk() throws IOException {
        Round.Result result = run(new Round.Plan("standby", INPUT, 2, 1, FEED, killed(6, 20))
                .onDisk()
                .loggingKafka());
        assertSame(result, "a processor was killed and its standby took over");
        assertThat(rocksDbs("standby-processor-1.state")).isNotEmpty();
        assertThat(rocksDbs("standby-processor-2.state")).isNotEmpty();
        assertThat(result.processors().get(1).errors())
                .as("what the other processor did with its standby tasks")
                .contains("Closed and recycled state");
    }

    @Test
    void withTheStreamsGroupProtocolAnotherTakesOver() throws Exception {
        Round.Result result =
                run(new Round.Plan("streams", INPUT, 2, 0, FEED.dividedBy(2), killed(3, 9)).withStreamsProtocol());
        assertSame(result, "a processor was killed and, by the brokers' assignment, another took over");
        assertThat(cluster.admin().listGroups().all().get())
                .filteredOn(group -> group.groupId().equals("streams"))
                .extracting(group -> group.type().orElseThrow())
                .containsExactly(GroupType.STREAMS);
    }

    /** One processor, which is away for longer than its session lasts. */
    private static FaultSchedule killed(int atSeconds, int awaySeconds) {
        return new FaultSchedule(
                0,
                List.of(new Fault(
                        Duration.ofSeconds(atSeconds),
                        Fault.Kind.KILL,
                        "processor-1",
                        Duration.ofSeconds(awaySeconds))));
    }

    private static List<Path> rocksDbs(String stateFolder) throws IOException {
        try (Stream<Path> files = Files.walk(PROCESSES.folder().resolve(stateFolder))) {
            return files.filter(file -> file.endsWith("rocksdb")).toList();
        }
    }

    private static Round.Result run(Round.Plan plan) {
        return Round.run(PROCESSES, cluster, plan);
    }

    private static void assertSame(Round.Result result, String what) {
        assertThat(CaptureAccount.of(result.outcome()))
                .as("what the agents delivered, each batch counted once")
                .isEqualTo(CaptureAccount.of(Input.of(INPUT)));
        String differences = Comparison.differences(expected, result.outcome());
        if (!differences.isEmpty()) {
            throw new AssertionError(what + " gave other results than an undisturbed run\n" + differences
                    + "\nwhat was done:\n" + result.faultLog() + "\nlogs are in " + PROCESSES.folder());
        }
    }
}
