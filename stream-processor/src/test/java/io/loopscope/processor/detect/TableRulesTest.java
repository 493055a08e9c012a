package io.loopscope.processor.detect;

import static io.loopscope.processor.tcp.TcpState.CLOSE_WAIT;
import static io.loopscope.processor.tcp.TcpState.ESTABLISHED;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_1;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_2;
import static io.loopscope.processor.tcp.TcpState.SYN_RECEIVED;
import static io.loopscope.processor.tcp.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Role;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rules that rest on the socket table: what raises them, what does not, what clears them. */
class TableRulesTest {

    private static final int PORT = 50_000;

    private Scene scene = new Scene();
    private FakeTable table = new FakeTable(scene);

    @Nested
    class HalfOpenWithoutTraffic {

        @Test
        void raisedWithinTwoPollsAndClearedWhenTheOtherEndGoes() {
            scene.connects(PORT);
            FakeTable.Row client = table.client(PORT, ESTABLISHED).of(9, "pool");
            FakeTable.Row server = table.server(PORT, ESTABLISHED);
            table.poll().watches(10);
            table.remove(server).watches(2);
            assertThat(scene.told()).as("one poll may race").isEmpty();
            table.watches(2);
            assertThat(scene.told()).isEqualTo("OPENED HALF_OPEN server");
            assertThat(scene.last().evidence()).isEqualTo(Evidence.KERNEL);
            assertThat(scene.last().clientProcess()).isEqualTo("pool[9]");
            assertThat(scene.last().explain())
                    .isEqualTo(
                            "client 127.0.0.1:50000 is established as the kernel says, and has been without its other"
                                    + " end, server 127.0.0.1:13306, for at least 2 s: that end is gone without a FIN or RST.");
            table.remove(client).watches(2);
            assertThat(scene.told()).isEqualTo("CLEARED HALF_OPEN gone");
        }

        @Test
        void olderThanTheAgent() {
            table.client(PORT, ESTABLISHED);
            table.poll().watches(4);
            assertThat(scene.told()).isEqualTo("OPENED HALF_OPEN server");
        }

