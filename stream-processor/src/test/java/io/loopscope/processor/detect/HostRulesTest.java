package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is known of the capture itself: loss, silence, restarts, clocks. */
class HostRulesTest {

    private static final AgentRun RUN = new AgentRun("boot-1", Scene.START - Scene.SECOND);

    private final Scene scene = new Scene();
    private long nextBatch;

    @Nested
    class Loss {

        @Test
        void kernelDropsAreTold() {
            heartbeat(new CaptureTotals(10_000, 3));
            assertThat(scene.told())
                    .as("what was lost before is not known to be new")
                    .isEmpty();
            segments(1000);
            heartbeat(new CaptureTotals(11_000, 4));
            assertThat(scene.told()).as("one in a thousand").isEmpty();
            heartbeat(new CaptureTotals(11_000, 6));
            assertThat(scene.told()).isEqualTo("OPENED CAPTURE_DEGRADED host");
            assertThat(scene.last().evidence()).isEqualTo(Evidence.KERNEL);
            assertThat(scene.last().confidence()).isEqualTo(1);
            assertThat(scene.last().explain())
                    .isEqualTo(
                            "3 segments of about 1006 within 30 s were lost before anybody could judge them: rules that"
                                    + " rest on silence wait.");
            for (int i = 0; i < 29; i++) {
                scene.now += Scene.SECOND;
                heartbeat(new CaptureTotals(11_000, 6));
            }
            assertThat(scene.told()).isEmpty();
            scene.now += Scene.SECOND;
            heartbeat(new CaptureTotals(11_000, 6));
            assertThat(scene.told()).isEqualTo("CLEARED CAPTURE_DEGRADED subsided");
        }

        @Test
        void skippedSegmentsCountOnce() {
            heartbeat(CaptureTotals.NONE);
            segments(3000);
            scene.monitor.batch(RUN, nextBatch++, 3, scene.step);
            heartbeat(new CaptureTotals(3000, 3));
            scene.take();
            assertThat(scene.told()).isEmpty();
            heartbeat(new CaptureTotals(3000, 4));
            assertThat(scene.told()).isEqualTo("OPENED CAPTURE_DEGRADED host");
        }

        @Test
        void missingBatchIsALoss() {
            scene.monitor.batch(RUN, 7, 0, scene.step);
            scene.take();
            assertThat(scene.told()).as("joined in mid-stream").isEmpty();
            scene.monitor.batch(RUN, 9, 0, scene.step);
            scene.take();
            assertThat(scene.told()).isEqualTo("OPENED CAPTURE_DEGRADED host");
            assertThat(scene.monitor.counters().of(Counters.Counter.BATCHES_MISSING))
                    .isEqualTo(1);
        }

        @Test
        void repeatedBatchIsSkipped() {
            assertThat(scene.monitor.batch(RUN, 0, 0, scene.step)).isTrue();
            assertThat(scene.monitor.batch(RUN, 0, 0, scene.step)).isFalse();
            assertThat(scene.monitor.batch(RUN, 1, 0, scene.step)).isTrue();
            assertThat(scene.monitor.counters().of(Counters.Counter.BATCHES_REPLAYED))
                    .isEqualTo(1);
        }

        @Test
        void acknowledgedButNeverSeen() {
            scene.connects(50_000);
            scene.send(50_000, true, "<SEQ=600><ACK=300><CTL=ACK><LEN=10>");
            scene.send(50_000, false, "<SEQ=300><ACK=610><CTL=ACK>");
            assertThat(scene.told()).isEqualTo("OPENED CAPTURE_DEGRADED host");
        }
    }

    @Nested
    class Silence {

        @Test
        void noHeartbeatForThreeIntervals() {
            heartbeat(CaptureTotals.NONE);
            silent(3);
            assertThat(scene.told()).isEmpty();
            silent(4);
            silent(10);
            assertThat(scene.told()).isEqualTo("OPENED AGENT_SILENT host");
            assertThat(scene.last().explain()).startsWith("No heartbeat for 4 s, 4 intervals, and no goodbye:");
            scene.now += 11 * Scene.SECOND;
            heartbeat(CaptureTotals.NONE);
            assertThat(scene.told()).isEqualTo("CLEARED AGENT_SILENT returned");
        }

        @Test
        void goodbyeIsNoSilence() {
            scene.monitor.heartbeat(RUN, scene.now, Scene.SECOND, 0, CaptureTotals.NONE, true, scene.step);
            silent(100);
            assertThat(scene.told()).isEmpty();
        }

