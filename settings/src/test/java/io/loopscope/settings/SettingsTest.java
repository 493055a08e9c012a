package io.loopscope.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path folder;

    @Test
    void hashIsTheSameForTheSameMeaningAndIgnoresSecrets() {
        var hash = Sample.DEFINITION.defaults().hash();

        assertThat(hash).matches("[0-9a-f]{12}");
        assertThat(Sample.load(folder, "detector.close.wait.stuck: 1m\n").hash())
                .isEqualTo(hash);
        assertThat(Sample.load(folder, "kafka.ssl.key.password: x\n").hash()).isEqualTo(hash);
        assertThat(Sample.load(folder, "detector.close.wait.stuck: 61s\n").hash())
                .isNotEqualTo(hash);
        assertThat(Sample.load(folder, "kafka.linger.ms: 3\n").hash()).isNotEqualTo(hash);
        assertThat(Sample.load(folder, "detector.ports.80.close.wait.stuck: 1m\n")
                        .hash())
                .isNotEqualTo(hash);
    }

    @Test
    void descriptionNamesValueAndOrigin() {
        var file = Sample.write(folder, "agent.interface: eth0\n");
        assertThat(Sample.DEFINITION.load().file(file).load().describe())
                .contains("agent.interface = eth0  (" + file + ":1:1)\n")
                .contains("detector.close.wait.stuck = 1m  (default)\n")
                .contains("kafka.bootstrap.servers = 127.0.0.1:9092  (default)\n");
    }

    @Test
    void askingForWhatIsNotDefinedIsABug() {
        var settings = Sample.DEFINITION.defaults();
        assertThatThrownBy(() -> settings.string("agent.x")).hasMessage("no setting agent.x is defined");
        assertThatThrownBy(() -> settings.integer("agent.interface")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.string("agent.host")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> settings.family("agent.ports")).isInstanceOf(IllegalArgumentException.class);
    }

    @Nested
    class Families {
        @Test
        void anOverrideHoldsForItsPortAndTheRestFallsBack() {
            var settings = Sample.load(folder, """
                    detector:
                      close.wait.stuck: 90s
                      ports:
                        13306: {close.wait.stuck: 5m}
                        80.close.wait.stuck: 2s
                    """);

            var ports = settings.family("detector.ports");
            assertThat(ports).containsOnlyKeys("13306", "80");
            assertThat(ports.get("13306").duration("close.wait.stuck")).isEqualTo(Duration.ofMinutes(5));
            assertThat(ports.get("80").duration("close.wait.stuck")).isEqualTo(Duration.ofSeconds(2));
            assertThat(settings.duration("detector.close.wait.stuck")).isEqualTo(Duration.ofSeconds(90));
            assertThat(settings.origin("detector.ports.80.close.wait.stuck").where())
                    .endsWith(":5:5");
        }

        @Test
        void environmentSetsMembersToo() {
            var settings = Sample.DEFINITION
                    .load()
                    .environment(Map.of("LOOPSCOPE_DETECTOR_PORTS_80_CLOSE_WAIT_STUCK", "7s"))
                    .load();
            assertThat(settings.family("detector.ports").get("80").duration("close.wait.stuck"))
                    .isEqualTo(Duration.ofSeconds(7));
        }

        @Test
        void wrongPortsMembersAndValuesAreRefused() {
            assertThatThrownBy(() -> Sample.load(folder, """
                    detector.ports:
                      70000.close.wait.stuck: 5s
                      80.close.wiat.stuck: 5s
                      443.close.wait.stuck: 5
                    """))
                    .hasMessageContaining("2:3: detector.ports.70000.close.wait.stuck: '70000' is not a valid <port>;"
                            + " allowed: a port from 1 to 65535")
                    .hasMessageContaining("3:3: unknown setting detector.ports.80.close.wiat.stuck;"
                            + " did you mean detector.ports.80.close.wait.stuck?")
                    .hasMessageContaining("4:3: detector.ports.443.close.wait.stuck: '5' has no unit");
        }

        @Test
        void membersThatNobodyWroteFallBackToTheOverriddenValue() {
            var definition = SettingsDefinition.builder("x")
                    .define(Sample.DETECTOR)
                    .family(Family.overriding(
                            "detector.hosts",
                            "host",
                            new ConfigDef.NonEmptyString(),
                            "detector",
                            Sample.DETECTOR,
                            List.of("close.wait.stuck", "sweep.interval"),
                            "Per host."))
                    .build();
            var settings = definition
                    .load()
                    .flag("-s", "detector.sweep.interval", "9s")
                    .flag("-h", "detector.hosts.db-*.example.com.close.wait.stuck", "3s")
                    .load();

            var view = settings.family("detector.hosts").get("db-*.example.com");
            assertThat(view.duration("close.wait.stuck")).isEqualTo(Duration.ofSeconds(3));
            assertThat(view.duration("sweep.interval")).isEqualTo(Duration.ofSeconds(9));
            assertThat(view.origin("sweep.interval")).hasToString("flag -s");
        }

        @Test
        void onlyDefinedSettingsCanBeOverridden() {
            assertThatThrownBy(() ->
                            Family.overriding("a.ports", "port", Family.PORT, "a", new ConfigDef(), List.of("x"), "X."))
                    .hasMessage("no setting a.x to override");
        }
    }

    @Nested
    class Definitions {
        @Test
        void aPartMayBeSharedButANameMayNotMeanTwoThings() {
            var both = SettingsDefinition.builder("both")
                    .include(Sample.DEFINITION)
                    .define(Sample.AGENT)
                    .build();
            assertThat(both.defaults().kafka()).containsKey("bootstrap.servers");
            assertThat(both.families()).hasSize(1);

            var other = new ConfigDef()
                    .define("agent.interface", ConfigDef.Type.INT, 1, ConfigDef.Importance.LOW, "Another.");
            assertThatThrownBy(() ->
                            SettingsDefinition.builder("x").define(Sample.AGENT).define(other))
                    .hasMessage("two settings are called agent.interface");
        }

        @Test
        void namesAreLowerCaseAndDotted() {
            var wrong = new ConfigDef().define("agent.maxSize", ConfigDef.Type.INT, 1, ConfigDef.Importance.LOW, "X.");
            assertThatThrownBy(() -> SettingsDefinition.builder("x").define(wrong))
                    .hasMessage("not a setting's name: agent.maxSize");
        }
    }
}
