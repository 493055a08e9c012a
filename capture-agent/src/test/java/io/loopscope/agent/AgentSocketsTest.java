package io.loopscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.publish.Identity;
import io.loopscope.agent.sockets.NamespaceFacts;
import io.loopscope.agent.sockets.OwnSockets;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.sockets.SocketOwner;
import io.loopscope.agent.sockets.SocketOwners;
import io.loopscope.agent.sockets.SocketPolling;
import io.loopscope.agent.sockets.SocketState;
import io.loopscope.agent.sockets.Sockets;
import io.loopscope.agent.source.ScriptedSource;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.MemoryPublisher;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.settings.SettingsLoader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An agent that polls a socket table made by hand, by a clock that a test sets. */
@Timeout(120)
class AgentSocketsTest {
    private static final long START = 1_790_000_000_000_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AtomicLong now = new AtomicLong(START);
    private final ScriptedSource source = new ScriptedSource();
    private final MemoryPublisher publisher = new MemoryPublisher();
    private final Sockets table = new Sockets();
    /** By how much each look at the clock moves it. */
    private volatile long clockStep;

    private Agent agent;

    @AfterEach
    void stop() {
        source.caughtUp(Long.MAX_VALUE);
        agent.close();
    }

    @Test
    void aReportWaitsForAllThatWasCapturedBeforeIt() {
        table.set(Sockets.socket(40_000, 80, SocketState.ESTABLISHED, 11));
        now.set(START + 1_000);
        start();
        packet(START + 999);
        source.caughtUp(START + 999);
        awaitWatermark(START + 999);
        assertThat(publisher.socketReports()).isEmpty();
        source.caughtUp(START + 1_000);
        await(() -> !publisher.socketReports().isEmpty());
        SocketReport first = publisher.socketReports().get(0);
        assertThat(first.getTimeNs()).isEqualTo(START + 1_000);
        assertThat(first.getFull()).isTrue();
        assertThat(first.getPollId()).isZero();
        assertThat(first.getSockets()).hasSize(1);
        awaitWatermark(START + 1_000);
        assertThat(lastHeartbeat().getSocketPollId()).isNotNull();
    }

    @Test
    void reportsSegmentsAndHeartbeatsKeepTheirOrderWhateverHappens() {
        clockStep = 1;
        start();
        for (int round = 1; round <= 30; round++) {
            long time = now.addAndGet(1_000_000);
            table.set(Sockets.socket(40_000 + round, 80, SocketState.ESTABLISHED, round));
            packet(time - 5);
            source.caughtUp(time);
            int polls = publisher.socketReports().size();
            await(() -> publisher.socketReports().size() > polls, this::tick);
        }
        long watermark = 0;
        long pollTime = 0;
        for (SpecificRecord value : publisher.records()) {
            if (value instanceof Heartbeat heartbeat) {
                watermark = heartbeat.getWatermarkNs();
            } else if (value instanceof SocketReport report) {
                assertThat(report.getTimeNs()).isGreaterThan(watermark);
                pollTime = report.getTimeNs();
            } else if (value instanceof CaptureBatch batch) {
                assertThat(batch.getBaseTimeNs()).isGreaterThan(watermark).isGreaterThan(pollTime);
            }
        }
    }

    @Test
    void betweenFullRoundsOnlyChangesAreTold() {
        table.set(Sockets.socket(40_000, 80, SocketState.ESTABLISHED, 11), Sockets.listener(80, 5, 0));
        start("agent.sockets.full.every", "4");
        awaitReports(1);
        table.set(Sockets.socket(40_000, 80, SocketState.CLOSE_WAIT, 11));
        await(
                () -> publisher.socketReports().stream()
                        .anyMatch(report -> !report.getGone().isEmpty()),
                this::tick);
        awaitReports(publisher.socketReports().size() + 4);
        List<SocketReport> reports = publisher.socketReports();
        assertThat(reports).allSatisfy(report -> assertThat(report.getFull()).isEqualTo(report.getPollId() % 4 == 0));
        assertThat(reports)
                .filteredOn(report -> !report.getFull())
                .flatExtracting(SocketReport::getSockets)
                .hasSizeLessThanOrEqualTo(1);
        assertThat(reports).flatExtracting(SocketReport::getGone).hasSize(1);
    }

    @Test
    void afterAReportThatFoundNoRoomEverythingIsToldAnew() {
        table.set(Sockets.socket(40_000, 80, SocketState.ESTABLISHED, 11));
        start("agent.sockets.full.every", "1000");
        awaitReports(1);
        publisher.refuseReports(true);
        await(() -> agent.statistics().sockets().reportsDropped() > 0, this::tick);
        int before = publisher.socketReports().size();
        publisher.refuseReports(false);
        awaitReports(before + 2);
        SocketReport again = publisher.socketReports().get(before);
        assertThat(again.getFull()).isTrue();
        assertThat(again.getSockets()).hasSize(1);
        assertThat(again.getPollId())
                .isGreaterThan(publisher.socketReports().get(before - 1).getPollId() + 1);
        assertThat(publisher.socketReports().get(before + 1).getFull()).isFalse();
    }

