package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.processor.detect.Counters.Counter;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.TcpSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bug in the handling of one connection costs that connection, and nothing else. */
class QuarantineTest {

    private static final FourTuple VICTIM = Scene.tuple(40_000);

    private final Scene scene = new Scene(Step.quarantining());

    @Test
    void segmentThatMakesTheDetectorFailCostsItsConnection() {
        scene.connects(40_000).connects(40_001);

        scene.monitor.segment(VICTIM, poison(scene), scene.step);

        assertThat(scene.step.quarantined()).singleElement().satisfies(one -> {
            assertThat(one.connection()).isEqualTo(VICTIM);
            assertThat(one.bug()).isInstanceOf(NullPointerException.class);
        });
        scene.take();
        assertThat(scene.connections)
                .last()
                .satisfies(last -> assertThat(last.summary().endReason()).isEqualTo("quarantined"));
        assertThat(scene.monitor.connections()).isEqualTo(1);
        assertThat(scene.monitor.connectionBytes(VICTIM)).isNull();
        assertThat(scene.monitor.counters().of(Counter.CONNECTIONS_QUARANTINED)).isEqualTo(1);
        scene.assertStored();
    }

    @Test
    void restOfItsSegmentsInTheSameStepAreLeftOutAndCounted() {
        scene.connects(40_000);
        scene.monitor.segment(VICTIM, poison(scene), scene.step);
        scene.monitor.segment(VICTIM, poison(scene), scene.step);

        assertThat(scene.step.quarantined()).hasSize(1);
        assertThat(scene.monitor.counters().of(Counter.SEGMENTS_QUARANTINED)).isEqualTo(1);

        scene.take();
        scene.send(40_000, true, "<SEQ=100><ACK=300><CTL=ACK>");
        assertThat(scene.monitor.connectionBytes(VICTIM)).as("picked up again").isNotNull();
    }

    @Test
    void connectionOfWhichNothingWasToldGoesWithoutAWord() {
        scene.monitor.segment(VICTIM, poison(scene), scene.step);

        assertThat(scene.step.outputs()).isEmpty();
        assertThat(scene.step.quarantined()).hasSize(1);
        assertThat(scene.monitor.connections()).isZero();
    }

    @Test
    void itsOpenAnomaliesAreCleared() {
        scene.connects(40_000).clientCloses(40_000).advance(61);
        assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");

        scene.monitor.segment(VICTIM, poison(scene), scene.step);
        scene.take();

        assertThat(scene.told()).isEqualTo("CLEARED CLOSE_WAIT_STUCK quarantined");
    }

    @Test
    void timerThatFailsCostsItsConnectionAndTimeGoesOn() {
        scene.connects(40_000).connects(40_001).clientCloses(40_001);
        arm(tracked(), () -> {
            throw new IllegalStateException("a bug");
        });

        scene.monitor.advance(scene.now + 61 * Scene.SECOND, scene.step);

        assertThat(scene.step.quarantined()).singleElement().satisfies(one -> {
            assertThat(one.connection()).isEqualTo(VICTIM);
            assertThat(one.bug()).hasMessage("a bug");
        });
        scene.take();
        assertThat(scene.told()).as("the others' timers fire").isEqualTo("OPENED CLOSE_WAIT_STUCK server");
        assertThat(scene.advance(1).step.quarantined()).isEmpty();
    }

    @Test
    void whatTheFailedTimerPublishedIsTakenBack() {
        scene.connects(40_000);
        Tracked tracked = tracked();
        arm(tracked, () -> {
            tracked.host()
                    .out()
                    .publish(new ConnectionChange(
                            ConnectionChange.Type.STATE_CHANGED,
                            tracked.events++,
                            scene.now,
                            tracked.view(),
                            List.of(),
                            null,
                            null));
            throw new IllegalStateException("a bug");
        });
        int before = scene.connections.size();

        scene.advance(10);

        assertThat(scene.connections.subList(before, scene.connections.size()))
                .singleElement()
                .satisfies(closed -> {
                    assertThat(closed.type()).isEqualTo(ConnectionChange.Type.CLOSED);
                    assertThat(closed.number()).as("no gap").isEqualTo(before);
                });
    }

    @Test
    void timerOfAListenerThatFailsDoesNotFireAgain() {
        scene.connects(40_000);
        ListenerMonitor listener = tracked().listener;
        Timer timer = timer(listener, () -> {
            throw new IllegalStateException("a bug");
        });
        arm(timer);

        scene.monitor.advance(scene.now + 10 * Scene.SECOND, scene.step);

        assertThat(scene.step.quarantined())
                .singleElement()
                .satisfies(one -> assertThat(one.connection()).isNull());
        assertThat(timer.armed()).isFalse();
        assertThat(scene.monitor.connections()).isEqualTo(1);
    }