        @Test
        void timeWithoutAnAgentIsNoEvidence() {
            heartbeat(CaptureTotals.NONE);
            scene.connects(50_000).clientCloses(50_000);
            scene.advance(30);
            AgentRun later = new AgentRun("boot-1", scene.now + 600 * Scene.SECOND);
            scene.now += 601 * Scene.SECOND;
            scene.monitor.heartbeat(later, scene.now, Scene.SECOND, 0, CaptureTotals.NONE, false, scene.step);
            scene.take();
            assertThat(scene.told()).isEmpty();
            scene.advance(28.9);
            assertThat(scene.told()).isEmpty();
            scene.advance(0.1);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
            assertThat(scene.last().confidence()).as("the agent was away").isEqualTo(0.76);
            assertThat(scene.last().explain()).contains(" 11 min ago");
        }

        @Test
        void goneForTooLongClearsEverything() {
            heartbeat(CaptureTotals.NONE);
            scene.connects(50_000).clientCloses(50_000);
            scene.advance(60);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
            scene.census.clear();
            silent(16 * 60);
            assertThat(scene.told()).isEqualTo("OPENED AGENT_SILENT host, CLEARED CLOSE_WAIT_STUCK agent_lost");
            assertThat(scene.monitor.connections()).isZero();
            assertThat(scene.census).isNotEmpty().allMatch(count -> count.count() == 0);
            ConnectionChange last = scene.connections.get(scene.connections.size() - 1);
            assertThat(last.type()).isEqualTo(ConnectionChange.Type.CLOSED);
            assertThat(last.summary().endReason()).isEqualTo("expired");
        }

        @Test
        void afterARebootNoConnectionIsLeft() {
            heartbeat(CaptureTotals.NONE);
            scene.connects(50_000);
            AgentRun rebooted = new AgentRun("boot-2", scene.now + 60 * Scene.SECOND);
            scene.monitor.batch(rebooted, 0, 0, scene.step);
            scene.take();
            assertThat(scene.monitor.connections()).isZero();
        }

        @Test
        void agentsSideBySideAreBothHeard() {
            AgentRun other = new AgentRun("boot-1", Scene.START);
            assertThat(scene.monitor.batch(RUN, 0, 0, scene.step)).isTrue();
            assertThat(scene.monitor.batch(other, 0, 0, scene.step)).isTrue();
            assertThat(scene.monitor.batch(RUN, 1, 0, scene.step)).isTrue();
            assertThat(scene.monitor.batch(other, 1, 0, scene.step)).isTrue();
            assertThat(scene.monitor.batch(other, 0, 0, scene.step)).isFalse();
        }
    }

    @Nested
    class Clocks {

        @Test
        void sleepOfTheMachineIsNoEvidence() {
            heartbeat(CaptureTotals.NONE);
            scene.connects(50_000).clientCloses(50_000);
            scene.now += 3600 * Scene.SECOND;
            heartbeat(CaptureTotals.NONE);
            assertThat(scene.told()).isEmpty();
            scene.advance(59);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
        }

        @Test
        void clockSetBackRaisesNothing() {
            heartbeat(CaptureTotals.NONE);
            scene.connects(50_000);
            scene.now -= 7200 * Scene.SECOND;
            scene.connects(50_001).clientCloses(50_001);
            scene.now += Scene.SECOND;
            heartbeat(CaptureTotals.NONE);
            assertThat(scene.told()).isEmpty();
            assertThat(scene.monitor.clockNanos()).isEqualTo(scene.now);
            assertThat(scene.monitor.counters().of(Counters.Counter.CLOCK_STEPS))
                    .isEqualTo(1);
            // Counted from the heartbeat that told of the step.
            scene.advance(59.9);
            assertThat(scene.told()).isEmpty();
            scene.advance(0.1);
            assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
        }
    }

    private void heartbeat(CaptureTotals totals) {
        scene.monitor.heartbeat(RUN, scene.now, Scene.SECOND, nextBatch, totals, false, scene.step);
        scene.take();
    }

    private void silent(long seconds) {
        scene.monitor.agentSilent(seconds * Scene.SECOND, scene.step);
        scene.take();
    }

    private void segments(int number) {
        scene.connects(60_000);
        for (int i = 0; i < number; i++) {
            scene.send(60_000, true, "<SEQ=" + (100 + i) + "><ACK=300><CTL=ACK><LEN=1>");
        }
    }
}
