package io.loopscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.publish.BatchBuilder;
import io.loopscope.agent.publish.EncodedBatch;
import io.loopscope.agent.publish.Identity;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.EndlessSource;
import io.loopscope.agent.testing.MemoryPublisher;
import io.loopscope.agent.track.ItemQueue;
import io.loopscope.settings.SettingsLoader;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the packet to the item nothing is allocated, and for a batch hardly more than its octets. */
@Timeout(120)
class AllocationTest {
    private static final int WARM_UP = 300_000;
    private static final int PACKETS = 1_000_000;
    private static final int BATCHES = 2_000;
    private static final int ITEMS = 500;
    /** What the JVM itself may need in this thread meanwhile. */
    private static final long CONSTANT = 64 * 1024;

    /** Octets of an array's header, of the batch object around it, and what aligns them. */
    private static final long AROUND_A_BATCH = 64;

    private final EndlessSource source = new EndlessSource();
    private final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private Pipeline pipeline;

    @ParameterizedTest
    @ValueSource(strings = {"all", "coalesced"})
    void fromPacketToItemNothingIsAllocated(String fidelity) throws CaptureException {
        CaptureLoop loop = loop(fidelity);
        capture(loop, WARM_UP);
        long before = allocated();
        capture(loop, PACKETS);
        assertThat(allocated() - before).isLessThan(CONSTANT);
        AgentStatistics statistics = pipeline.counters().snapshot();
        assertThat(statistics.tracked().items() + statistics.tracked().merged()).isEqualTo(WARM_UP + PACKETS);
        assertThat(statistics.tracked().evicted()).isPositive();
        assertThat(statistics.tracked().merged() > 0).isEqualTo(fidelity.equals("coalesced"));
    }

    @Test
    void aBatchAllocatesItsOctets() throws CaptureException {
        CaptureLoop loop = loop("all");
        BatchBuilder builder = new BatchBuilder(new Identity("host", "boot", 1, 0), "lo", ITEMS);
        publish(loop, builder, BATCHES);
        long aroundThem = publish(loop, builder, BATCHES);
        assertThat(aroundThem).isLessThan(BATCHES * AROUND_A_BATCH + CONSTANT);
    }

    private void capture(CaptureLoop loop, int packets) throws CaptureException {
        ItemQueue queue = pipeline.queue();
        for (int i = 0; i < packets; i++) {
            loop.step();
            if (i % 1_000 == 0) {
                queue.remove(queue.size());
            }
        }
    }

    /** Returns what was allocated for so many batches beside their octets. */
    private long publish(CaptureLoop loop, BatchBuilder builder, int batches) throws CaptureException {
        ItemQueue queue = pipeline.queue();
        long aroundThem = 0;
        for (int i = 0; i < batches; i++) {
            while (queue.size() < ITEMS) { // Handed over again only when all was taken.
                queue.remove(queue.size());
                loop.step();
            }
            long before = allocated();
            while (!builder.isFull()) {
                builder.add(queue.peek(0));
                queue.remove(1);
            }
            EncodedBatch batch = builder.take(0);
            aroundThem += allocated() - before - batch.octets().length;
        }
        return aroundThem;
    }

    private long allocated() {
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private CaptureLoop loop(String fidelity) {
        SettingsLoader loader = AgentSettingKeys.DEFINITION.load();
        loader.flag("--set", "agent.fidelity", fidelity);
        loader.flag("--set", "agent.track.connections", "1000");
        AgentSettings settings = AgentSettings.from(loader.load());
        pipeline = Pipeline.of(source, OwnTraffic.NONE, new MemoryPublisher(), settings.queueSegments());
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1_790_000_000), ZoneOffset.UTC);
        TrafficFilter filter = new TrafficFilter(settings.include(), settings.exclude(), settings.fidelity());
        return new CaptureLoop(pipeline, filter, new Tracking(settings, pipeline), clock);
    }
}
