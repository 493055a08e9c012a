package io.loopscope.systemtests.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.systemtests.harness.Broker;
import io.loopscope.systemtests.harness.CaptureTally;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Programs;
import io.loopscope.systemtests.harness.ShortConnections;
import io.loopscope.systemtests.harness.Waits;
import io.loopscope.systemtests.harness.WireSegment;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The producer is held back on purpose: the broker's process is stopped, so that its connections stay and nothing is
 * acknowledged, while more is captured than the agent's small queue holds.
 */
class SheddingIT {
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int ACK = 16;
    /** Connections made after Kafka's client had no room any more; of each, four segments are control. */
    private static final int HELD_BACK = 1_000;

    private static final int AFTERWARDS = 200;
    private static final int MOST_CONTROL = 12_288;
    /** Between the level at which data is left out and the one for acknowledgments are 819 items of this queue. */
    private static final int ACKNOWLEDGMENTS_ALONE = 50;

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private long opened;
    private int port;
    private int laterPort;
    private FourTuple bulk;
    private FourTuple reset;
    private long shedMeanwhile;

    @Test
    void dataIsLeftOutBeforeAcknowledgmentsAndControlNever() throws Exception {
        Needs.root();
        Broker broker = Broker.start(PROCESSES);
        ChildProcess agent = new Programs(PROCESSES, broker)
                .agent("""
                agent:
                  heartbeat.interval: 200ms
                  exclude.pids: [%d]
                  sockets.enabled: false
                  fidelity: all
                  queue.segments: 16384
                  queue.control.share: 0.75
                """.formatted(broker.pid()), "  buffer.memory: 65536\n  batch.size: 16384\n");
        agent.awaitOutput(Pattern.compile("Capturing on"), Waits.PROGRAM);

        overload(broker, agent);
        EventLog log = PROCESSES.closing(new EventLog(broker.bootstrapServers()));
        recover(log, agent);
        assertThat(agent.terminate()).isZero();
        log.catchUp();

        CaptureTally tally = CaptureTally.of(log);
        allIsCounted(log, tally);
        controlIsThere(log, tally);
        dataWentFirst(log.segments(bulk));
        assertThat(tally.payloadOctets(laterPort))
                .as("data of the connections afterwards")
                .isEqualTo(2L * AFTERWARDS * ShortConnections.OCTETS);
    }

    private void overload(Broker broker, ChildProcess agent) throws Exception {
        try (ShortConnections load = ShortConnections.start();
                BulkTransfer transfer = BulkTransfer.start()) {
            port = load.port();
            bulk = transfer.tuple();
            load.await(50);
            broker.suspend();
            agent.awaitOutput(Pattern.compile("Kafka takes no records now"), Waits.PROGRAM);
            try (LoopbackPair aborted = LoopbackPair.open()) {
                reset = aborted.tuple();
                LoopbackPair.abort(aborted.client());
            }
            load.await(load.made() + HELD_BACK);
            broker.resume();
            agent.awaitOutput(Pattern.compile("Kafka takes records again"), Waits.PROGRAM);
            opened = load.stop();
        }
    }

    private void recover(EventLog log, ChildProcess agent) throws Exception {
        log.awaitWatermark(Pipeline.nowNs(), Waits.PIPELINE, agent::tail);
        shedMeanwhile = CaptureTally.lastHeartbeat(log).getStatistics().getShed();
        assertThat(shedMeanwhile).as("left out on purpose").isPositive();
        try (ShortConnections later = ShortConnections.start(AFTERWARDS)) {
            laterPort = later.port();
            later.await(AFTERWARDS);
            assertThat(later.stop()).isEqualTo(AFTERWARDS);
        }
        log.awaitWatermark(Pipeline.nowNs(), Waits.PIPELINE, agent::tail);
    }

    private void allIsCounted(EventLog log, CaptureTally tally) {
        Heartbeat goodbye = CaptureTally.lastHeartbeat(log);
        CaptureStatistics counted = goodbye.getStatistics();
        assertThat(goodbye.getPlannedStop()).isTrue();
        assertThat(tally.batchSequences())
                .isEqualTo(LongStream.range(0, goodbye.getNextBatchSequence())
                        .boxed()
                        .toList());
        assertThat(counted.getPublished()).as("published").isPositive().isEqualTo(tally.segments());
        assertThat(tally.accounted(counted)).as("seen: %s", counted).isEqualTo(counted.getSeen());
        assertThat(counted.getShedData()).as("data left out").isPositive();
        assertThat(counted.getShed()).isEqualTo(counted.getShedData() + counted.getShedAcknowledgments());
        assertThat(counted.getKernelDropped()).as("dropped by the kernel").isZero();
        assertThat(counted.getQueueDropped()).as("no room in the queue").isZero();
        assertThat(counted.getPublishFailed()).as("refused by Kafka").isZero();
        assertThat(counted.getShed()).as("left out when all was well again").isEqualTo(shedMeanwhile);
        assertThat(tally.skipped()).as("left out, as the batches say").isEqualTo(counted.getShed());
    }

    private void controlIsThere(EventLog log, CaptureTally tally) {
        assertThat(4 * opened).as("a load that the queue has room for").isLessThan(MOST_CONTROL);
        assertThat(tally.withFlags(port, SYN, SYN | ACK)).as("SYN").isEqualTo(opened);
        assertThat(tally.withFlags(port, SYN | ACK, SYN | ACK)).as("SYN, ACK").isEqualTo(opened);
        assertThat(tally.withFlags(port, FIN, FIN)).as("FIN of both ends").isEqualTo(2 * opened);
        assertThat(log.segments(reset))
                .filteredOn(each -> (each.flags() & RST) != 0)
                .hasSize(1);
        assertThat(log.segments(bulk))
                .filteredOn(each -> (each.flags() & FIN) != 0)
                .hasSize(2);
    }

    /** Of the bulk transfer: after the last data before the gap, its acknowledgments still came. */
    private static void dataWentFirst(List<WireSegment> segments) {
        int most = 0;
        int alone = 0;
        for (WireSegment segment : segments) {
            alone = segment.payloadOctets() > 0 ? 0 : alone + 1;
            most = Math.max(most, alone);
        }
        assertThat(most)
                .as("acknowledgments published one after the other, without the data that they acknowledge")
                .isGreaterThanOrEqualTo(ACKNOWLEDGMENTS_ALONE);
    }
}
