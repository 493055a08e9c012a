package io.loopscope.processor.detect;

import static io.loopscope.processor.tcp.TcpState.CLOSE_WAIT;
import static io.loopscope.processor.tcp.TcpState.ESTABLISHED;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_2;
import static io.loopscope.processor.tcp.TcpState.LAST_ACK;
import static io.loopscope.processor.tcp.TcpState.SYN_SENT;
import static io.loopscope.processor.tcp.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.TcpState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for any connections and any socket table, made from a seed: the two need not even agree. */
class TablePropertiesTest {

    private static final int STEPS = 400;

    /** With the one rule that asks when the table named an end last. */
    private static final DetectorSettings SETTINGS = DetectorSettings.defaults()
            .with(
                    Scene.SERVER_PORT,
                    AnomalyName.IDLE_ESTABLISHED,
                    AnomalyName.IDLE_ESTABLISHED
                            .defaults()
                            .withAction(Action.EVENT)
                            .after(Duration.ofSeconds(20)));

    private static final List<TcpState> STATES =
            List.of(ESTABLISHED, ESTABLISHED, CLOSE_WAIT, FIN_WAIT_2, TIME_WAIT, SYN_SENT, LAST_ACK);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void restoredAtAnyPointGoesOnTheSame(long seed) {
        Run plain = new Run(seed, Integer.MAX_VALUE, false).play();
        assertSame(new Run(seed, 3, false).play(), plain);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void restoredAfterEveryStepAndBetweenTheReportsOfEveryPollGoesOnTheSame(long seed) {
        Run plain = new Run(seed, Integer.MAX_VALUE, false).play();
        assertSame(new Run(seed, 1, false).play(), plain);
    }

    private static void assertSame(Run restored, Run plain) {
        assertEqual(restored.scene.anomalies, plain.scene.anomalies);
        assertEqual(restored.scene.connections, plain.scene.connections);
        assertEqual(restored.scene.census, plain.scene.census);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void onlyWhatAStepNamesHasToBeStored(long seed) {
        new Run(seed, Integer.MAX_VALUE, true).play();
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void everyAnomalyAndEveryConnectionHasAnOrderlyLife(long seed) {
        Scene scene = new Run(seed, Integer.MAX_VALUE, false).play().scene;
        Map<String, AnomalyStage> stages = new HashMap<>();
        for (AnomalyChange change : scene.anomalies) {
            AnomalyStage before = stages.put(change.id(), change.stage());
            boolean open = before == AnomalyStage.OPENED || before == AnomalyStage.ESCALATED;
            assertThat(open).as("%s after %s", change, before).isEqualTo(change.stage() != AnomalyStage.OPENED);
            assertThat(change.explain())
                    .isNotBlank()
                    .doesNotContain("null", "%s")
                    .endsWith(".");
        }
        Map<String, Integer> next = new HashMap<>();
        for (ConnectionChange change : scene.connections) {
            String id = change.connection().id();
            boolean opens = change.type() == ConnectionChange.Type.OPENED;
            assertThat(change.number()).as("%s", change).isEqualTo(opens ? 0 : next.get(id));
            next.put(id, change.number() + 1);
        }
    }

    private static void assertEqual(List<?> actual, List<?> expected) {
        for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
            assertThat(actual.get(i))
                    .as("%s, after %s", i, i == 0 ? "nothing" : expected.get(i - 1))
                    .isEqualTo(expected.get(i));
        }
        assertThat(actual).hasSameSizeAs(expected);
    }

    private static final class Run {
        private final Random random;
        /** Steps between restorations; 1: between the reports of a poll, too. */
        private final int restoreEvery;

        private final boolean checked;
        private final Scene scene = new Scene(SETTINGS);
        private final FakeTable table = new FakeTable(scene);
        private final List<FakeTable.Row> rows = new ArrayList<>();
        private final List<FakeTable.Row> listeners = new ArrayList<>();

        Run(long seed, int restoreEvery, boolean checked) {
            this.random = new Random(seed);
            this.restoreEvery = restoreEvery;
            this.checked = checked;
            scene.controlOnly = seed % 2 == 0;
            if (restoreEvery == 1) {
                table.betweenReports = () -> scene.restart(SETTINGS);
            }
        }

        Run play() {
            for (int i = 1; i <= STEPS; i++) {
                step();
                if (i % restoreEvery == 0) {
                    scene.restart(SETTINGS);
                }
                if (checked) {
                    scene.assertStored();
                }
            }
            return this;
        }

        private void step() {
            int port = 50_000 + random.nextInt(12);
            switch (random.nextInt(14)) {
                case 0, 1 -> scene.connects(port, 99 + 1000L * random.nextInt(3));
                case 2 -> scene.clientCloses(port);
                case 3 -> scene.serverCloses(port);
                case 4 -> rows.add(table.client(port, any()).of(1 + random.nextInt(2), "c"));
                case 5 -> rows.add(table.server(port, any()).of(3 + random.nextInt(2), "s"));
                case 6 -> rows.add(table.server(port, any()).unowned());
                case 7 -> listeners.add(table.listener(random.nextInt(4), 3).of(3, "s"));
                case 8 -> {
                    if (!rows.isEmpty()) {
                        table.remove(rows.remove(random.nextInt(rows.size())));
                    }
                }
                case 9 -> rows.forEach(row -> row.queues(random.nextInt(3) * 100L, random.nextInt(2) * 100L));
                case 10 -> {
                    if (!rows.isEmpty()) {
                        rows.get(random.nextInt(rows.size())).is(any()).peerWindow(random.nextInt(2));
                    }
                }
                case 11 -> rarely();
                default -> table.watches(2 + random.nextInt(30));
            }
        }

        private void rarely() {
            switch (random.nextInt(5)) {
                case 0 -> table.restarts();
                case 1 -> table.losesPoll();
                case 2 -> table.readsAll();
                case 3 -> listeners.forEach(table::remove);
                default -> scene.advance(120);
            }
        }

        private TcpState any() {
            return STATES.get(random.nextInt(STATES.size()));
        }
    }
}
