package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.detect.DetectorSettings.Limits;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.processor.tcp.TcpState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for any traffic, made from a seed by {@link RandomTraffic}. */
class PropertiesTest {

    private static final int STEPS = 1500;

    /** Short times and tight limits, so that much happens. */
    private static final DetectorSettings SETTINGS = new DetectorSettings(
                    Map.of(), Map.of(), Limits.defaults().withMaxConnections(60))
            .with(
                    AnomalyName.CLOSE_WAIT_STUCK,
                    AnomalyName.CLOSE_WAIT_STUCK.defaults().after(Duration.ofSeconds(5), Duration.ofSeconds(20)))
            .with(AnomalyName.SYN_FLOOD, AnomalyName.SYN_FLOOD.defaults().withCount(8))
            .with(
                    AnomalyName.INVALID_SEGMENTS,
                    AnomalyName.INVALID_SEGMENTS.defaults().withCount(5))
            .with(
                    AnomalyName.CONNECTION_LEAK,
                    AnomalyName.CONNECTION_LEAK.defaults().withCount(2).withInterval(Duration.ofSeconds(10)));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyAnomalyHasAnOrderlyLife(long seed) {
        List<Output> outputs = new Run(seed).play(STEPS).end().outputs;
        Map<String, AnomalyStage> stages = new HashMap<>();
        Map<String, Long> times = new HashMap<>();
        Set<String> events = new HashSet<>();
        Set<AnomalyName> names = new HashSet<>();
        for (Output output : outputs) {
            if (output instanceof AnomalyChange change) {
                names.add(change.name());
                AnomalyStage before = stages.get(change.id());
                boolean open = before == AnomalyStage.OPENED || before == AnomalyStage.ESCALATED;
                assertThat(open).as("%s after %s", change, before).isEqualTo(change.stage() != AnomalyStage.OPENED);
                assertThat(events.add(change.eventId())).as("%s twice", change).isTrue();
                assertThat(change.timeNanos())
                        .as("%s", change)
                        .isGreaterThanOrEqualTo(times.getOrDefault(change.id(), 0L))
                        .isGreaterThanOrEqualTo(change.sinceNanos());
                assertThat(change.clearReason() != null).isEqualTo(change.stage() == AnomalyStage.CLEARED);
                assertThat(change.confidence()).isBetween(0.1, 1.0);
                assertThat(change.explain())
                        .isNotBlank()
                        .doesNotContain("%s", "%%", "null")
                        .endsWith(".");
                boolean ofListener = change.scope() == AnomalyScope.LISTENER
                        && !change.attributes().containsKey("rolled_up");
                assertThat(change.clearReason() == ClearReason.AGENT_LOST && ofListener)
                        .as("%s lasted too long", change)
                        .isFalse();
                stages.put(change.id(), change.stage());
                times.put(change.id(), change.timeNanos());
            }
        }
        Map<String, String> open = new HashMap<>();
        for (Output output : outputs) {
            if (output instanceof AnomalyChange change && stages.get(change.id()) != AnomalyStage.CLEARED) {
                open.put(change.id(), change.toString());
            }
        }
        assertThat(open).as("all is over in the end").isEmpty();
        assertThat(names).as("the traffic is worth its name").hasSizeGreaterThan(6);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyConnectionHasAnOrderlyLife(long seed) {
        List<Output> outputs = new Run(seed).play(STEPS).end().outputs;
        Map<String, Integer> next = new HashMap<>();
        for (Output output : outputs) {
            if (output instanceof ConnectionChange change) {
                String id = change.connection().id();
                boolean opens = change.type() == ConnectionChange.Type.OPENED;
                if (opens) {
                    next.put(id, 0);
                }
                assertThat(change.number()).as("%s", change).isEqualTo(next.get(id));
                next.put(id, change.number() + 1);
                assertThat(change.summary() != null).isEqualTo(change.type() == ConnectionChange.Type.CLOSED);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void censusEqualsTheConnections(long seed) {
        Run run = new Run(seed).play(STEPS);
        run.advance(0);
        Map<String, Long> published = new TreeMap<>();
        Map<FourTuple, ConnectionView> views = new HashMap<>();
        for (Output output : run.outputs) {
            if (output instanceof CensusChange count) {
                published.put(count.listener() + " " + count.end() + " " + count.state(), count.count());
                assertThat(count.count()).isNotNegative();
            } else if (output instanceof ConnectionChange change) {
                views.put(change.connection().tuple(), change.connection());
                if (change.type() == ConnectionChange.Type.CLOSED) {
                    views.remove(change.connection().tuple());
                }
            }
        }
        published.values().removeIf(count -> count == 0);
        Map<String, Long> counted = new TreeMap<>();
        for (ConnectionView view : views.values()) {
            for (Role end : Role.values()) {
                boolean same = end == Role.SERVER && view.tuple().selfConnected();
                if (view.state(end) != TcpState.CLOSED && !same) {
                    counted.merge(view.listener() + " " + end + " " + view.state(end), 1L, Long::sum);
                }
            }
        }
        assertThat(published).isEqualTo(counted);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void restoredAtAnyPointGoesOnTheSame(long seed) {
        Run plain = new Run(seed).play(STEPS).end();
        Run restored = new Run(seed);
        restored.restoreEvery = 37;
        restored.play(STEPS).end();
        assertEqual(restored.outputs, plain.outputs);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void onlyWhatAStepNamesHasToBeStored(long seed) {
        Run run = new Run(seed);
        run.checkStored = true;
        run.play(STEPS).end();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void smallStepsOfTimeGiveTheSameAnomalies(long seed) {
        Run large = new Run(seed).play(STEPS).end();
        Run small = new Run(seed);
        small.smallSteps = true;
        small.play(STEPS).end();
        assertEqual(withoutCensus(small.outputs), withoutCensus(large.outputs));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everySegmentTwiceRaisesNothingTwice(long seed) {
        Run once = new Run(seed).play(STEPS).end();
        Run twice = new Run(seed);
        twice.twice = true;
        twice.play(STEPS).end();
        assertEqual(anomalies(twice.outputs), anomalies(once.outputs));
    }

    private static List<Output> withoutCensus(List<Output> outputs) {
        return outputs.stream()
                .filter(output -> !(output instanceof CensusChange))
                .toList();
    }

    private static List<String> anomalies(List<Output> outputs) {
        List<String> anomalies = new ArrayList<>();
        for (Output output : outputs) {
            if (output instanceof AnomalyChange change) {
                anomalies.add(change.timeNanos() + " " + change.stage() + " " + change.name() + " " + change.id());
            }
        }
        return anomalies;
    }

    /** Says where they part, instead of printing both. */
    private static void assertEqual(List<?> actual, List<?> expected) {
        for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
            assertThat(actual.get(i))
                    .as("output %s, after %s", i, i == 0 ? "nothing" : expected.get(i - 1))
                    .isEqualTo(expected.get(i));
        }
        assertThat(actual).hasSameSizeAs(expected);
    }

    /** One run of random traffic through a monitor. */
    private static final class Run {
        private final RandomTraffic traffic;
        private HostMonitor monitor = new HostMonitor("host-1", 0, SETTINGS, TcpSettings.DEFAULT);
        private final Step step = new Step();
        private final List<Output> outputs = new ArrayList<>();
        private final HostStore store = new HostStore(monitor);
        private long now = Scene.START;
        private int restoreEvery = Integer.MAX_VALUE;
        private boolean smallSteps;
        private boolean twice;
        private boolean checkStored;

        Run(long seed) {
            traffic = new RandomTraffic(seed);
        }

        Run play(int steps) {
            for (int i = 1; i <= steps; i++) {
                RandomTraffic.Event event = traffic.next();
                pass(event.afterNanos());
                for (int time = 0; time < (twice ? 2 : 1); time++) {
                    if (event.segment() != null) {
                        monitor.segment(event.tuple(), event.segment().apply(now), step);
                    } else {
                        monitor.advance(now, step);
                    }
                }
                take();
                if (i % restoreEvery == 0) {
                    monitor = store.restore(SETTINGS, step);
                    assertThat(step.outputs()).isEmpty();
                }
            }
            return this;
        }

        /** Long enough for everything to be over. */
        Run end() {
            advance(Duration.ofHours(1).toNanos());
            for (FourTuple tuple : store.connections()) {
                monitor.segment(tuple, traffic.reset(tuple).apply(now), step);
                take();
            }
            advance(Duration.ofHours(30).toNanos());
            // A RST that was not accepted leaves a stuck connection stuck.
            monitor.batch(new AgentRun("", 1), 0, 0, step);
            monitor.agentSilent(Duration.ofHours(1).toNanos(), step);
            take();
            return this;
        }

        void advance(long nanos) {
            pass(nanos);
            monitor.advance(now, step);
            take();
        }

        private void pass(long nanos) {
            if (smallSteps) {
                int pieces = 7;
                for (int i = 1; i < pieces; i++) {
                    monitor.advance(now + nanos / pieces * i, step);
                    take();
                }
            }
            now += nanos;
        }

        private void take() {
            outputs.addAll(step.outputs());
            store.take(monitor, step);
            if (checkStored) {
                store.assertComplete(monitor);
            }
        }
    }
}