    @Test
    void afterAReportThatWasLostOnItsWayEverythingIsToldAnew() {
        table.set(Sockets.socket(40_000, 80, SocketState.ESTABLISHED, 11));
        start("agent.sockets.full.every", "1000");
        awaitReports(2);
        publisher.loseReport();
        await(
                () -> publisher.socketReports().stream()
                                .filter(SocketReport::getFull)
                                .count()
                        == 2,
                this::tick);
    }

    @Test
    void everythingIsToldAnewEvenWhenTheTableCannotBeReadForAWhile() {
        table.set(Sockets.socket(40_000, 80, SocketState.ESTABLISHED, 11));
        start("agent.sockets.full.every", "1000");
        awaitReports(2);
        table.setBroken(true);
        publisher.loseReport();
        long failedBefore = agent.statistics().sockets().failed();
        await(() -> agent.statistics().sockets().failed() >= failedBefore + 2, this::tick);
        int before = publisher.socketReports().size();
        table.setBroken(false);
        awaitReports(before + 1);
        assertThat(publisher.socketReports().get(before).getFull()).isTrue();
    }

    @Test
    void aTableThatCannotBeReadIsSaidAndHoldsNothingUp() {
        table.setBroken(true);
        start();
        now.set(START + 1_000);
        source.caughtUp(START + 1_000);
        awaitWatermark(START + 1_000);
        await(() -> lastHeartbeat().getLimitations().stream().anyMatch(text -> text.contains("the table is broken")));
        assertThat(publisher.socketReports()).isEmpty();
        assertThat(lastHeartbeat().getSocketPollId()).isNull();
        assertThat(agent.statistics().sockets().failed()).isPositive();
        table.setBroken(false);
        awaitReports(1);
        await(() -> lastHeartbeat().getLimitations().isEmpty());
    }

    private void start(String... settings) {
        SettingsLoader loader = AgentSettingKeys.DEFINITION.load();
        loader.flag("--set", "agent.sockets.poll.interval", "100ms");
        loader.flag("--set", "agent.sockets.cpu.share", "1");
        loader.flag("--set", "agent.heartbeat.interval", "100ms");
        for (int i = 0; i < settings.length; i += 2) {
            loader.flag("--set", settings[i], settings[i + 1]);
        }
        AgentSettings checked = AgentSettings.from(loader.load());
        Pipeline pipeline = Pipeline.of(source, OwnTraffic.NONE, publisher, checked.queueSegments());
        SocketPolling polling = new SocketPolling(host(), socket -> true, true, 0.01);
        agent = new Agent(checked, new Identity("host-1", "boot-1", START, 7), pipeline, polling, new SetClock());
        agent.start();
    }

    private SocketPolling.Host host() {
        NamespaceFacts facts = new NamespaceFacts(Set.of(), 3L, 32_768, 60_999);
        return new SocketPolling.Host(table, new NoOwners(), new NoSockets(), OwnTraffic.NONE, () -> facts, () -> 0);
    }

    /** Lets the capture catch up with the clock. */
    private void tick() {
        source.caughtUp(now.addAndGet(1_000));
    }

    private void packet(long timeNs) {
        byte[] packet = Headers.packet(
                "127.0.0.1",
                "127.0.0.1",
                PacketBytes.tcp().ports(40_000, 80).flags(TcpFlags.ACK).sequence(1));
        source.packet(packet, timeNs);
    }

    private void awaitReports(int count) {
        await(() -> publisher.socketReports().size() >= count, this::tick);
    }

    private void awaitWatermark(long timeNs) {
        await(() -> !publisher.heartbeats().isEmpty() && lastHeartbeat().getWatermarkNs() >= timeNs);
    }

    private Heartbeat lastHeartbeat() {
        List<Heartbeat> heartbeats = publisher.heartbeats();
        return heartbeats.get(heartbeats.size() - 1);
    }

    private static void await(Callable<Boolean> condition) {
        await(condition, () -> {});
    }

    private static void await(Callable<Boolean> condition, Runnable meanwhile) {
        Function<Callable<Boolean>, Callable<Boolean>> pushing = asked -> () -> {
            meanwhile.run();
            return asked.call();
        };
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(pushing.apply(condition));
    }

    private static final class NoOwners implements SocketOwners {
        @Override
        public Found find(Set<Long> inodes) {
            return new Found(Map.of(), 0);
        }

        @Override
        public SocketOwner refresh(SocketOwner owner) {
            return owner;
        }
    }

    private static final class NoSockets implements OwnSockets {
        @Override
        public void findProcesses() {
            // There are none.
        }

        @Override
        public Inodes read() {
            return new Inodes(Set.of(), List.of());
        }
    }

    private final class SetClock extends Clock {
        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(0, now.addAndGet(clockStep));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
