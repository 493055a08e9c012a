package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names, thresholds, and what happens when they change between two runs. */
class SettingsTest {

    private static final String STUCK = ConnectionRulesTest.HANDSHAKE
            + ConnectionRulesTest.CLIENT_CLOSES
            + "+60.0 FIN-WAIT-2 ~~~ CLOSE-WAIT | OPENED CLOSE_WAIT_STUCK server";

    @ParameterizedTest
    @EnumSource(AnomalyName.class)
    void everyNameIsDescribed(AnomalyName name) {
        assertThat(name.rule()).endsWith(".").hasSizeGreaterThan(30);
        assertThat(name.advice()).endsWith(".").hasSizeGreaterThan(30);
        assertThat(name.settingPrefix()).matches("detector(\\.[a-z0-9]+)+");
        // The module's folder is where tests run.
        assertThat(Path.of("..", name.runbook())).exists();
        for (RuleParameter parameter : name.defaults().parameters()) {
            assertThat(parameter.setting()).isNotBlank();
        }
    }

    @Test
    void numbersAreThoseOfTheCatalogue() {
        Set<Integer> numbers = new HashSet<>();
        for (AnomalyName name : AnomalyName.values()) {
            assertThat(numbers.add(name.number())).as("%s", name).isTrue();
        }
        assertThat(AnomalyName.CLOSE_WAIT_STUCK.number()).isEqualTo(1);
        assertThat(AnomalyName.AGENT_SILENT.number()).isEqualTo(26);
    }

    @Test
    void portWinsOverNameWinsOverDefault() {
        RuleSettings ofName = AnomalyName.REFUSED.defaults().withCount(7);
        RuleSettings ofPort = AnomalyName.REFUSED.defaults().withCount(9);
        DetectorSettings settings = DetectorSettings.defaults()
                .with(AnomalyName.REFUSED, ofName)
                .with(80, AnomalyName.REFUSED, ofPort)
                .with(80, AnomalyName.RESET, AnomalyName.RESET.defaults().withAction(Action.OFF));
        assertThat(settings.of(AnomalyName.REFUSED, 80).count()).isEqualTo(9);
        assertThat(settings.of(AnomalyName.REFUSED, 81).count()).isEqualTo(7);
        assertThat(settings.of(AnomalyName.RESET, 80).action()).isEqualTo(Action.OFF);
        assertThat(settings.of(AnomalyName.RESET, 81)).isEqualTo(AnomalyName.RESET.defaults());
    }

    @Test
    void valuesOutOfRangeAreRefusedByName() {
        RuleSettings stuck = AnomalyName.CLOSE_WAIT_STUCK.defaults();
        assertThatThrownBy(() -> stuck.after(Duration.ZERO, Duration.ZERO)).hasMessageContaining("warning after");
        assertThatThrownBy(() -> stuck.after(Duration.ofSeconds(9), Duration.ofSeconds(8)))
                .hasMessageContaining("before the warning");
        assertThatThrownBy(() -> stuck.withCount(0)).hasMessageContaining("count");
        assertThatThrownBy(() -> stuck.withShare(1.1)).hasMessageContaining("share");
        assertThatThrownBy(() -> stuck.withInterval(Duration.ofSeconds(-1))).hasMessageContaining("interval");
        assertThatThrownBy(() -> stuck.withRollUpFrom(0)).hasMessageContaining("roll up");
        DetectorSettings.Limits limits = DetectorSettings.Limits.defaults();
        assertThatThrownBy(() -> limits.withMaxConnections(1)).hasMessageContaining("max connections");
    }

    @Test
    void higherThresholdClearsWhatIsNoAnomalyAnyMore() {
        Scene scene = new Scene().run(STUCK);
        scene.restart(closeWait(
                AnomalyName.CLOSE_WAIT_STUCK.defaults().after(Duration.ofSeconds(100), Duration.ofSeconds(200))));
        assertThat(scene.told()).isEqualTo("CLEARED CLOSE_WAIT_STUCK threshold_changed");
        scene.advance(39.9);
        assertThat(scene.told()).isEmpty();
        scene.advance(0.1);
        assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
    }

    @Test
    void lowerThresholdCountsFromWhenItBegan() {
        Scene scene = new Scene()
                .run(ConnectionRulesTest.HANDSHAKE
                        + ConnectionRulesTest.CLIENT_CLOSES
                        + "+20.0 FIN-WAIT-2 ~~~ CLOSE-WAIT");
        scene.restart(closeWait(
                AnomalyName.CLOSE_WAIT_STUCK.defaults().after(Duration.ofSeconds(10), Duration.ofSeconds(40))));
        scene.advance(0.5);
        assertThat(scene.told()).isEqualTo("OPENED CLOSE_WAIT_STUCK server");
        scene.advance(19.4);
        assertThat(scene.told()).isEmpty();
        scene.advance(0.2);
        assertThat(scene.told()).isEqualTo("ESCALATED CLOSE_WAIT_STUCK server");
    }

    @Test
    void ruleThatIsSwitchedOffClearsItsAnomalies() {
        Scene scene = new Scene().run(STUCK);
        scene.restart(closeWait(AnomalyName.CLOSE_WAIT_STUCK.defaults().withAction(Action.OFF)));
        assertThat(scene.told()).isEqualTo("CLEARED CLOSE_WAIT_STUCK threshold_changed");
        scene.advance(3600);
        assertThat(scene.told()).isEmpty();
    }

    @Test
    void sameSettingsChangeNothing() {
        Scene scene = new Scene().run(STUCK);
        scene.restart(DetectorSettings.defaults());
        assertThat(scene.told()).isEmpty();
        scene.advance(240);
        assertThat(scene.told()).isEqualTo("ESCALATED CLOSE_WAIT_STUCK server");
    }

    private static DetectorSettings closeWait(RuleSettings settings) {
        return DetectorSettings.defaults().with(AnomalyName.CLOSE_WAIT_STUCK, settings);
    }
}
