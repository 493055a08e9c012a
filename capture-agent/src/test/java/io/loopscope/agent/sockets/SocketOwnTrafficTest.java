package io.loopscope.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.sockets.OwnTraffic.Verdict;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SocketOwnTrafficTest {
    private static final int BROKER = 9092;
    private static final int SYN = TcpFlags.SYN;
    private static final int ACK = TcpFlags.ACK;

    private final TestClock clock = new TestClock();
    private final FakeSockets own = new FakeSockets();
    private final FakeTable table = new FakeTable();
    private final Set<Endpoint> brokers = new HashSet<>(Set.of(at(BROKER)));
    private final OwnTraffic traffic = new SocketOwnTraffic(own, table, () -> brokers, clock, List::of);

    @Nested
    class OwnConnections {
        @Test
        void areKnownByTheSocketsOfTheProcess() {
            own.inodes.add(1L);
            table.connection(40_000, BROKER, 1, 500);
            traffic.refresh();
            assertThat(traffic.covers(segment(40_000, BROKER, ACK))).isTrue();
            assertThat(traffic.covers(segment(BROKER, 40_000, ACK))).isTrue();
            assertThat(traffic.covers(segment(40_001, BROKER, ACK))).isFalse();
        }

        @Test
        void areFoundWhenTheirFirstSegmentIsJudged() {
            traffic.refresh();
            clock.advance(Duration.ofSeconds(1));
            long opened = clock.nanos();
            own.inodes.add(1L);
            table.connection(40_000, BROKER, 1, 500);
            assertThat(traffic.judge(segment(40_000, BROKER, SYN), opened)).isEqualTo(Verdict.OWN);
            assertThat(traffic.covers(segment(BROKER, 40_000, ACK))).isTrue();
        }

        @Test
        void areFoundThoughTheSocketIsMadeWhileTheTableIsRead() {
            traffic.refresh();
            clock.advance(Duration.ofSeconds(1));
            table.connection(40_000, BROKER, 1, 500);
            table.whenRead = () -> own.inodes.add(1L);
            assertThat(traffic.judge(segment(40_000, BROKER, SYN), clock.nanos()))
                    .isEqualTo(Verdict.OWN);
        }

        @Test
        void ofAListenerAreAllThatComeToIt() {
            own.inodes.add(1L);
            table.entries.add(SocketEntry.plain(at(8080), at("0.0.0.0", 0), SocketState.LISTEN, 1));
            traffic.refresh();
            SegmentHeader refusedForWantOfRoom = segment(40_000, 8080, SYN);
            assertThat(traffic.covers(refusedForWantOfRoom)).isTrue();
            assertThat(traffic.judge(refusedForWantOfRoom, clock.nanos())).isEqualTo(Verdict.OWN);
        }

        @Test
        void stayOwnWhileTheirLastSegmentsCome() {
            own.inodes.add(1L);
            table.connection(40_000, BROKER, 1, 500);
            traffic.refresh();
            own.inodes.clear();
            table.entries.clear();
            clock.advance(Duration.ofSeconds(10));
            traffic.refresh();
            assertThat(traffic.covers(segment(40_000, BROKER, TcpFlags.FIN))).isTrue();
            clock.advance(Duration.ofMinutes(3));
            traffic.refresh();
            assertThat(traffic.covers(segment(40_000, BROKER, TcpFlags.FIN))).isFalse();
        }

        @Test
        void areSomebodyElsesOnceTheirPortIs() {
            own.inodes.add(1L);
            table.connection(40_000, BROKER, 1, 500);
            traffic.refresh();
            own.inodes.clear();
            table.entries.clear();
            clock.advance(Duration.ofSeconds(10));
            table.connection(40_000, BROKER, 77, 501);
            assertThat(traffic.judge(segment(40_000, BROKER, SYN), clock.nanos()))
                    .isEqualTo(Verdict.FOREIGN);
            assertThat(traffic.covers(segment(40_000, BROKER, ACK))).isFalse();
            assertThat(traffic.judge(segment(BROKER, 40_000, ACK), clock.nanos()))
                    .isEqualTo(Verdict.FOREIGN);
        }
    }

    @Nested
    class OtherConnections {
        @Test
        void passWithoutALook() {
            traffic.refresh();
            int looks = table.reads;
            assertThat(traffic.judge(segment(40_000, 13_306, SYN), clock.nanos()))
                    .isEqualTo(Verdict.FOREIGN);
            assertThat(table.reads).isEqualTo(looks);
        }

        @Test
        void toABrokerAreTheirsWhoseSocketItIs() {
            table.connection(40_000, BROKER, 77, 500);
            clock.advance(Duration.ofSeconds(1));
            assertThat(traffic.judge(segment(40_000, BROKER, SYN), clock.nanos()))
                    .isEqualTo(Verdict.FOREIGN);
            int looks = table.reads;
            assertThat(traffic.judge(segment(BROKER, 40_000, ACK), clock.nanos()))
                    .isEqualTo(Verdict.FOREIGN);
            assertThat(table.reads).as("looks for the rest of the connection").isEqualTo(looks);
        }

        @Test
        void toABrokerThatAreGoneAreNotOursWhenWeAreConnected() {
            own.inodes.add(1L);
            table.connection(40_000, BROKER, 1, 500);
            traffic.refresh();
            clock.advance(Duration.ofSeconds(1));
            assertThat(traffic.judge(segment(40_005, BROKER, SYN), clock.nanos()))
                    .isEqualTo(Verdict.FOREIGN);
        }

        @Test
        void toABrokerThatAreGoneMayBeOursWhenOneOfOurConnectionsIsLost() {
            own.inodes.addAll(Set.of(1L, 2L));
            table.connection(40_000, BROKER, 1, 500);
            table.connection(40_001, BROKER, 2, 501);
            traffic.refresh();
            clock.advance(Duration.ofSeconds(1));
            table.entries.removeIf(entry -> entry.inode() == 1);
            assertThat(traffic.judge(segment(40_005, BROKER, SYN), clock.nanos()))
                    .as("that very moment")
                    .isEqualTo(Verdict.UNATTRIBUTED);
            clock.advance(Duration.ofMillis(200));
            assertThat(traffic.judge(segment(40_006, BROKER, SYN), clock.nanos()))
                    .as("while the broker may be dying")
                    .isEqualTo(Verdict.UNATTRIBUTED);
            clock.advance(Duration.ofSeconds(2));
            assertThat(traffic.judge(segment(40_007, BROKER, SYN), clock.nanos()))
                    .as("it lives")
                    .isEqualTo(Verdict.FOREIGN);
        }

        @Test
        void toABrokerThatAreGoneMayBeOursWhenItListensNoMore() {
            own.inodes.add(1L);
            table.connection(40_000, BROKER, 1, 500);
            traffic.refresh();
            table.entries.removeIf(entry -> entry.state() == SocketState.LISTEN);
            clock.advance(Duration.ofSeconds(5));
            assertThat(traffic.judge(segment(40_005, BROKER, SYN), clock.nanos()))
                    .isEqualTo(Verdict.UNATTRIBUTED);
        }

        @Test
        void toABrokerThatAreGoneMayBeOursWhenWeConnectDuringTheLook() {
            traffic.refresh();
            clock.advance(Duration.ofSeconds(1));
            own.inodes.add(1L);
            table.connection(40_000, BROKER, 1, 500);
            long[] refused = new long[1];
            table.whenRead = () -> {
                clock.advance(Duration.ofMillis(20));
                refused[0] = clock.nanos();
                clock.advance(Duration.ofMillis(20));
                table.whenRead = () -> {};
            };
            traffic.refresh();
            assertThat(traffic.judge(segment(40_005, BROKER, SYN), refused[0])).isEqualTo(Verdict.UNATTRIBUTED);
            clock.advance(Duration.ofMillis(100));
            assertThat(traffic.judge(segment(40_006, BROKER, SYN), clock.nanos()))
                    .as("later")
                    .isEqualTo(Verdict.FOREIGN);
        }

        @Test
        void toABrokerThatAreGoneMayBeOursWhenWeAreNotConnected() {
            traffic.refresh();
            clock.advance(Duration.ofSeconds(1));
            assertThat(traffic.judge(segment(40_005, BROKER, SYN), clock.nanos()))
                    .isEqualTo(Verdict.UNATTRIBUTED);
            int looks = table.reads;
            assertThat(traffic.judge(segment(BROKER, 40_005, TcpFlags.RST), clock.nanos()))
                    .isEqualTo(Verdict.UNATTRIBUTED);
            assertThat(table.reads).isEqualTo(looks);
        }
    }

    @Test
    void aSecondIsChangedByALookOnlyWhenSocketsHaveChanged() {
        traffic.refresh();
        int looks = table.reads;
        clock.advance(Duration.ofSeconds(1));
        traffic.refresh();
        assertThat(table.reads).isEqualTo(looks);
        own.inodes.add(5L);
        traffic.refresh();
        assertThat(table.reads).isEqualTo(looks + 1);
        brokers.add(at(9093));
        traffic.refresh();
        assertThat(table.reads).isEqualTo(looks + 2);
        clock.advance(Duration.ofSeconds(5));
        traffic.refresh();
        assertThat(table.reads).isEqualTo(looks + 3);
    }

    @Test
    void whereTheTableCannotBeReadAllConnectionsToBrokersAreLeftOut() {
        table.failure = new IOException("no such file");
        traffic.refresh();
        clock.advance(Duration.ofSeconds(1));
        assertThat(traffic.judge(segment(40_000, BROKER, SYN), clock.nanos())).isEqualTo(Verdict.UNATTRIBUTED);
        assertThat(traffic.judge(segment(40_000, 80, SYN), clock.nanos())).isEqualTo(Verdict.FOREIGN);
        assertThat(traffic.limitations()).singleElement().asString().contains("no such file");
    }

    @Test
    void whatCannotBeReadIsALimitation() {
        own.unreadable.add("the sockets of process 7 cannot be read");
        traffic.refresh();
        assertThat(traffic.limitations()).containsExactly("the sockets of process 7 cannot be read");
    }

    private static SegmentHeader segment(int source, int destination, int flags) {
        return Headers.of(
                "127.0.0.1",
                "127.0.0.1",
                PacketBytes.tcp().ports(source, destination).flags(flags));
    }

    private static Endpoint at(int port) {
        return at("127.0.0.1", port);
    }

    private static Endpoint at(String address, int port) {
        return Endpoint.of(new InetSocketAddress(address, port));
    }

    private static final class FakeTable implements SocketTable {
        private final List<SocketEntry> entries =
                new ArrayList<>(List.of(SocketEntry.plain(at(BROKER), at("0.0.0.0", 0), SocketState.LISTEN, 400)));
        private IOException failure;
        private int reads;
        private Runnable whenRead = () -> {};

        /** Both sockets of a loopback connection. */
        void connection(int client, int server, long clientInode, long serverInode) {
            entries.add(SocketEntry.plain(at(client), at(server), SocketState.ESTABLISHED, clientInode));
            entries.add(SocketEntry.plain(at(server), at(client), SocketState.ESTABLISHED, serverInode));
        }

        @Override
        public List<SocketEntry> read(Predicate<? super SocketEntry> wanted) throws IOException {
            reads++;
            if (failure != null) {
                throw failure;
            }
            whenRead.run();
            return entries.stream().filter(wanted).toList();
        }

        @Override
        public String source() {
            return "fake";
        }
    }
}