        @Test
        void restartOfTheAgentDoesNotClearIt() {
            table.client(PORT, ESTABLISHED);
            table.poll().watches(4);
            scene.told();
            scene.now += 10 * Scene.SECOND;
            table.restarts().poll().watches(20);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void addressesThatAreRewrittenOnTheWayAreNone() {
            table.socket(PORT, 80, ESTABLISHED);
            table.socket(8080, PORT, ESTABLISHED);
            table.poll().watches(20);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void portThatAnotherConnectionHasUsedBeforeHidesNothing() {
            table.socket(PORT, 80, TIME_WAIT).unowned();
            table.server(PORT, ESTABLISHED);
            table.poll().watches(4);
            assertThat(scene.told()).isEqualTo("OPENED HALF_OPEN client");
        }

        @Test
        void answerToTheOneWhoIsLeftIsNoNews() {
            scene.connects(PORT);
            FakeTable.Row client = table.client(PORT, ESTABLISHED);
            FakeTable.Row server = table.server(PORT, ESTABLISHED);
            table.poll().watches(10);
            table.remove(client).watches(4);
            assertThat(scene.told()).isEqualTo("OPENED HALF_OPEN client");
            scene.advance(0.5);
            scene.send(PORT, false, "<SEQ=300><ACK=100><CTL=FIN,ACK>");
            scene.send(PORT, true, "<SEQ=100><CTL=RST>");
            table.remove(server).watches(10);
            assertThat(scene.told()).isEqualTo("CLEARED HALF_OPEN reset");
        }

        @Test
        void stateThatEndsAloneIsNone() {
            table.client(PORT, TIME_WAIT).unowned();
            table.client(PORT + 1, FIN_WAIT_2).unowned();
            table.poll().watches(20);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void missingPollProvesNothing() {
            table.client(PORT, ESTABLISHED);
            FakeTable.Row server = table.server(PORT, ESTABLISHED);
            table.poll().watches(4);
            table.losesPoll();
            table.remove(server).watches(8);
            assertThat(scene.told()).as("until the next full poll").isEmpty();
            table.readsAll().watches(4);
            assertThat(scene.told()).isEqualTo("OPENED HALF_OPEN server");
        }
    }

    @Nested
    class Accepting {

        @Test
        void queueAsLongAsTheBacklog() {
            FakeTable.Row listener = table.listener(4, 5).of(3, "slow");
            table.poll().watches(2);
            assertThat(scene.told()).isEmpty();
            listener.queues(5, 5);
            table.watches(2);
            assertThat(scene.told()).isEqualTo("OPENED ACCEPT_QUEUE_FULL listener");
            assertThat(scene.last().serverProcess()).isEqualTo("slow[3]");
            assertThat(scene.last().attributes())
                    .containsEntry("accept_queue", "5")
                    .containsEntry("backlog", "5");
            listener.queues(0, 5);
            table.watches(12);
            assertThat(scene.told()).isEqualTo("CLEARED ACCEPT_QUEUE_FULL subsided");
        }

        @Test
        void droppedConnectionsTellOfAQueueThatIsEmptyAgain() {
            table.overflows = 1000L;
            table.listener(1, 5);
            table.poll().watches(4);
            assertThat(scene.told()).as("of before").isEmpty();
            table.overflows = 1007L;
            table.watches(2);
            assertThat(scene.told()).isEqualTo("OPENED ACCEPT_QUEUE_FULL listener");
            assertThat(scene.last().attributes()).containsEntry("dropped", "7");
        }

        @Test
        void emptyQueueWithoutBacklogIsNotFull() {
            table.listener(0, 0);
            table.poll().watches(10);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void nobodyAcceptsAndTheClientCloses() {
            table.listener(1, 5).of(8, "stopped");
            scene.connects(PORT);
            FakeTable.Row client = table.client(PORT, ESTABLISHED);
            FakeTable.Row server = table.server(PORT, ESTABLISHED).unowned();
            table.poll().watches(4);
            assertThat(scene.told()).isEmpty();
            table.watches(2);
            assertThat(scene.told()).isEqualTo("OPENED NEVER_ACCEPTED server");
            assertThat(scene.last().serverProcess()).isEqualTo("stopped[8]");
            assertThat(scene.last().explain()).endsWith("stopped[8] has not called accept().");
            scene.clientCloses(PORT);
            client.is(FIN_WAIT_2);
            server.is(CLOSE_WAIT);
            table.watches(120);
            assertThat(scene.told()).as("one anomaly for one cause").isEqualTo("ESCALATED NEVER_ACCEPTED server");
            scene.serverCloses(PORT);
            assertThat(scene.told()).startsWith("CLEARED NEVER_ACCEPTED");
        }

        @Test
        void acceptedInTimeIsNone() {
            table.listener(0, 5);
            FakeTable.Row server = table.server(PORT, ESTABLISHED).unowned();
            table.client(PORT, ESTABLISHED);
            table.poll().watches(2);
            server.of(1, "s").owned();
            table.watches(20);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void whereNoSocketHasAnInodeNothingIsKnown() {
            scene.connects(PORT);
            table.client(PORT, ESTABLISHED).unowned();
            table.server(PORT, ESTABLISHED).unowned();
            table.poll().watches(20);
            assertThat(scene.told()).isEmpty();
        }
    }

    @Nested
    class Reading {

        @Test
        void serverWhoseQueueOnlyGrows() {
            scene.connects(PORT);
            table.client(PORT, ESTABLISHED);
            FakeTable.Row server = table.server(PORT, ESTABLISHED).of(5, "busy");
            table.poll();
            for (int i = 1; i <= 2; i++) {
                server.queues(i * 100L, 0);
                table.watches(2);
            }
            assertThat(scene.told()).isEmpty();
            server.queues(300, 0);
            table.watches(2);
            assertThat(scene.told()).isEqualTo("OPENED SERVER_NOT_READING server");
            assertThat(scene.last().attributes()).containsEntry("unread_octets", "300");
            server.queues(300, 0);
            table.watches(10);
            assertThat(scene.told()).as("full is not read").isEmpty();
            server.queues(0, 0);
            table.watches(2);
            assertThat(scene.told()).isEqualTo("CLEARED SERVER_NOT_READING progressed");
        }

        @Test
        void clientIsToldByItsOwnName() {
            scene.connects(PORT);
            FakeTable.Row client = table.client(PORT, ESTABLISHED);
            table.server(PORT, ESTABLISHED);
            table.poll();
            for (int i = 1; i <= 3; i++) {
                client.queues(i * 100L, 0);
                table.watches(2);
            }
            assertThat(scene.told()).isEqualTo("OPENED CLIENT_NOT_READING client");
        }

        @Test
        void queueThatIsReadNowAndThenIsNone() {
            scene.connects(PORT);
            table.client(PORT, ESTABLISHED);
            FakeTable.Row server = table.server(PORT, ESTABLISHED);
            table.poll();
            for (long octets : new long[] {100, 200, 50, 300, 400, 10, 500}) {
                server.queues(octets, 0);
                table.watches(2);
            }
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void dataThatWaitsForAClosedWindow() {
            scene.connects(PORT);
            FakeTable.Row client =
                    table.client(PORT, ESTABLISHED).queues(0, 500).peerWindow(0);
            table.server(PORT, ESTABLISHED).of(5, "busy");
            table.poll().watches(4);
            assertThat(scene.told()).isEmpty();
            table.watches(2);
            assertThat(scene.told()).isEqualTo("OPENED ZERO_WINDOW_STALL server");
            assertThat(scene.last().evidence()).isEqualTo(Evidence.KERNEL);
            assertThat(scene.last().explain()).endsWith("busy[5] does not read.");
            client.queues(0, 0).peerWindow(1000);
            table.watches(2);
            assertThat(scene.told()).isEqualTo("CLEARED ZERO_WINDOW_STALL progressed");
        }
    }

    @Nested
    class Leaks {

        @Test
        void namesTheProcessAndWhenItsFilesRunOut() {
            for (int minute = 0; minute < 7; minute++) {
                for (int i = 0; i < 3; i++) {
                    int port = 40_000 + minute * 10 + i;
                    scene.connects(port).clientCloses(port);
                    table.client(port, FIN_WAIT_2);
                    table.server(port, CLOSE_WAIT).of(77, "leaky").holding(100 + minute * 3L + i, 1024);
                }
                table.watches(60);
            }
            AnomalyChange leak = scene.anomalies.stream()
                    .filter(change -> change.name() == AnomalyName.CONNECTION_LEAK)
                    .findFirst()
                    .orElseThrow();
            assertThat(leak.serverProcess()).isEqualTo("leaky[77]");
            assertThat(leak.evidence()).isEqualTo(Evidence.BOTH);
            assertThat(leak.attributes())
                    .containsEntry("pid", "77")
                    .containsEntry("open_files_limit", "1024")
                    .containsKey("seconds_until_open_files_limit");
            assertThat(leak.explain())
                    .contains("leak in leaky[77], which may have 1024 files open and reaches that in about 5 h");
        }

        @Test
        void oneProcessLeaksWhileAnotherCloses() {
            for (int i = 0; i < 40; i++) {
                table.server(30_000 + i, CLOSE_WAIT).of(1, "closing");
            }
            FakeTable.Row[] closing = new FakeTable.Row[40];
            for (int i = 0; i < 40; i++) {
                closing[i] = table.server(31_000 + i, CLOSE_WAIT).of(1, "closing");
            }
            table.poll().watches(62);
            for (int minute = 0; minute < 8; minute++) {
                for (int i = 0; i < 5; i++) {
                    table.remove(closing[minute * 5 + i]);
                }
                table.server(32_000 + minute * 2, CLOSE_WAIT).of(2, "leaky");
                table.server(32_001 + minute * 2, CLOSE_WAIT).of(2, "leaky");
                table.watches(60);
            }
            assertThat(scene.anomalies.stream().filter(change -> change.name() == AnomalyName.CONNECTION_LEAK))
                    .singleElement()
                    .satisfies(leak -> assertThat(leak.serverProcess()).isEqualTo("leaky[2]"));
        }

        @Test
        void whatWasThereBeforeTheAgentIsNoGrowth() {
            for (int i = 0; i < 40; i++) {
                table.server(30_000 + i, CLOSE_WAIT).of(1, "old");
            }
            table.poll().watches(900);
            assertThat(scene.anomalies).noneMatch(change -> change.name() == AnomalyName.CONNECTION_LEAK);
        }
    }

    @Nested
    class Pools {

        @Test
        void healthyPoolRaisesNothing() {
            table.listener(0, 128).of(1, "db");
            for (int i = 0; i < 50; i++) {
                scene.connects(40_000 + i);
                table.established(40_000 + i);
            }
            for (int i = 0; i < 50; i++) {
                table.established(41_000 + i);
            }
            table.poll().watches(400);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void idlenessIsToldWhereItIsAskedFor() {
            RuleSettings hour = AnomalyName.IDLE_ESTABLISHED.defaults().withAction(Action.EVENT);
            scene = new Scene(DetectorSettings.defaults().with(Scene.SERVER_PORT, AnomalyName.IDLE_ESTABLISHED, hour));
            table = new FakeTable(scene);
            scene.connects(PORT);
            table.established(PORT).established(PORT + 1);
            table.poll().watches(4);
            scene.advance(3595.0);
            assertThat(scene.told()).isEmpty();
            table.watches(6);
            assertThat(scene.told()).isEqualTo("OPENED IDLE_ESTABLISHED client");
            table.readsAll().poll();
            assertThat(scene.told())
                    .as("where only the table knows, its ages are read again first")
                    .isEqualTo("OPENED IDLE_ESTABLISHED client");
            scene.send(PORT, true, "<SEQ=100><ACK=300><CTL=ACK><LEN=1>");
            assertThat(scene.told()).isEqualTo("CLEARED IDLE_ESTABLISHED progressed");
        }
    }

    @Nested
    class Listeners {

        @Test
        void goneWhileItsConnectionsLiveOn() {
            FakeTable.Row listener = table.listener(0, 128);
            table.established(PORT);
            table.poll().watches(4);
            table.remove(listener).watches(2);
            assertThat(scene.told()).isEmpty();
            table.watches(2);
            assertThat(scene.told()).isEqualTo("OPENED LISTENER_GONE listener");
            assertThat(scene.last().severity()).isEqualTo(Severity.INFO);
            assertThat(scene.last().explain()).endsWith("and 1 connection of before live on.");
        }

        @Test
        void anotherSocketInItsPlace() {
            FakeTable.Row listener = table.listener(0, 128);
            FakeTable.Row client = table.client(PORT, ESTABLISHED);
            FakeTable.Row server = table.server(PORT, ESTABLISHED);
            table.poll().watches(4);
            table.remove(listener).listener(0, 128);
            table.watches(6);
            assertThat(scene.told()).isEqualTo("OPENED LISTENER_GONE listener");
            table.remove(client).remove(server).watches(4);
            assertThat(scene.told()).isEqualTo("CLEARED LISTENER_GONE closed");
        }

        @Test
        void goneWithAllItsConnectionsIsNone() {
            FakeTable.Row listener = table.listener(0, 128);
            table.poll().watches(4);
            table.remove(listener).watches(10);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void portsOfClientsThatRest() {
            for (int i = 0; i < 800; i++) {
                table.client(40_000 + i, TIME_WAIT).unowned();
            }
            table.poll().watches(2);
            assertThat(scene.told()).as("80 %").isEmpty();
            FakeTable.Row last = table.client(45_000, TIME_WAIT).unowned();
            table.watches(4);
            assertThat(scene.told()).isEqualTo("OPENED TIME_WAIT_PRESSURE listener");
            assertThat(scene.last().attributes())
                    .containsEntry("time_wait", "801")
                    .containsEntry("ephemeral_ports", "1000");
            table.remove(last).watches(12);
            assertThat(scene.told()).isEqualTo("CLEARED TIME_WAIT_PRESSURE subsided");
        }
    }

    @Nested
    class Divergence {

        @Test
        void statesThatStayDifferent() {
            scene.connects(PORT).clientCloses(PORT);
            table.client(PORT, ESTABLISHED);
            FakeTable.Row server = table.server(PORT, ESTABLISHED);
            table.poll();
            assertThat(scene.told()).isEmpty();
            table.watches(4);
            assertThat(scene.told()).isEqualTo("OPENED STATE_DIVERGENCE server, OPENED STATE_DIVERGENCE client");
            assertThat(scene.last().attributes()).containsEntry("kernel_state", "ESTABLISHED");
            server.is(CLOSE_WAIT);
            table.watches(2);
            assertThat(scene.told()).contains("CLEARED STATE_DIVERGENCE progressed");
        }

        @Test
        void deferredAcceptAndFinBehindDataAreExplained() {
            scene.connects(PORT).connects(PORT + 1);
            table.client(PORT, ESTABLISHED);
            table.server(PORT, SYN_RECEIVED).unowned();
            table.client(PORT + 1, FIN_WAIT_1).queues(0, 5000);
            table.server(PORT + 1, ESTABLISHED);
            table.poll().watches(8);
            assertThat(scene.told()).doesNotContain("STATE_DIVERGENCE");
        }
    }

    @Nested
    class Counts {

        @Test
        void censusOfTheTableStandsBesideThatOfTheWire() {
            scene.connects(PORT).clientCloses(PORT);
            table.client(PORT, FIN_WAIT_2);
            table.server(PORT, CLOSE_WAIT);
            table.server(PORT + 1, CLOSE_WAIT);
            table.poll().watches(4);
            scene.advance(0);
            assertThat(last(Evidence.WIRE).count()).isEqualTo(1);
            assertThat(last(Evidence.KERNEL).count()).isEqualTo(2);
            assertThat(last(Evidence.KERNEL).agreement()).isEqualTo(1.0);
            assertThat(scene.monitor.agreementRatio()).isEqualTo(1.0);
        }

        @Test
        void disagreementLowersTheRatio() {
            scene.connects(PORT).connects(PORT + 1);
            table.established(PORT);
            table.client(PORT + 1, ESTABLISHED);
            table.server(PORT + 1, CLOSE_WAIT);
            table.poll().watches(4);
            assertThat(scene.monitor.agreementRatio()).isEqualTo(0.75);
        }

        @Test
        void withoutATableThereIsNone() {
            scene.connects(PORT).advance(10);
            assertThat(scene.monitor.agreementRatio()).isNull();
            assertThat(scene.census).allMatch(change -> change.agreement() == null);
        }

        private CensusChange last(Evidence evidence) {
            return scene.census.stream()
                    .filter(change -> change.evidence() == evidence)
                    .filter(change -> change.end() == Role.SERVER && change.state() == CLOSE_WAIT)
                    .reduce((a, b) -> b)
                    .orElseThrow();
        }
    }
}
