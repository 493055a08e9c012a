package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rules about all connections of a listener, and what keeps many anomalies from becoming a storm. */
class ListenerRulesTest {

    private final Scene scene = new Scene();

    @Nested
    class Refusals {

        @Test
        void fiveWithinAMinute() {
            for (int i = 0; i < 4; i++) {
                refuse(40_000 + i);
                scene.advance(10);
            }
            assertThat(scene.told()).isEmpty();
            refuse(40_100);
            assertThat(scene.told()).isEqualTo("OPENED REFUSED listener");
            assertThat(scene.last().count()).isEqualTo(5);
            assertThat(scene.last().explain())
                    .isEqualTo(
                            "5 connection attempts were refused to 127.0.0.1:13306 within 60 s: nobody listens there,"
                                    + " or the server turns them away by RST.");
            refuse(40_101);
            scene.advance(59.9);
            assertThat(scene.told()).isEmpty();
            scene.advance(0.1);
            assertThat(scene.told()).isEqualTo("CLEARED REFUSED subsided");
            assertThat(scene.last().count()).isEqualTo(6);
        }

        @Test
        void oneEveryTwentySecondsIsNoAnomaly() {
            for (int i = 0; i < 50; i++) {
                refuse(40_000 + i);
                scene.advance(20);
            }
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void whatFlapsStaysAwayForLonger() {
            int opened = 0;
            for (int round = 0; round < 30; round++) {
                for (int i = 0; i < 5; i++) {
                    refuse(40_000 + round * 10 + i);
                }
                opened += scene.told().equals("OPENED REFUSED listener") ? 1 : 0;
                scene.advance(61);
                scene.told();
            }
            // 30 times in half an hour; told after 0, 1, 1, 2, 4, 8 minutes of peace.
            assertThat(opened).isBetween(5, 8);
        }

        private void refuse(int clientPort) {
            scene.send(clientPort, true, "<SEQ=99><CTL=SYN>");
            scene.send(clientPort, false, "<SEQ=0><ACK=100><CTL=RST,ACK>");
        }
    }

    @Nested
    class RollUps {

        @Test
        void firstNineSinglyThenOneForAll() {
            for (int i = 0; i < 25; i++) {
                scene.connects(40_000 + i).clientCloses(40_000 + i);
                scene.advance(0.1);
            }
            scene.advance(70);
            List<AnomalyChange> singly = ofScope(AnomalyScope.CONNECTION);
            List<AnomalyChange> rolledUp = ofScope(AnomalyScope.LISTENER);
            assertThat(singly).hasSize(9).allMatch(change -> change.stage() == AnomalyStage.OPENED);
            assertThat(rolledUp)
                    .extracting(AnomalyChange::stage, AnomalyChange::count)
                    .containsExactly(tuple(AnomalyStage.OPENED, 10L), tuple(AnomalyStage.ESCALATED, 20L));
            assertThat(rolledUp.get(0).examples()).hasSize(5).doesNotHaveDuplicates();
            assertThat(rolledUp.get(0).examples())
                    .isEqualTo(singly.subList(0, 5).stream()
                            .map(change -> change.connection().id())
                            .toList());
        }

        @Test
        void clearedWhenTheLastOfThemIsOver() {
            for (int i = 0; i < 12; i++) {
                scene.connects(40_000 + i).clientCloses(40_000 + i);
            }
            scene.advance(60);
            assertThat(scene.anomalies).hasSize(10);
            scene.anomalies.clear();
            scene.told();
            for (int i = 11; i >= 0; i--) {
                scene.serverCloses(40_000 + i);
            }
            assertThat(ofScope(AnomalyScope.LISTENER))
                    .extracting(AnomalyChange::stage, AnomalyChange::clearReason)
                    .containsExactly(tuple(AnomalyStage.CLEARED, ClearReason.CLOSED));
            assertThat(ofScope(AnomalyScope.CONNECTION))
                    .hasSize(9)
                    .allMatch(change -> change.clearReason() == ClearReason.CLOSED);
        }

        @Test
        void becomesCriticalOnce() {
            for (int i = 0; i < 12; i++) {
                scene.connects(40_000 + i).clientCloses(40_000 + i);
            }
            scene.advance(300);
            assertThat(ofScope(AnomalyScope.LISTENER))
                    .extracting(AnomalyChange::stage, AnomalyChange::severity)
                    .containsExactly(
                            tuple(AnomalyStage.OPENED, Severity.WARNING),
                            tuple(AnomalyStage.ESCALATED, Severity.CRITICAL));
        }