    @Test
    void hostOfWhichNobodyKnowsItsStateIsToldByAnException() {
        scene.connects(40_000);
        tracked().conditions.add(null);

        assertThatThrownBy(() -> scene.monitor.segment(VICTIM, poison(scene), scene.step))
                .hasMessageContaining("cannot take")
                .hasRootCauseInstanceOf(NullPointerException.class);
    }

    @Test
    void stepThatDoesNotAskForItGetsTheBug() {
        Step strict = new Step();
        assertThatThrownBy(() -> scene.monitor.segment(VICTIM, poison(scene), strict))
                .isInstanceOf(NullPointerException.class);
    }

    /** Connections of the first address fail now and then. Those of the others do not notice. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void othersGoOnAsIfNothingHadHappened(long seed) {
        List<String> undisturbed = others(play(seed, 0));
        List<Output> disturbed = play(seed, 10);

        assertThat(others(disturbed)).isEqualTo(undisturbed).hasSizeGreaterThan(100);
        assertOrderly(disturbed);
    }

    private static List<Output> play(long seed, int oneIn) {
        RandomTraffic traffic = new RandomTraffic(seed);
        Random failures = new Random(seed);
        Step step = Step.quarantining();
        HostMonitor monitor = new HostMonitor("host-1", 0, DetectorSettings.defaults(), TcpSettings.DEFAULT);
        HostStore store = new HostStore(monitor);
        List<Output> outputs = new ArrayList<>();
        long now = Scene.START;
        int failed = 0;
        for (int i = 0; i < 1500; i++) {
            RandomTraffic.Event event = traffic.next();
            now += event.afterNanos();
            if (event.tuple() == null) {
                monitor.advance(now, step);
            } else {
                Segment segment = event.segment().apply(now);
                boolean fails = oneIn > 0 && isVictim(event.tuple()) && failures.nextInt(oneIn) == 0;
                monitor.segment(event.tuple(), fails ? segment.with(null) : segment, step);
            }
            failed += step.quarantined().size();
            outputs.addAll(step.outputs());
            store.take(monitor, step);
        }
        assertThat(failed > 20).as("%s failures", failed).isEqualTo(oneIn > 0);
        store.assertComplete(monitor);
        return outputs;
    }

    private static List<String> others(List<Output> outputs) {
        return outputs.stream()
                .filter(ConnectionChange.class::isInstance)
                .map(ConnectionChange.class::cast)
                .filter(change -> !isVictim(change.connection().tuple()))
                .map(change -> change.eventId() + " " + change.type() + " " + change.timeNanos())
                .toList();
    }

    private static boolean isVictim(FourTuple tuple) {
        return tuple.low().equals(Address.LOOPBACK_4);
    }

    /** No event is missing, no anomaly is cleared that was not opened, or the other way round. */
    private static void assertOrderly(List<Output> outputs) {
        Map<String, Integer> next = new HashMap<>();
        Map<String, Boolean> open = new HashMap<>();
        for (Output output : outputs) {
            if (output instanceof ConnectionChange change) {
                String id = change.connection().id();
                int expected = change.type() == ConnectionChange.Type.OPENED ? 0 : next.getOrDefault(id, -1);
                assertThat(change.number()).as("%s", change).isEqualTo(expected);
                next.put(id, change.number() + 1);
            } else if (output instanceof AnomalyChange change) {
                assertThat(open.getOrDefault(change.id(), false))
                        .as("%s", change)
                        .isEqualTo(change.stage() != AnomalyStage.OPENED);
                open.put(change.id(), change.stage() != AnomalyStage.CLEARED);
            }
        }
    }

    /** Nobody sends a segment without options: what reads them fails. */
    private static Segment poison(Scene scene) {
        return Segment.of(
                        FourTuple.side(Scene.LOOPBACK, 40_000, Scene.LOOPBACK, 13306), scene.now, 0x10, 100, 300, 1, 0)
                .with(null);
    }

    private Tracked tracked() {
        Tracked tracked = scene.monitor.tracked(VICTIM);
        assertThat(tracked).isNotNull();
        return tracked;
    }

    private void arm(Tracked about, Runnable due) {
        arm(timer(about, due));
    }

    private void arm(Timer timer) {
        Timers timers = tracked().host().timers;
        timers.arm(timer, timers.queue(TimerQueue.Clock.HOST, 5 * Scene.SECOND), timers.nowNanos());
    }

    private static Timer timer(Subject about, Runnable due) {
        return new Timer() {
            @Override
            void due(long atNanos) {
                due.run();
            }

            @Override
            Subject subject() {
                return about;
            }

            @Override
            int slot() {
                return 9_999;
            }
        };
    }
}
