package io.loopscope.systemtests;

import static io.loopscope.schemas.v1.AnomalyStage.CLEARED;
import static io.loopscope.schemas.v1.AnomalyStage.ESCALATED;
import static io.loopscope.schemas.v1.AnomalyStage.OPENED;
import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.systemtests.harness.Checkpoint;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.RawProducer;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever is delivered twice, and whenever the processor goes: each thing is said once, under one id. */
class ReplayIT {
    private static final String LEAK = "CLOSE_WAIT_STUCK";

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Pipeline pipeline;
    private static EventLog log;

    @BeforeAll
    static void start() {
        Needs.root();
        pipeline = Pipeline.start(PROCESSES, """
                detector:
                  close.wait.stuck.warning.after: 2s
                  close.wait.stuck.critical.after: 15s
                """);
        log = pipeline.log();
    }

    @Test
    void everyBatchAppliedTwiceChangesNothing() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open();
                RawProducer producer = new RawProducer(pipeline.broker().bootstrapServers())) {
            openLeak(pair);
            replayAll(producer, pair.tuple());

            pair.server().close();
            Checkpoint.reached(pipeline, pair.tuple(), TIME_WAIT, CLOSED);
            log.awaitAnomaly(pair.tuple(), LEAK, CLEARED, Waits.PIPELINE);
            replayAll(producer, pair.tuple());
            assertThat(log.stages(pair.tuple(), LEAK))
                    .startsWith(OPENED)
                    .endsWith(CLEARED)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void aRestartOfTheProcessorInTheMiddleOfALeakSaysNothingTwice() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            AnomalyEvent opened = openLeak(pair);
            assertThat(pipeline.processor().terminate()).as("exit code").isZero();
            assertThat(pipeline.processor().errors()).as("told to the end").contains("Stopped after");
            pipeline.startProcessor();
            assertTheLeakGoesOn(pair, opened);
        }
    }

    @Test
    void aKilledProcessorSaysNothingTwice() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open();
                LoopbackPair whileDown = LoopbackPair.open()) {
            AnomalyEvent opened = openLeak(pair);
            pipeline.processor().kill();
            whileDown.client().shutdownOutput();
            pipeline.startProcessor();
            assertTheLeakGoesOn(pair, opened);

            // What began and ended while nobody looked is found all the same.
            log.awaitAnomaly(whileDown.tuple(), LEAK, OPENED, Waits.PIPELINE);
            Checkpoint.reached(pipeline, whileDown.tuple(), FIN_WAIT_2, CLOSE_WAIT);
        }
    }

    private static AnomalyEvent openLeak(LoopbackPair pair) throws IOException {
        pair.exchange(100);
        pair.client().shutdownOutput();
        Checkpoint.reached(pipeline, pair.tuple(), FIN_WAIT_2, CLOSE_WAIT);
        AnomalyEvent opened = log.awaitAnomaly(pair.tuple(), LEAK, OPENED, Waits.PIPELINE);
        pipeline.settle();
        return opened;
    }

    private static void assertTheLeakGoesOn(LoopbackPair pair, AnomalyEvent opened) throws IOException {
        FourTuple tuple = pair.tuple();
        AnomalyEvent escalated = log.awaitAnomaly(tuple, LEAK, ESCALATED, Waits.PROGRAM);
        assertThat(escalated.getAnomalyId()).isEqualTo(opened.getAnomalyId());
        assertThat(escalated.getSinceNs()).isEqualTo(opened.getSinceNs());
        pair.server().close();
        AnomalyEvent cleared = log.awaitAnomaly(tuple, LEAK, CLEARED, Waits.PIPELINE);
        assertThat(cleared.getAnomalyId()).isEqualTo(opened.getAnomalyId());
        Checkpoint.reached(pipeline, tuple, TIME_WAIT, CLOSED);
        pipeline.settle();
        assertThat(log.stages(tuple, LEAK)).containsExactly(OPENED, ESCALATED, CLEARED);
        assertThat(log.events(tuple)).extracting(ConnectionEvent::getEventId).doesNotHaveDuplicates();
    }

    /** Puts every batch that was ever captured on the topic again, and waits for what comes of it: nothing. */
    private static void replayAll(RawProducer producer, FourTuple tuple) {
        pipeline.settle();
        List<ConnectionEvent> before = log.events(tuple);
        log.records(Topic.CAPTURE)
                .filter(read -> read.value(CaptureBatch.class) != null)
                .toList()
                .forEach(read -> producer.again(Topic.CAPTURE, read));
        pipeline.settle();
        assertThat(log.events(tuple)).isEqualTo(before);
        assertThat(log.anomalies(tuple)).extracting(AnomalyEvent::getEventId).doesNotHaveDuplicates();
    }
}
