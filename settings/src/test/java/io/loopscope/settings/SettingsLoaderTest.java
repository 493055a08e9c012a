package io.loopscope.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsLoaderTest {
    @TempDir
    Path folder;

    @Nested
    class Layers {
        @Test
        void defaultsHoldWithoutAFile() {
            var settings = Sample.DEFINITION.defaults();

            assertThat(settings.string("agent.interface")).isEqualTo("lo");
            assertThat(settings.find("agent.host")).isEmpty();
            assertThat(settings.integer("agent.snaplen")).isEqualTo(128);
            assertThat(settings.longInteger("agent.snaplen")).isEqualTo(128L);
            assertThat(settings.decimal("agent.sample")).isEqualTo(1.0);
            assertThat(settings.bool("agent.promiscuous")).isFalse();
            assertThat(settings.list("agent.exclude.ports")).isEmpty();
            assertThat(settings.duration("detector.close.wait.stuck")).isEqualTo(Duration.ofSeconds(60));
            assertThat(settings.kafka()).isEqualTo(Map.of("bootstrap.servers", "127.0.0.1:9092"));
            assertThat(settings.origin("agent.interface")).hasToString("default");
        }

        @Test
        void nestedDottedAndMixedKeysAreTheSame() {
            for (var yaml : List.of(
                    "agent:\n  interface: eth0\n  exclude:\n    ports: [80, 443]\n",
                    "agent.interface: eth0\nagent.exclude.ports: 80, 443\n",
                    "agent: {interface: eth0, exclude.ports: [80, 443]}\n")) {
                var settings = Sample.load(folder, yaml);
                assertThat(settings.string("agent.interface")).isEqualTo("eth0");
                assertThat(settings.list("agent.exclude.ports")).containsExactly("80", "443");
            }
        }

        @Test
        void environmentBeatsFileAndFlagBeatsEnvironment() {
            var file = Sample.write(folder, "agent: {interface: a, snaplen: 100, host: h}\n");
            var settings = Sample.DEFINITION
                    .load()
                    .flag("-i", "agent.interface", "c")
                    .flag("--host", "agent.host", null)
                    .environment(Map.of("LOOPSCOPE_AGENT_INTERFACE", "b", "LOOPSCOPE_AGENT_SNAPLEN", "200"))
                    .file(file)
                    .load();

            assertThat(settings.string("agent.interface")).isEqualTo("c");
            assertThat(settings.integer("agent.snaplen")).isEqualTo(200);
            assertThat(settings.string("agent.host")).isEqualTo("h");
            assertThat(settings.origin("agent.interface")).hasToString("flag -i");
            assertThat(settings.origin("agent.snaplen")).hasToString("environment LOOPSCOPE_AGENT_SNAPLEN");
            assertThat(settings.origin("agent.host")).hasToString(file + ":1:37");
            assertThat(settings.origin("agent.host").source()).isEqualTo(Origin.Source.FILE);
        }

        @Test
        void kafkaPropertiesOfAllLayersAreMerged() {
            var yaml = Sample.write(folder, """
                    kafka:
                      bootstrap.servers: [a:1, b:2]
                      ssl:
                        truststore.location: /t
                      linger.ms: 5
                    """);
            var properties = Sample.write(folder, "client.properties", "linger.ms=50\nsecurity.protocol = SSL\n");
            var settings = Sample.DEFINITION
                    .load()
                    .file(yaml)
                    .kafkaConfig(properties)
                    .environment(Map.of("LOOPSCOPE_KAFKA_SECURITY_PROTOCOL", "SASL_SSL"))
                    .load();

            assertThat(settings.kafka())
                    .containsOnly(
                            Map.entry("bootstrap.servers", "a:1,b:2"),
                            Map.entry("ssl.truststore.location", "/t"),
                            Map.entry("linger.ms", "50"),
                            Map.entry("security.protocol", "SASL_SSL"));
            assertThat(settings.origin("kafka.linger.ms")).hasToString(properties.toString());
        }

        @Test
        void aSectionWhoseLinesAreCommentedOutIsEmpty() {
            assertThat(Sample.load(folder, "agent:\n#  interface: eth0\nkafka:\ndetector.ports:\n")
                            .string("agent.interface"))
                    .isEqualTo("lo");
            assertThat(Sample.load(folder, "").string("agent.interface")).isEqualTo("lo");
            assertThat(Sample.load(folder, "# only a comment\n").string("agent.interface"))
                    .isEqualTo("lo");
        }
    }

    @Nested
    class Problems {
        @Test
        void allOfAFileAreReportedAtOnceWithTheirLines() {
            assertThat(problemsOf("""
                    agent:
                      intreface: lo
                      snaplen: many
                      mode: some
                      promiscuous: yes
                    detector.close.wait.stuck: 60
                    detector.sweep.interval: 10ms
                    colour: blue
                    """)).isEqualTo("""
                            loopscope.yaml:2:3: unknown setting agent.intreface; did you mean agent.interface?
                            loopscope.yaml:3:3: agent.snaplen: 'many' is not valid; allowed: whole number, from 68 to 65535
                            loopscope.yaml:4:3: agent.mode: 'some' is not valid; allowed: text, one of all, coalesced
                            loopscope.yaml:5:3: agent.promiscuous: 'yes' is not valid; allowed: true or false
                            loopscope.yaml:6:1: detector.close.wait.stuck: '60' has no unit: write 60ms, 60s (seconds) or \
                            60m (minutes); allowed: duration, from 1s to 1d
                            loopscope.yaml:7:1: detector.sweep.interval: '10ms' is not valid; allowed: duration, at least 100ms
                            loopscope.yaml:8:1: unknown setting colour""");
        }

        @Test
        void aKeyWrittenTwiceIsRefusedHoweverItIsWritten() {
            assertThat(problemsOf("agent:\n  interface: a\nagent.interface: b\n"))
                    .isEqualTo(
                            "loopscope.yaml:3:1: agent.interface is set twice; the first time at loopscope.yaml:2:3");
            assertThat(problemsOf("agent: {interface: a}\nagent: {interface: b}\n"))
                    .contains("loopscope.yaml:2:9: agent.interface is set twice");
        }

        @Test
        void shapesThatDoNotFitAreNamed() {
            assertThat(problemsOf("agent: lo\n"))
                    .isEqualTo("loopscope.yaml:1:1: agent is a section, not a setting; its settings go below it");
            assertThat(problemsOf("agent.interface:\n"))
                    .isEqualTo("loopscope.yaml:1:1: agent.interface: has no value; leave the line out for the default,"
                            + " or write \"\" for empty text");
            assertThat(problemsOf("agent.interface: [a, b]\n"))
                    .isEqualTo("loopscope.yaml:1:1: agent.interface: is a list; allowed: text");
            assertThat(problemsOf("agent.exclude.ports: [[1], 2]\n"))
                    .contains("an item of a list must be a plain value");
            assertThat(problemsOf("- a\n- b\n")).contains("loopscope.yaml:1:1: settings are expected");
            assertThat(problemsOf("[a, b]: c\n")).contains("a setting's name is expected");
            assertThat(problemsOf("a: &x\n  b: *x\n")).contains("nested too deeply");
        }

        @Test
        void brokenYamlIsNamedWithLineAndColumn() {
            assertThat(problemsOf("agent:\n  interface: lo\n snaplen: 5\n"))
                    .startsWith("loopscope.yaml:3:2: not valid YAML");
            assertThat(problemsOf("agent:\n\tinterface: lo\n")).startsWith("loopscope.yaml:2:1: not valid YAML");
            assertThat(problemsOf("a: 1\n---\nb: 2\n")).startsWith("loopscope.yaml:2:1: not valid YAML");
            assertThat(problemsOf("agent: {}\nx: \"\u0007\"\n")).startsWith("loopscope.yaml:2: character U+0007");
        }

        @Test
        void unreadableFilesAreNamed() throws Exception {
            var binary = java.nio.file.Files.write(folder.resolve("binary"), new byte[] {(byte) 0xC3, 0x28});
            assertThatThrownBy(() -> Sample.DEFINITION
                            .load()
                            .file(folder.resolve("none.yaml"))
                            .file(folder)
                            .file(binary)
                            .load())
                    .hasMessageContaining("none.yaml: no such file")
                    .hasMessageContaining(folder + ": is a directory")
                    .hasMessageContaining("binary: is not UTF-8 text");
        }

        @Test
        void flagsAreCheckedAndUnknownVariablesOnlyWarn() {
            assertThatThrownBy(() -> Sample.DEFINITION
                            .load()
                            .flag("--snaplen", "agent.snaplen", "1")
                            .flag("--set agent.x", "agent.x", "1")
                            .load())
                    .hasMessageContaining("flag --snaplen: agent.snaplen: '1' is not valid")
                    .hasMessageContaining("flag --set agent.x: unknown setting agent.x");

            var settings = Sample.DEFINITION
                    .load()
                    .environment(Map.of(
                            "LOOPSCOPE_AGENT_INTREFACE", "x",
                            "LOOPSCOPE_JAVA_OPTS", "-Xmx1g",
                            "LOOPSCOPE_PORT", "tcp://10.0.0.1:80",
                            "LOOPSCOPE_KAFKA_PORT_9092_TCP", "tcp://10.0.0.1:9092",
                            "LOOPSCOPE_KAFKA_SERVICE_HOST", "10.0.0.1",
                            "PATH", "/bin"))
                    .load();
            assertThat(settings.warnings())
                    .hasToString("[environment LOOPSCOPE_AGENT_INTREFACE: unknown setting agent.intreface;"
                            + " did you mean agent.interface?]");
            assertThat(settings.kafka()).containsOnlyKeys("bootstrap.servers");
        }

        @Test
        void aSlipInAKafkaPropertyWarns() {
            var settings = Sample.load(folder, "kafka: {bootstrap.server: a:1, my.plugin.setting: x}\n");
            assertThat(settings.kafka()).containsKeys("bootstrap.server", "my.plugin.setting");
            assertThat(settings.warnings())
                    .singleElement()
                    .asString()
                    .endsWith("did you mean kafka.bootstrap.servers?");
        }

        @Test
        void aRequiredSettingThatIsMissingIsNamedWithItsVariable() {
            var definition = SettingsDefinition.builder("x")
                    .define(new ConfigDef().define("a.b", ConfigDef.Type.INT, ConfigDef.Importance.HIGH, "Needed."))
                    .build();
            assertThatThrownBy(definition::defaults)
                    .hasMessage("configuration: a.b is required: write it into the file, or set LOOPSCOPE_A_B");
            var wrong = catchThrowableOfType(
                    ConfigurationException.class,
                    () -> definition.load().flag("-b", "a.b", "x").load());
            assertThat(wrong.problems()).hasSize(1);
        }

        private String problemsOf(String yaml) {
            var e = catchThrowableOfType(ConfigurationException.class, () -> Sample.load(folder, yaml));
            return Sample.problems(folder, e);
        }
    }

    @Nested
    class Secret {
        @Test
        void valuesAppearNeitherInMessagesNorInDescriptions() {
            var settings = Sample.load(folder, """
                    agent.registry.password: hunter2
                    kafka:
                      sasl.jaas.config: org.Login required password="hunter2";
                      ssl.key.password: hunter2
                      ssl.truststore.location: /visible
                    """);
            assertThat(settings.secret("agent.registry.password")).isEqualTo("hunter2");
            assertThat(settings.kafka()).containsEntry("ssl.key.password", "hunter2");
            assertThat(settings.describe())
                    .doesNotContain("hunter2")
                    .contains("ssl.key.password = ********", "/visible");
            assertThat(settings.problem("agent.registry.password", "is too short")
                            .toString())
                    .doesNotContain("hunter2")
                    .endsWith("agent.registry.password: '********' is too short");
        }

        @Test
        void aWrongValueOfASecretIsNotQuoted() {
            var definition = SettingsDefinition.builder("x")
                    .define(new ConfigDef()
                            .define(
                                    "api.token",
                                    ConfigDef.Type.INT,
                                    1,
                                    ConfigDef.Importance.HIGH,
                                    "A secret by its name."))
                    .build();
            assertThatThrownBy(() ->
                            definition.load().flag("-t", "api.token", "hunter2").load())
                    .hasMessage("flag -t: api.token: its value (hidden) is not valid; allowed: whole number");
        }

        @Test
        void anUnquotedPasswordThatYamlMisreadsIsNotRepeated() {
            assertThatThrownBy(() -> Sample.load(folder, "kafka.ssl.key.password: *hunter2\n"))
                    .hasMessageContaining(":1:25: an unquoted value that starts with * is an alias")
                    .hasMessageNotContaining("hunter2");
        }

        @Test
        void namesThatSoundLikeSecretsAreSecret() {
            assertThat(List.of(
                            "a.password",
                            "sasl.jaas.config",
                            "ssl.keystore.key",
                            "apikey",
                            "x.api-key",
                            "access.token",
                            "client.secret",
                            "basic.auth.user.info"))
                    .allMatch(Secrets::isSecret);
            assertThat(List.of("agent.interface", "bootstrap.servers", "ssl.keystore.location", "keyboard"))
                    .noneMatch(Secrets::isSecret);
        }
    }
}
