package io.loopscope.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.systemtests.harness.Broker;
import io.loopscope.systemtests.harness.CaptureTally;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Programs;
import io.loopscope.systemtests.harness.ShortConnections;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The broker is away under load, for long enough that the client's buffer is full and the agent holds back by itself.
 * Ten minutes are made short by a small buffer.
 */
class OutageIT {
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final int FIN = 1;
    /** Connections made after Kafka's client had no room any more. */
    private static final int HELD_BACK = 500;
    /** The launcher's limit of the heap and all that a JVM has besides. */
    private static final long MOST_RESIDENT_KB = 350 * 1024;

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    @Test
    void whatWasCapturedMeanwhileIsDeliveredInOrderAndTheRestIsCounted() throws Exception {
        Needs.root();
        Broker broker = Broker.start(PROCESSES);
        ChildProcess agent = new Programs(PROCESSES, broker)
                .agent("""
                agent:
                  heartbeat.interval: 200ms
                  exclude.ports: [%d]
                  sockets.enabled: false
                """.formatted(broker.controllerPort()), "  buffer.memory: 65536\n  batch.size: 16384\n");
        agent.awaitOutput(Pattern.compile("Capturing on"), Waits.PROGRAM);

        long opened;
        int port;
        try (ShortConnections load = ShortConnections.start()) {
            port = load.port();
            load.await(200);
            broker.kill();
            agent.awaitOutput(Pattern.compile("Kafka takes no records now"), Waits.PROGRAM);
            load.await(load.made() + HELD_BACK);
            broker = broker.restart(PROCESSES);
            agent.awaitOutput(Pattern.compile("Kafka takes records again"), Waits.PROGRAM);
            load.await(load.made() + 200);
            opened = load.stop();
        }
        assertThat(residentKb(agent)).isBetween(1L, MOST_RESIDENT_KB);
        assertThat(agent.terminate()).isZero();

        EventLog log = PROCESSES.closing(new EventLog(broker.bootstrapServers()));
        log.catchUp();
        CaptureTally tally = CaptureTally.of(log);
        Heartbeat goodbye = CaptureTally.lastHeartbeat(log);
        assertThat(goodbye.getPlannedStop()).isTrue();
        assertThat(tally.batchSequences())
                .isEqualTo(LongStream.range(0, goodbye.getNextBatchSequence())
                        .boxed()
                        .toList());
        nothingIsLostInSilence(goodbye.getStatistics(), tally);
        assertThat(tally.withFlags(port, SYN, SYN | ACK))
                .as("SYN of every connection")
                .isEqualTo(opened);
        assertThat(tally.withFlags(port, FIN, FIN))
                .as("two FINs of every connection")
                .isEqualTo(2 * opened);
    }

    private static void nothingIsLostInSilence(CaptureStatistics counted, CaptureTally tally) {
        assertThat(counted.getPublished()).as("published").isPositive().isEqualTo(tally.segments());
        assertThat(tally.accounted(counted)).as("seen: %s", counted).isEqualTo(counted.getSeen());
        assertThat(counted.getKernelDropped()).isZero();
    }

    /** The most that any process of the agent has ever had in memory. */
    private static long residentKb(ChildProcess agent) {
        return agent.family().stream()
                .mapToLong(process -> peakKb(process.pid()))
                .max()
                .orElseThrow();
    }

    private static long peakKb(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) { // It has ended.
            return 0;
        }
    }
}
