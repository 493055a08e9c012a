package io.loopscope.agent.sockets;

import static io.loopscope.agent.sockets.SocketState.CLOSE_WAIT;
import static io.loopscope.agent.sockets.SocketState.ESTABLISHED;
import static io.loopscope.agent.sockets.SocketState.FIN_WAIT_2;
import static io.loopscope.agent.sockets.Sockets.listener;
import static io.loopscope.agent.sockets.Sockets.socket;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.sockets.OwnTraffic.Verdict;
import io.loopscope.agent.testing.GivenOwnTraffic;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ProgramTrafficTest {
    private static final int SYN = TcpFlags.SYN;
    private static final int ACK = TcpFlags.ACK;
    private static final long NAMED = 1;
    private static final long OTHER = 77;

    private final TestClock clock = new TestClock();
    private final FakeSockets named = new FakeSockets();
    private final Sockets table = new Sockets();

    @Nested
    class Excluded {
        private final OwnTraffic traffic = traffic(new ProgramLedger(null, sockets(named)));

        @Test
        void areConnectionsOfTheProgramAtEitherEnd() {
            table.set(
                    socket(40_000, 80, ESTABLISHED, NAMED),
                    socket(80, 40_000, ESTABLISHED, OTHER),
                    socket(40_001, 80, ESTABLISHED, OTHER),
                    socket(80, 40_001, ESTABLISHED, NAMED),
                    socket(40_002, 80, ESTABLISHED, OTHER),
                    socket(80, 40_002, ESTABLISHED, OTHER + 1));
            assertThat(judge(traffic, 40_000, 80, ACK)).isEqualTo(Verdict.LISTED_OUT);
            assertThat(judge(traffic, 80, 40_000, ACK)).isEqualTo(Verdict.LISTED_OUT);
            assertThat(judge(traffic, 80, 40_001, ACK)).isEqualTo(Verdict.LISTED_OUT);
            assertThat(judge(traffic, 40_002, 80, ACK)).isEqualTo(Verdict.FOREIGN);
            assertThat(traffic.unattributedConnections()).isZero();
        }

        @Test
        void areAllThatComeToAPortItListensOn() {
            table.set(listener(80, NAMED, 0));
            traffic.refresh();
            assertThat(judge(traffic, 40_000, 80, SYN)).isEqualTo(Verdict.LISTED_OUT);
            assertThat(judge(traffic, 80, 40_000, SYN | ACK)).isEqualTo(Verdict.LISTED_OUT);
        }

        @Test
        void stayExcludedWhileTheyClose() {
            table.set(socket(40_000, 80, ESTABLISHED, NAMED), socket(80, 40_000, ESTABLISHED, OTHER));
            assertThat(judge(traffic, 40_000, 80, SYN)).isEqualTo(Verdict.LISTED_OUT);
            table.set(socket(40_000, 80, FIN_WAIT_2, 0), socket(80, 40_000, CLOSE_WAIT, OTHER));
            clock.advance(Duration.ofSeconds(10));
            traffic.refresh();
            assertThat(judge(traffic, 80, 40_000, TcpFlags.FIN)).isEqualTo(Verdict.LISTED_OUT);
        }

        @Test
        void areOtherOnesOnceTheirPortIsAnothers() {
            table.set(socket(40_000, 80, ESTABLISHED, NAMED));
            assertThat(judge(traffic, 40_000, 80, SYN)).isEqualTo(Verdict.LISTED_OUT);
            table.set(socket(40_000, 80, ESTABLISHED, OTHER));
            clock.advance(Duration.ofSeconds(1));
            assertThat(judge(traffic, 40_000, 80, SYN)).isEqualTo(Verdict.FOREIGN);
            assertThat(judge(traffic, 80, 40_000, ACK)).isEqualTo(Verdict.FOREIGN);
        }

        @Test
        void passAndAreCountedWhenTheyWereOverBeforeALook() {
            assertThat(judge(traffic, 40_000, 80, SYN)).isEqualTo(Verdict.FOREIGN);
            assertThat(judge(traffic, 80, 40_000, TcpFlags.RST)).isEqualTo(Verdict.FOREIGN);
            assertThat(traffic.unattributedConnections()).isEqualTo(1);
        }

        @Test
        void areFoundThoughTheProgramBeganAfterTheConnectionWasJudged() {
            table.set(socket(40_000, 80, ESTABLISHED, 5));
            assertThat(judge(traffic, 40_000, 80, SYN)).isEqualTo(Verdict.FOREIGN);
            named.nextProcesses = java.util.Set.of(1L, 2L);
            named.inodes.add(5L);
            clock.advance(Duration.ofSeconds(1));
            traffic.refresh();
            assertThat(judge(traffic, 40_000, 80, ACK)).isEqualTo(Verdict.LISTED_OUT);
        }

        @Test
        void socketsOfThePollAreLeftOutToo() {
            List<SocketEntry> poll = List.of(
                    socket(40_000, 80, ESTABLISHED, NAMED),
                    socket(80, 40_000, ESTABLISHED, OTHER),
                    socket(40_001, 81, ESTABLISHED, OTHER),
                    listener(82, NAMED, 0),
                    socket(82, 40_003, ESTABLISHED, 0),
                    listener(83, OTHER, 0));
            assertThat(traffic.listed(poll, List.of()))
                    .extracting(entry -> entry.local().port())
                    .containsExactly(40_001, 83);
        }
    }

    @Nested
    class Included {
        private final OwnTraffic traffic = traffic(new ProgramLedger(sockets(named), null));

        @Test
        void areOnlyConnectionsOfTheProgram() {
            table.set(
                    socket(40_000, 80, ESTABLISHED, NAMED),
                    socket(80, 40_000, ESTABLISHED, OTHER),
                    socket(40_002, 80, ESTABLISHED, OTHER),
                    listener(90, NAMED, 0));
            assertThat(judge(traffic, 40_000, 80, ACK)).isEqualTo(Verdict.FOREIGN);
            assertThat(judge(traffic, 40_002, 80, ACK)).isEqualTo(Verdict.LISTED_OUT);
            assertThat(judge(traffic, 40_003, 90, SYN)).isEqualTo(Verdict.FOREIGN);
        }

        @Test
        void areNotThoseThatWereOverBeforeALook() {
            assertThat(judge(traffic, 40_000, 80, SYN)).isEqualTo(Verdict.LISTED_OUT);
            assertThat(traffic.unattributedConnections()).isEqualTo(1);
        }

        @Test
        void socketsOfThePollAreThoseOfTheProgram() {
            List<SocketEntry> poll = List.of(
                    socket(40_000, 80, ESTABLISHED, NAMED),
                    socket(80, 40_000, ESTABLISHED, OTHER),
                    socket(40_001, 81, ESTABLISHED, OTHER),
                    listener(82, NAMED, 0),
                    socket(82, 40_003, ESTABLISHED, 0));
            assertThat(traffic.listed(poll, List.of()))
                    .extracting(entry -> entry.local().port())
                    .containsExactly(40_000, 80, 82, 82);
        }
    }

    @Test
    void aStormOfNewConnectionsIsJudgedByOneLook() {
        AtomicInteger looks = new AtomicInteger();
        named.inodes.add(NAMED);
        table.set(Stream.iterate(40_000, port -> port + 1)
                .limit(1_000)
                .map(port -> socket(port, 80, ESTABLISHED, port))
                .toArray(SocketEntry[]::new));
        OwnSockets counting = new OwnSockets() {
            @Override
            public void findProcesses() {
                named.findProcesses();
            }

            @Override
            public Inodes read() {
                looks.incrementAndGet();
                return named.read();
            }
        };
        OwnTraffic traffic = traffic(new ProgramLedger(null, counting));
        long opened = clock.nanos();
        clock.advance(Duration.ofMillis(1));
        for (int port = 40_000; port < 41_000; port++) {
            assertThat(traffic.judge(segment(port, 80, SYN), opened)).isEqualTo(Verdict.FOREIGN);
        }
        assertThat(looks).hasValue(2); // Before the table is read and after.
    }

    @Test
    void aTableThatCannotBeReadIsALimitation() {
        table.setBroken(true);
        OwnTraffic traffic = traffic(new ProgramLedger(null, sockets(named)));
        assertThat(judge(traffic, 40_000, 80, SYN)).isEqualTo(Verdict.FOREIGN);
        assertThat(traffic.limitations()).singleElement().asString().contains("agent.exclude.programs");
    }

    @Test
    void whatIsOwnStaysOwn() {
        OwnTraffic own = new GivenOwnTraffic(header -> true);
        OwnTraffic traffic = new ProgramTraffic(own, new ProgramLedger(null, named), table, clock, List::of);
        assertThat(judge(traffic, 40_000, 80, SYN)).isEqualTo(Verdict.OWN);
        assertThat(traffic.covers(segment(40_000, 80, SYN))).isTrue();
        assertThat(traffic.limitations()).containsExactly(GivenOwnTraffic.LIMITATION);
    }

    private OwnSockets sockets(FakeSockets from) {
        from.inodes.add(NAMED);
        return from;
    }

    private OwnTraffic traffic(ProgramLedger ledger) {
        return new ProgramTraffic(OwnTraffic.NONE, ledger, table, clock, List::of);
    }

    /** As a segment that was captured before the look. */
    private Verdict judge(OwnTraffic traffic, int source, int destination, int flags) {
        long captured = clock.nanos();
        clock.advance(Duration.ofMillis(60));
        return traffic.judge(segment(source, destination, flags), captured);
    }

    private static SegmentHeader segment(int source, int destination, int flags) {
        return Headers.of(
                "127.0.0.1",
                "127.0.0.1",
                PacketBytes.tcp().ports(source, destination).flags(flags));
    }
}
