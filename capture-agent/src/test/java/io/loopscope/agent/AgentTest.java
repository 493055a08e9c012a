package io.loopscope.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.publish.Identity;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.PcapFileSource;
import io.loopscope.agent.source.ScriptedSource;
import io.loopscope.agent.testing.Exchange;
import io.loopscope.agent.testing.GivenOwnTraffic;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.MemoryPublisher;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.agent.testing.PcapBytes;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.SettingsLoader;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole agent between a scripted source or a file and a publisher in memory. */
@Timeout(120)
class AgentTest {
    private static final long EPOCH = 1_790_000_000_000_000_000L;
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_790_000_100), java.time.ZoneOffset.UTC);
    private static final long STOPPED = 1_790_000_100_000_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final ScriptedSource source = new ScriptedSource();
    private final MemoryPublisher publisher = new MemoryPublisher();
    private Agent agent;
    private int exchanged;
    private long exchangedAtNs = EPOCH;

    @AfterEach
    void stop() {
        if (agent != null && !agent.isEnded()) {
            publisher.setAway(false);
            source.caughtUp(STOPPED);
            agent.close();
        }
    }

    @Nested
    class Live {
        @Test
        void segmentsAndHeartbeatsGoOutInOrder() {
            start(Map.of());
            for (int i = 0; i < 1_200; i++) {
                packet(40_000, TcpFlags.ACK, i);
            }
            close();
            assertThat(publisher.batches())
                    .extracting(CaptureBatch::getBatchSequence)
                    .isEqualTo(numbers(publisher.batches().size()));
            assertThat(publisher.batches())
                    .allSatisfy(batch -> assertThat(batch.getSegments()).hasSizeBetween(1, 500));
            assertThat(publisher.segments())
                    .extracting(CapturedSegment::getSequence)
                    .isEqualTo(numbers(1_200));
            assertThat(publisher.records().get(publisher.records().size() - 1))
                    .isInstanceOfSatisfying(Heartbeat.class, goodbye -> {
                        assertThat(goodbye.getPlannedStop()).isTrue();
                        assertThat(goodbye.getWatermarkNs()).isEqualTo(STOPPED);
                        assertThat(goodbye.getNextBatchSequence())
                                .isEqualTo(publisher.batches().size());
                        assertThat(goodbye.getStatistics().getPublished()).isEqualTo(1_200);
                    });
            assertThat(publisher.isClosed()).isTrue();
        }

        @Test
        void aHeartbeatComesAfterAllThatItsWatermarkCovers() {
            start(Map.of("agent.heartbeat.interval", "100ms", "agent.flush.interval", "1s"));
            long time = EPOCH;
            for (int round = 0; round < 8; round++) {
                for (int i = 0; i < 50; i++) {
                    packet(40_000 + i, TcpFlags.ACK, ++time);
                }
                source.caughtUp(time);
                int beats = publisher.heartbeats().size();
                await(() -> publisher.heartbeats().size() > beats);
            }
            close();
            long watermark = 0;
            for (SpecificRecord value : publisher.records()) {
                if (value instanceof Heartbeat heartbeat) {
                    assertThat(heartbeat.getWatermarkNs()).isGreaterThanOrEqualTo(watermark);
                    watermark = heartbeat.getWatermarkNs();
                } else if (value instanceof CaptureBatch batch) {
                    for (CapturedSegment segment : batch.getSegments()) {
                        assertThat(batch.getBaseTimeNs() + segment.getTimeDeltaNs())
                                .isGreaterThan(watermark);
                    }
                }
            }
            assertThat(publisher.segments()).hasSize(400);
        }

        @Test
        void anIdleAgentSaysHowFarItHasSeen() {
            start(Map.of("agent.heartbeat.interval", "100ms"));
            await(() -> lastWatermark() == EPOCH);
            source.caughtUp(EPOCH + 5);
            await(() -> lastWatermark() == EPOCH + 5);
            source.caughtUp(EPOCH + 9);
            await(() -> lastWatermark() == EPOCH + 9);
            assertThat(publisher.batches()).isEmpty();
        }

        @Test
        void whatIsLeftOutIsCountedByReason() {
            start(Map.of("agent.exclude.ports", "22", "agent.include.ports", "40000,40001"));
            packet(40_000, TcpFlags.ACK, 1);
            packet(22, TcpFlags.ACK, 2);
            packet(50_000, TcpFlags.ACK, 3);
            source.packet(PacketBytes.ipv4(17, new byte[8]), EPOCH);
            source.packet(new byte[] {0x45, 0}, EPOCH);
            close();
            Heartbeat goodbye = goodbye();
            assertThat(goodbye.getStatistics().getSeen()).isEqualTo(5);
            assertThat(goodbye.getStatistics().getPublished()).isEqualTo(1);
            assertThat(goodbye.getStatistics().getExcludedBySetting()).isEqualTo(2);
            assertThat(goodbye.getStatistics().getNotTcp()).isEqualTo(1);
            assertThat(goodbye.getStatistics().getMalformed()).isEqualTo(1);
            assertThat(goodbye.getStatistics().getByReason())
                    .containsExactlyInAnyOrderEntriesOf(Map.of("not_tcp", 1L, "bad_ip_header", 1L));
            assertAddsUp();
        }

        @Test
        void theGoodbyeKnowsWhatKafkaHasDeliveredLast() {
            publisher.deliverLate();
            start(Map.of());
            exchange(2_000);
            close();
            assertThat(goodbye().getStatistics().getPublished()).isEqualTo(4_000);
            assertThat(accounted(goodbye().getStatistics())).isEqualTo(4_000);
        }

        @Test
        void everyStageIsCountedAndHandsOnToTheNext() {
            agent = agent(
                    source,
                    GivenOwnTraffic.ofPort(9_092),
                    Map.of("agent.exclude.ports", "22", "agent.queue.segments", "1024", "agent.batch.segments", "100"));
            agent.start();
            source.drop(3);
            source.freeze();
            publisher.setAway(true);
            exchange(100);
            for (int i = 0; i < 3_000; i++) {
                packet(40_000 + i % 2_000, i % 20 == 0 ? TcpFlags.FIN : TcpFlags.ACK, i);
            }
            packet(22, TcpFlags.ACK, 1);
            packet(9_092, TcpFlags.SYN, 1);
            packet(9_092, TcpFlags.ACK, 2);
            source.packet(PacketBytes.ipv4(17, new byte[8]), EPOCH);
            await(() -> agent.statistics().source().delivered() == 3_204);
            publisher.setAway(false);
            close();

            CaptureStatistics told = goodbye().getStatistics();
            AgentStatistics counted = agent.statistics();
            assertThat(told.getShedAcknowledgments()).isPositive();
            assertThat(told.getShed()).isEqualTo(told.getShedData() + told.getShedAcknowledgments());
            assertThat(told.getCoalesced())
                    .isEqualTo(counted.tracked().merged())
                    .isPositive();
            assertThat(told.getRingFreezes()).isEqualTo(1);
            assertThat(told.getExcludedOwn()).isEqualTo(2);
            assertThat(counted.queued().excluded()).as("the SYN").isEqualTo(1);
            assertThat(counted.stages()).first().isEqualTo(new Stage("kernel", 3_207, 3_204, 3));
            assertThat(accounted(told)).isEqualTo(3_204).isEqualTo(told.getSeen());
            assertAddsUp();
        }

        @Test
        void connectionsThatHadToMakeRoomAreTold() {
            start(Map.of("agent.track.connections", "1024"));
            for (int port = 1_000; port < 3_000; port++) {
                packet(port, TcpFlags.SYN, port);
            }
            close();
            assertThat(goodbye().getStatistics().getEvicted()).isEqualTo(2_000 - 1_024);
        }

        @Test
        void ownSegmentsAreLeftOutAndCounted() {
            agent = agent(source, GivenOwnTraffic.ofPort(9_092), Map.of());
            agent.start();
            packet(9_092, TcpFlags.SYN, 1);
            packet(9_092, TcpFlags.ACK, 2);
            packet(40_000, TcpFlags.ACK, 3);
            close();
            assertThat(publisher.segments()).hasSize(1);
            assertThat(goodbye().getStatistics().getExcludedOwn()).isEqualTo(2);
            assertThat(goodbye().getLimitations()).containsExactly("a limitation");
            assertAddsUp();
        }

        @Test
        void aControlSegmentDoesNotWaitForTheFlushInterval() {
            start(Map.of("agent.flush.interval", "10s", "agent.heartbeat.interval", "1m"));
            packet(40_000, TcpFlags.ACK, 1);
            packet(40_000, TcpFlags.FIN, 2);
            await(() -> publisher.segments().size() == 2);
        }

        @Test
        void kernelDropsShowInTheNextBatch() {
            start(Map.of("agent.flush.interval", "1ms", "agent.control.flush.interval", "1ms"));
            packet(40_000, TcpFlags.ACK, 1);
            await(() -> publisher.batches().size() == 1);
            source.drop(7);
            packet(40_000, TcpFlags.ACK, 2);
            await(() -> publisher.batches().size() == 2);
            close();
            assertThat(publisher.batches())
                    .extracting(CaptureBatch::getSkippedBefore)
                    .containsExactly(0L, 7L);
            assertThat(goodbye().getStatistics().getKernelDropped()).isEqualTo(7);
        }

        @Test
        void whenKafkaIsAwayDataIsShedBeforeControlSegmentsAndAllIsCounted() {
            start(Map.of(
                    "agent.queue.segments", "1024", "agent.batch.segments", "100", "agent.flush.interval", "20ms"));
            publisher.setAway(true);
            for (int i = 0; i < 3_000; i++) {
                packet(40_000, TcpFlags.ACK, i);
            }
            for (int i = 0; i < 100; i++) {
                packet(40_001, TcpFlags.FIN, i);
            }
            await(() -> agent.statistics().source().delivered() == 3_100);
            assertThat(publisher.segments()).isEmpty();
            publisher.setAway(false);
            close();
            assertThat(publisher.segments())
                    .filteredOn(segment -> segment.getFlags() == TcpFlags.FIN)
                    .hasSize(100);
            long left = agent.statistics().tracked().leftOut();
            assertThat(left).isPositive();
            assertThat(publisher.segments()).hasSize((int) (3_100 - left));
            assertThat(publisher.batches().stream()
                            .mapToLong(CaptureBatch::getSkippedBefore)
                            .sum())
                    .isEqualTo(left);
            assertAddsUp();
        }

        @Test
        void runsCountAsManySegmentsAsTheyStandFor() {
            start(Map.of());
            exchange(2_000);
            close();
            assertThat(publisher.segmentCount()).isEqualTo(4_000);
            assertThat(publisher.segments()).hasSizeLessThan(100);
            assertThat(goodbye().getStatistics().getPublished()).isEqualTo(4_000);
            assertThat(agent.statistics().tracked().merged())
                    .isEqualTo(4_000 - publisher.segments().size());
            assertAddsUp();
        }

        @Test
        void whileKafkaIsAwayRunsGrowAndNothingIsLost() {
            start(Map.of("agent.queue.segments", "1024"));
            exchange(10);
            await(() -> publisher.segmentCount() > 0);
            publisher.setAway(true);
            exchange(20_000);
            await(() -> agent.statistics().source().delivered() == 40_020);
            publisher.setAway(false);
            close();
            assertThat(agent.statistics().tracked().leftOut()).isZero();
            assertThat(publisher.segmentCount()).isEqualTo(40_020);
            assertAddsUp();
        }

        @Test
        void everySegmentIsToldWhereThatIsWanted() {
            start(Map.of("agent.fidelity.all.ports", "60000"));
            exchange(200);
            close();
            assertThat(publisher.segments()).hasSize(400);
            assertThat(agent.statistics().tracked().merged()).isZero();
        }

        @Test
        void aStopDoesNotWaitForKafkaForEver() {
            start(Map.of("agent.stop.timeout", "1s"));
            publisher.setAway(true);
            for (int i = 0; i < 700; i++) {
                packet(40_000, TcpFlags.ACK, i);
            }
            close();
            assertThat(agent.isEnded()).isTrue();
            assertThat(agent.statistics().publishFailed()).isEqualTo(700);
            assertAddsUp();
        }

        @Test
        void aBrokenCaptureIsToldAndIsNoPlannedStop() {
            start(Map.of());
            packet(40_000, TcpFlags.ACK, 1);
            source.breakWith("the interface is gone");
            assertThatThrownBy(() -> agent.awaitEnd())
                    .isInstanceOf(OperatingException.class)
                    .hasMessageContaining("the interface is gone");
            assertThat(publisher.segments()).hasSize(1);
            assertThat(goodbye().getPlannedStop()).isFalse();
        }
    }

    @Nested
    class Replay {
        @Test
        void aFileIsPublishedWithItsTimesWholly() throws Exception {
            replay(file(5_000), Map.of("agent.queue.segments", "1024"));
            assertThat(publisher.segments()).hasSize(5_000 * Exchange.size());
            CaptureBatch first = publisher.batches().get(0);
            assertThat(first.getBaseTimeNs()).isEqualTo(Exchange.START_NS);
            assertThat(first.getInterface$()).isEqualTo("capture.pcap");
            assertThat(goodbye().getWatermarkNs()).isEqualTo(Exchange.timeNs(Exchange.size() - 1));
            assertThat(goodbye().getPlannedStop()).isTrue();
            assertThat(agent.statistics().tracked().leftOut()).isZero();
            assertAddsUp();
        }

        @Test
        void ofADamagedFileAllBeforeTheDamageIsPublished() throws Exception {
            Path file = file(10);
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
            assertThatThrownBy(() -> replay(file, Map.of()))
                    .isInstanceOf(OperatingException.class)
                    .hasMessageContaining("truncated at byte");
            assertThat(publisher.segments()).hasSize(10 * Exchange.size() - 1);
            assertThat(goodbye().getPlannedStop()).isTrue();
        }

        private void replay(Path file, Map<String, String> settings) throws Exception {
            agent = agent(PcapFileSource.open(file), OwnTraffic.NONE, settings);
            agent.start();
            agent.awaitEnd();
        }

        private Path file(int exchanges) throws Exception {
            PcapBytes file = new PcapBytes(ByteOrder.LITTLE_ENDIAN, 0xa1b23c4d, 1);
            List<byte[]> frames = Exchange.frames();
            for (int i = 0; i < exchanges * frames.size(); i++) {
                byte[] frame = frames.get(i % frames.size());
                file.packet(Exchange.timeNs(i % frames.size()), Exchange.snap(frame), frame.length);
            }
            return Files.write(folder.resolve("capture.pcap"), file.bytes());
        }
    }

    private void start(Map<String, String> settings) {
        agent = agent(source, OwnTraffic.NONE, settings);
        agent.start();
    }

    private Agent agent(PacketSource from, OwnTraffic own, Map<String, String> settings) {
        SettingsLoader loader = AgentSettingKeys.DEFINITION.load();
        settings.forEach((key, value) -> loader.flag("--set", key, value));
        AgentSettings checked = AgentSettings.from(loader.load());
        Pipeline pipeline = Pipeline.of(from, own, publisher, checked.queueSegments());
        return new Agent(checked, new Identity("host-1", "boot-1", EPOCH, 7), pipeline, null, CLOCK);
    }

    /** Stops it when the script has been played. */
    private void close() {
        source.caughtUp(STOPPED);
        agent.close();
    }

    private void packet(int port, int flags, long number) {
        byte[] packet = Headers.packet(
                "127.0.0.1",
                "127.0.0.1",
                PacketBytes.tcp().ports(port, 60_000).flags(flags).sequence(number & 0xffff_ffffL));
        source.packet(packet, number);
    }

    /** So much data of one end, each acknowledged by the other, a millisecond apart. */
    private void exchange(int requests) {
        for (int i = 0; i < requests; i++) {
            long next = 1 + (exchanged + 1) * 10L;
            exchanged++;
            segment(PacketBytes.tcp().ports(40_000, 60_000).sequence(next - 10).payload(10));
            segment(PacketBytes.tcp().ports(60_000, 40_000).acknowledgment(next));
        }
    }

    private void segment(PacketBytes.TcpBytes segment) {
        exchangedAtNs += 500_000;
        source.packet(Headers.packet("127.0.0.1", "127.0.0.1", segment), exchangedAtNs);
    }

    private Heartbeat goodbye() {
        List<Heartbeat> heartbeats = publisher.heartbeats();
        return heartbeats.get(heartbeats.size() - 1);
    }

    private long lastWatermark() {
        List<Heartbeat> heartbeats = publisher.heartbeats();
        return heartbeats.isEmpty() ? 0 : heartbeats.get(heartbeats.size() - 1).getWatermarkNs();
    }

    private void assertAddsUp() {
        AgentStatistics counted = agent.statistics();
        assertThat(counted.pending()).isZero();
        assertThat(counted.packets().values().stream().mapToLong(n -> n).sum())
                .isEqualTo(counted.source().delivered());
        assertThat(counted.published()).isEqualTo(publisher.segmentCount());
        assertThat(counted.stages())
                .allSatisfy(stage -> assertThat(stage.pending()).as("%s", stage).isZero());
        long out = counted.source().delivered()
                + counted.source().kernelDropped()
                + counted.source().interfaceDropped();
        for (Stage stage : counted.stages()) {
            assertThat(stage.in()).as("%s", stage).isEqualTo(out);
            out = stage.out();
        }
    }

    /** What a reader of the topic can add up. */
    private static long accounted(CaptureStatistics told) {
        return told.getMalformed()
                + told.getNotTcp()
                + told.getExcludedOwn()
                + told.getExcludedBySetting()
                + told.getShed()
                + told.getQueueDropped()
                + told.getCapturedTwice()
                + told.getPublishFailed()
                + told.getPublished();
    }

    private static List<Long> numbers(int count) {
        return java.util.stream.LongStream.range(0, count).boxed().toList();
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(condition);
    }
}
