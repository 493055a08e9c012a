package io.loopscope.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.ConnectionEventType;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two agents on the same interface of one host: the later replaces the earlier, and nothing is told twice. */
class TwoAgentsIT {
    private static final Pattern CAPTURES = Pattern.compile("Capturing on");

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    @Test
    void theLaterReplacesTheEarlierUntilThatIsStartedAgain() throws IOException {
        Needs.root();
        Pipeline pipeline = Pipeline.start(PROCESSES, "");
        EventLog log = pipeline.log();
        ChildProcess earlier = pipeline.agent();
        assertThat(opened(log, life(pipeline))).as("with one agent").hasSize(1);

        pipeline.startAgent();
        ChildProcess later = pipeline.agent();
        later.awaitOutput(CAPTURES, Waits.PROGRAM);
        awaitEpochs(log, 2);
        FourTuple ofBoth = life(pipeline);
        assertThat(epochsOf(log, ofBoth)).as("both publish it").hasSize(2);
        assertThat(opened(log, ofBoth)).as("and it is told once").hasSize(1);

        assertThat(later.terminate()).isZero();
        FourTuple ofTheEarlier = life(pipeline);
        assertThat(epochsOf(log, ofTheEarlier)).as("it still publishes").hasSize(1);
        assertThat(opened(log, ofTheEarlier)).as("and is not heard any more").isEmpty();

        assertThat(earlier.terminate()).isZero();
        pipeline.startAgent();
        pipeline.agent().awaitOutput(CAPTURES, Waits.PROGRAM);
        awaitEpochs(log, 3);
        assertThat(opened(log, life(pipeline))).as("started again, it is").hasSize(1);
        assertThat(log.anomalies(ofBoth)).isEmpty();
    }

    /** A whole connection, and all that is published about it. */
    private static FourTuple life(Pipeline pipeline) throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            pair.exchange(100);
            pair.client().close();
            pair.server().close();
            pipeline.settle();
            return pair.tuple();
        }
    }

    private static List<ConnectionEvent> opened(EventLog log, FourTuple tuple) {
        return log.events(tuple).stream()
                .filter(event -> event.getType() == ConnectionEventType.OPENED)
                .toList();
    }

    private static Set<Long> epochsOf(EventLog log, FourTuple tuple) {
        return log.batches()
                .filter(batch -> batch.getConnections().stream()
                        .anyMatch(connection -> tuple.joins(connection.getLow(), connection.getHigh())))
                .map(CaptureBatch::getAgentEpoch)
                .collect(Collectors.toSet());
    }

    private static void awaitEpochs(EventLog log, int expected) {
        log.await(
                expected + " runs of agents",
                Waits.PROGRAM,
                () -> log.heartbeats().stream()
                        .map(Heartbeat::getAgentEpoch)
                        .distinct()
                        .count(),
                count -> count == expected,
                () -> "");
    }
}