        @Test
        void resetsAreRolledUpFromTheThirdOn() {
            for (int i = 0; i < 100; i++) {
                scene.connects(40_000 + i).send(40_000 + i, true, "<SEQ=100><ACK=300><CTL=RST,ACK>");
                scene.advance(0.1);
            }
            assertThat(ofScope(AnomalyScope.CONNECTION)).hasSize(2);
            assertThat(ofScope(AnomalyScope.LISTENER))
                    .extracting(AnomalyChange::count)
                    .containsExactly(3L, 6L, 12L, 24L, 48L, 96L);
            scene.advance(120);
            assertThat(scene.anomalies.stream().filter(change -> change.stage() == AnomalyStage.CLEARED))
                    .hasSize(3);
        }

        private List<AnomalyChange> ofScope(AnomalyScope scope) {
            return scene.anomalies.stream()
                    .filter(change -> change.scope() == scope)
                    .toList();
        }
    }

    @Nested
    class Floods {

        @Test
        void manyHalfOpenHandshakesAreOneFlood() {
            for (int i = 0; i < 150; i++) {
                scene.send(30_000 + i, true, "<SEQ=99><CTL=SYN>");
                scene.send(30_000 + i, false, "<SEQ=299><ACK=100><CTL=SYN,ACK>");
            }
            assertThat(scene.told()).isEqualTo("OPENED SYN_FLOOD listener");
            assertThat(scene.last().severity()).isEqualTo(Severity.CRITICAL);
            scene.advance(1);
            for (int i = 0; i < 150; i++) {
                scene.send(30_000 + i, false, "<SEQ=299><ACK=100><CTL=SYN,ACK>");
            }
            scene.advance(10);
            assertThat(scene.told())
                    .as("stuck handshakes are part of the flood")
                    .isEmpty();
            assertThat(scene.monitor.counters().found(AnomalyName.HANDSHAKE_STUCK))
                    .isEqualTo(150);
            scene.advance(300);
            assertThat(scene.told()).isEqualTo("CLEARED SYN_FLOOD subsided");
        }

        @Test
        void manyHandshakesThatAreCompletedAreNone() {
            for (int i = 0; i < 500; i++) {
                scene.connects(30_000 + i);
            }
            for (int i = 0; i < 150; i++) {
                scene.send(20_000 + i, true, "<SEQ=99><CTL=SYN>");
                scene.send(20_000 + i, false, "<SEQ=299><ACK=100><CTL=SYN,ACK>");
            }
            scene.advance(2);
            assertThat(scene.told()).isEmpty();
        }
    }

    @Nested
    class Retransmissions {

        @Test
        void tenOfOneConnectionAreAStorm() {
            scene.connects(50_000);
            for (int i = 0; i < 10; i++) {
                long sequence = 100 + i * 10L;
                repeat(50_000, sequence);
            }
            assertThat(scene.told()).isEqualTo("OPENED RETRANSMISSION_STORM client");
            scene.advance(61);
            assertThat(scene.told()).isEqualTo("CLEARED RETRANSMISSION_STORM subsided");
        }

        @Test
        void aFewOfManyConnectionsAreAStormOfTheListener() {
            for (int i = 0; i < 12; i++) {
                scene.connects(50_000 + i);
                repeat(50_000 + i, 100);
            }
            assertThat(scene.told()).isEqualTo("OPENED RETRANSMISSION_STORM listener");
            scene.advance(61);
            assertThat(scene.told()).isEqualTo("CLEARED RETRANSMISSION_STORM subsided");
        }

        @Test
        void aFewOfVeryManySegmentsAreNone() {
            scene.connects(40_000);
            for (int i = 0; i < 3000; i++) {
                scene.send(40_000, true, "<SEQ=" + (100 + i) + "><ACK=300><CTL=ACK><LEN=1>");
            }
            for (int i = 0; i < 12; i++) {
                scene.connects(50_000 + i);
                repeat(50_000 + i, 100);
            }
            assertThat(scene.told()).isEmpty();
        }

        /** Data, later the same again, then the answer. */
        private void repeat(int clientPort, long sequence) {
            String data = "<SEQ=" + sequence + "><ACK=300><CTL=ACK><LEN=10>";
            scene.send(clientPort, true, data).advance(0.3).send(clientPort, true, data);
            scene.send(clientPort, false, "<SEQ=300><ACK=" + (sequence + 10) + "><CTL=ACK>");
        }
    }

