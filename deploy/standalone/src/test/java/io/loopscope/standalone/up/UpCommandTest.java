package io.loopscope.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.settings.ConfigurationException;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Program;
import io.loopscope.standalone.broker.StateFolder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpCommandTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port=70000 | is no port",
                "--broker-port=0 | is no port",
                "--bind=0.0.0.0 | is no address that clients could connect to",
                "--threshold=CLOSE_WAIT=5s | is no anomaly with a threshold; allowed: CLOSE_WAIT_STUCK",
                "--threshold=CLOSE_WAIT_STUCK=5 | has no unit",
                "--threshold=CLOSE_WAIT_STUCK=5s,15s,60s | more than two durations",
                "--threshold=CLOSE_WAIT_STUCK | Usage",
                "--frobnicate | Unknown option",
            })
    void aWrongCommandLineIsAUsageError(String option, String message) {
        var err = new StringWriter();
        assertThat(run(err, option)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(message);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aBrokerOfItsOwnCannotBeConfigured() {
        var err = new StringWriter();
        assertThat(run(err, "--set", "kafka.bootstrap.servers=kafka:9092")).isEqualTo(ExitCode.BAD_CONFIGURATION);
        assertThat(err.toString()).contains("kafka.bootstrap.servers", "brings its own broker");
    }

    @Test
    void anUnknownSettingIsRefused() throws Exception {
        var file = Files.writeString(folder.resolve("up.yaml"), "agent:\n  interfaze: lo\n");
        var err = new StringWriter();
        assertThat(run(err, "--config", file.toString())).isEqualTo(ExitCode.BAD_CONFIGURATION);
        assertThat(err.toString()).contains("did you mean agent.interface?");
    }

    @Test
    void aStateFolderThatIsInUseIsToldAtOnce() {
        var err = new StringWriter();
        try (var other = StateFolder.open(folder)) {
            assertThat(run(err)).isEqualTo(ExitCode.FAILURE);
            assertThat(err.toString()).contains(other.path().toString(), "is in use by process");
        }
    }

    @Test
    void theDemoHasShortThresholdsUnlessTheUserSaysOtherwise() {
        var close = AnomalyName.CLOSE_WAIT_STUCK;
        var demo = settings(true, List.of()).check();
        assertThat(demo.duration(Threshold.warningKey(close))).hasSeconds(5);
        assertThat(demo.duration(Threshold.criticalKey(close))).hasSeconds(15);
        var own = settings(true, List.of(Threshold.parse("close_wait_stuck", "8s")));
        assertThat(own.check().duration(Threshold.warningKey(close))).hasSeconds(8);
        assertThat(own.leak(own.check())).isEqualTo(Duration.ofSeconds(20));
        var plain = settings(false, List.of()).check();
        assertThat(plain.duration(Threshold.warningKey(close))).hasSeconds(60);
    }

    @Test
    void whatSuitsTheAgentsProducerDoesNotReachKafkaStreams() {
        var settings = settings(false, List.of());
        assertThat(settings.agent("127.0.0.1:1").kafka()).containsKeys("linger.ms", "max.block.ms");
        assertThat(settings.processor("127.0.0.1:1", folder).kafka())
                .containsEntry("bootstrap.servers", "127.0.0.1:1")
                .containsEntry("state.dir", folder.toString())
                .doesNotContainKeys("linger.ms", "max.block.ms", "acks", "client.id");
    }

    @Test
    void theFlagsReachTheAgent() {
        var flags = List.of(
                new UpSettings.Flag("--interface", "agent.interface", "lo"),
                new UpSettings.Flag("--port", UpCommand.INCLUDE_PORTS, "13306"));
        var agent = new UpSettings(definition -> definition.load(), flags, List.of(), false).agent("127.0.0.1:1");
        assertThat(agent.include().ports()).containsExactly(13306);
        assertThat(agent.capture().interfaceName()).isEqualTo("lo");
    }

    @Test
    void contradictingThresholdsAreAConfigurationError() {
        var settings = settings(false, List.of(Threshold.parse("CLOSE_WAIT_STUCK", "10m,1m")));
        assertThatThrownBy(() -> io.loopscope.processor.app.DetectorChoice.from(settings.check()))
                .isInstanceOf(ConfigurationException.class);
    }

    private static UpSettings settings(boolean demo, List<Threshold> thresholds) {
        return new UpSettings(definition -> definition.load().environment(Map.of()), List.of(), thresholds, demo);
    }

    private int run(StringWriter err, String... options) {
        var arguments = new java.util.ArrayList<>(List.of("--state", folder.toString()));
        arguments.addAll(List.of(options));
        return Program.commandLine(new UpCommand())
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(new String[0]));
    }
}
