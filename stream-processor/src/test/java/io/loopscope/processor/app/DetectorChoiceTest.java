package io.loopscope.processor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.processor.detect.Action;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.RuleParameter;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.settings.ConfigurationException;
import io.loopscope.settings.Problem;
import io.loopscope.settings.Settings;
import io.loopscope.settings.SettingsLoader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DetectorChoiceTest {

    @Test
    void withoutSettingsItIsTheDetectorsOwnDefaults() {
        DetectorChoice choice = DetectorChoice.from(ProcessorSettings.DEFINITION.defaults());

        assertThat(choice.detector()).isEqualTo(DetectorSettings.defaults());
        assertThat(choice.tcp()).isEqualTo(TcpSettings.DEFAULT);
    }

    @ParameterizedTest
    @EnumSource(AnomalyName.class)
    void everyParameterOfEveryRuleIsASetting(AnomalyName name) {
        Settings settings = ProcessorSettings.DEFINITION.defaults();

        for (RuleParameter parameter : name.defaults().parameters()) {
            assertThat(settings.origin(name.settingPrefix() + "." + parameter.setting()))
                    .hasToString("default");
        }
    }

    @Test
    void thresholdsAreChangedByNameAndByPort() {
        DetectorSettings detector = DetectorChoice.from(settings(
                        "detector.close.wait.stuck.warning.after=2s",
                        "detector.close.wait.stuck.critical.after=4s",
                        "detector.ports.13306.close.wait.stuck.critical.after=0s",
                        "detector.ports.13306.reset.action=off",
                        "detector.agent.silent.count=5",
                        "detector.retransmission.storm.share=0.5"))
                .detector();

        var stuck = detector.of(AnomalyName.CLOSE_WAIT_STUCK, 80);
        assertThat(stuck.warningAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(stuck.criticalAfter()).isEqualTo(Duration.ofSeconds(4));
        var stuckThere = detector.of(AnomalyName.CLOSE_WAIT_STUCK, 13306);
        assertThat(stuckThere.warningAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(stuckThere.criticalAfter()).isEqualTo(Duration.ZERO);
        assertThat(detector.of(AnomalyName.RESET, 13306).action()).isEqualTo(Action.OFF);
        assertThat(detector.of(AnomalyName.RESET, 80).action()).isEqualTo(Action.EVENT);
        assertThat(detector.of(AnomalyName.AGENT_SILENT).count()).isEqualTo(5);
        assertThat(detector.of(AnomalyName.RETRANSMISSION_STORM).share()).isEqualTo(0.5);
        assertThat(detector.ports()).containsOnlyKeys(13306);
    }

    @Test
    void limitsAndTheKernelsTimersAreSettingsToo() {
        DetectorChoice choice =
                DetectorChoice.from(settings("detector.max.connections=1000", "tcp.time.wait=2s", "tcp.remember=90s"));

        assertThat(choice.detector().limits().maxConnections()).isEqualTo(1000);
        assertThat(choice.tcp().timeWait()).isEqualTo(Duration.ofSeconds(2));
        assertThat(choice.tcp().remember()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void contradictionsAreToldAllAtOnce() {
        Settings settings = settings(
                "detector.close.wait.stuck.warning.after=10m",
                "detector.ports.80.handshake.stuck.critical.after=1s",
                "detector.ports.80.handshake.unanswered.warning.after=1h",
                "detector.forget.idle=10s");

        assertThatThrownBy(() -> DetectorChoice.from(settings))
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        wrong -> assertThat(wrong.problems())
                                .extracting(Problem::what)
                                .containsExactly(
                                        "detector.close.wait.stuck.critical.after: '5m' is before"
                                                + " detector.close.wait.stuck.warning.after; 0s means never",
                                        "detector.ports.80.handshake.unanswered.warning.after: '1h' is after"
                                                + " detector.handshake.unanswered.critical.after",
                                        "detector.ports.80.handshake.stuck.critical.after: '1s' is before"
                                                + " detector.handshake.stuck.warning.after; 0s means never",
                                        "detector.forget.idle: '10s' is not more than detector.idle.after"));
    }

    @Test
    void anomalyOfAHostHasNoSettingForAPort() {
        assertThatThrownBy(() -> settings("detector.ports.80.agent.silent.count=5"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("unknown setting detector.ports.80.agent.silent.count");
    }

    static Settings settings(String... given) {
        SettingsLoader loader = ProcessorSettings.DEFINITION.load();
        for (String one : List.of(given)) {
            int equals = one.indexOf('=');
            loader.flag("--set", one.substring(0, equals), one.substring(equals + 1));
        }
        return loader.load();
    }
}