    @Nested
    class Leaks {

        @Test
        void closeWaitThatGrowsOverFiveIntervals() {
            for (int minute = 0; minute < 6; minute++) {
                for (int i = 0; i < 3; i++) {
                    int port = 40_000 + minute * 10 + i;
                    scene.connects(port).clientCloses(port);
                }
                scene.advance(60);
            }
            AnomalyChange leak = scene.anomalies.stream()
                    .filter(change -> change.name() == AnomalyName.CONNECTION_LEAK)
                    .findFirst()
                    .orElseThrow();
            assertThat(leak.stage()).isEqualTo(AnomalyStage.OPENED);
            assertThat(leak.count()).isEqualTo(15);
            assertThat(leak.explain())
                    .isEqualTo("15 ends of 127.0.0.1:13306 are in CLOSE-WAIT now, 15 more than 5 min ago, and have not"
                            + " become fewer in between: about 3.0 a minute leak.");
            assertThat(leak.attributes()).containsEntry("growth_per_minute", "3.0");
        }

        @Test
        void leakThatStopsIsOver() {
            closeWaitThatGrowsOverFiveIntervals();
            scene.told();
            scene.advance(600);
            assertThat(scene.told()).contains("CLEARED CONNECTION_LEAK subsided");
        }

        @Test
        void idleConnectionsThatGrowInEachInterval() {
            for (int minute = 0; minute < 8; minute++) {
                scene.connects(40_000 + minute);
                scene.advance(60);
            }
            assertThat(scene.told()).isEqualTo("OPENED CONNECTION_LEAK listener");
            assertThat(scene.last().explain()).contains("connections of 127.0.0.1:13306 are idle now");
        }

        @Test
        void poolThatFillsOnceIsNone() {
            for (int i = 0; i < 50; i++) {
                scene.connects(40_000 + i);
            }
            scene.advance(3600);
            assertThat(scene.told()).isEmpty();
        }
    }

    @Nested
    class Oddities {

        @Test
        void manySegmentsThatMakeNoSense() {
            scene.connects(50_000);
            for (int i = 0; i < 99; i++) {
                scene.advance(0.1).send(50_000, true, "<SEQ=100><CTL=>");
            }
            assertThat(scene.told()).isEmpty();
            scene.send(50_000, true, "<SEQ=101><CTL=>");
            assertThat(scene.told()).isEqualTo("OPENED INVALID_SEGMENTS listener");
            assertThat(scene.last().attributes()).containsEntry("no_flags", "100");
            assertThat(scene.last().explain()).endsWith("most of them no_flags.");
            scene.advance(61);
            assertThat(scene.told()).isEqualTo("CLEARED INVALID_SEGMENTS subsided");
        }
    }

    @Nested
    class Handshakes {

        @Test
        void slowOnes() {
            for (int i = 0; i < 20; i++) {
                slowly(40_000 + i, 0.2);
            }
            scene.advance(60);
            assertThat(scene.told()).isEqualTo("OPENED SLOW_HANDSHAKE listener");
            assertThat(scene.last().explain())
                    .isEqualTo("99 % of 20 handshakes of 127.0.0.1:13306 within 60 s took up to 200 ms, the slowest"
                            + " 200 ms: on loopback this is CPU or a queue.");
            scene.advance(60);
            assertThat(scene.told()).isEqualTo("CLEARED SLOW_HANDSHAKE subsided");
        }

        @Test
        void aFewSlowOnesProveNothing() {
            for (int i = 0; i < 19; i++) {
                slowly(40_000 + i, 0.2);
            }
            scene.advance(60);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void oneInFiveHundredIsBelowTheThreshold() {
            for (int i = 0; i < 500; i++) {
                slowly(40_000 + i, i == 7 ? 5 : 0.001);
            }
            scene.advance(60);
            assertThat(scene.told()).isEmpty();
        }

        private void slowly(int clientPort, double seconds) {
            scene.send(clientPort, true, "<SEQ=99><CTL=SYN>");
            scene.send(clientPort, false, "<SEQ=299><ACK=100><CTL=SYN,ACK>");
            scene.advance(seconds).send(clientPort, true, "<SEQ=100><ACK=300><CTL=ACK>");
        }
    }
}
