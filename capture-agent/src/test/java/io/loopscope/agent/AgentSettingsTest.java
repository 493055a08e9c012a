package io.loopscope.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.agent.source.CaptureMethod;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.track.Fidelity;
import io.loopscope.settings.ConfigurationException;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Program;
import io.loopscope.settings.SettingsLoader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AgentSettingsTest {

    @Test
    void theDefaultsCaptureLoopbackAsItWasMeasuredToWork() {
        AgentSettings settings = AgentSettings.from(AgentSettingKeys.DEFINITION.defaults());
        assertThat(settings.capture()).isEqualTo(LiveCapture.LOOPBACK);
        assertThat(settings.fidelity().general()).isEqualTo(Fidelity.COALESCED);
        assertThat(settings.batchSegments()).isEqualTo(500);
        assertThat(settings.flushInterval()).isEqualTo(Duration.ofMillis(100));
        assertThat(settings.controlFlushInterval()).isEqualTo(Duration.ofMillis(10));
        assertThat(settings.heartbeatInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.include()).isEqualTo(new AgentSettings.TrafficList(Set.of(), Set.of(), Set.of()));
        assertThat(settings.excludePids()).isEmpty();
        assertThat(settings.namespaces()).isEmpty();
        assertThat(settings.sockets()).isEqualTo(new AgentSettings.Sockets(true, Duration.ofSeconds(2), 15, 0.01));
        assertThat(settings.kafka()).containsEntry("acks", "all").containsEntry("compression.type", "zstd");
    }

    @Test
    void theMethodOfCaptureIsOneOfThree() {
        for (CaptureMethod method : CaptureMethod.values()) {
            AgentSettings settings = load(Map.of("agent.capture.method", method.toString()));
            assertThat(settings.capture()).isEqualTo(LiveCapture.LOOPBACK.by(method));
        }
        assertThatThrownBy(() -> load(Map.of("agent.capture.method", "pcap")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("auto, ring, libpcap");
        assertThat(load(Map.of("agent.ring.block.bytes", "65536")).capture().blockOctets())
                .isEqualTo(65_536);
    }

    @Test
    void listsOfNumbersAreChecked() {
        AgentSettings settings = load(Map.of("agent.exclude.ports", "22, 9092", "agent.exclude.pids", "17"));
        assertThat(settings.exclude().ports()).containsExactlyInAnyOrder(22, 9092);
        assertThat(settings.excludePids()).containsExactly(17L);
        assertThatThrownBy(() -> load(Map.of("agent.exclude.ports", "22,70000")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("ports from 1 to 65535");
        assertThatThrownBy(() -> load(Map.of("agent.exclude.pids", "sshd")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("process numbers");
    }

    @Test
    void aPortHasOneFidelity() {
        AgentSettings settings = load(Map.of(
                "agent.fidelity",
                "control",
                "agent.fidelity.all.ports",
                "22, 80",
                "agent.fidelity.coalesced.ports",
                "81"));
        assertThat(settings.fidelity().of(40_000, 40_001)).isEqualTo(Fidelity.CONTROL);
        assertThat(settings.fidelity().of(40_000, 80)).isEqualTo(Fidelity.ALL);
        assertThat(settings.fidelity().of(81, 40_000)).isEqualTo(Fidelity.COALESCED);
        assertThatThrownBy(() -> load(Map.of("agent.fidelity.all.ports", "22", "agent.fidelity.control.ports", "22")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("agent.fidelity.control.ports")
                .hasMessageContaining("port 22");
        assertThatThrownBy(() -> load(Map.of("agent.fidelity", "some")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("agent.fidelity");
    }

    @Test
    void whatThePromisesRestOnCannotBeConfiguredAway() {
        assertThatThrownBy(() -> load(Map.of("kafka.acks", "1", "kafka.enable.idempotence", "false")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("kafka.acks")
                .hasMessageContaining("kafka.enable.idempotence");
        assertThatThrownBy(() -> load(Map.of("agent.control.flush.interval", "200ms")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("agent.flush.interval");
    }

    @Test
    void listsOfAddressesAndProgramsAreRead() {
        AgentSettings settings = load(Map.of(
                "agent.include.addresses", "127.0.0.0/8, ::1",
                "agent.exclude.addresses", "10.1.2.3",
                "agent.exclude.programs", "mariadbd, org.example.Main"));
        assertThat(settings.include().addresses())
                .containsExactlyInAnyOrder(AddressBlock.parse("127.0.0.0/8"), AddressBlock.parse("::1/128"));
        assertThat(settings.exclude().addresses()).containsExactly(AddressBlock.parse("10.1.2.3/32"));
        assertThat(settings.exclude().programs()).containsExactlyInAnyOrder("mariadbd", "org.example.Main");
        assertThatThrownBy(() -> load(Map.of("agent.include.addresses", "localhost")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("IPv4 or IPv6 addresses");
    }

    @Nested
    class CommandLineOfTheAgent {
        private final StringWriter out = new StringWriter();
        private final StringWriter err = new StringWriter();

        @TempDir
        private Path folder;

        @Test
        void validateAcceptsAGoodFile() throws Exception {
            Path file = Files.writeString(folder.resolve("agent.yaml"), "agent:\n  interface: lo\n");
            assertThat(run("validate", file.toString())).isEqualTo(ExitCode.OK);
            assertThat(out.toString()).contains("agent.yaml: good");
        }

        @Test
        void validateNamesLineAndSuggestionOfABadOne() throws Exception {
            Path file = Files.writeString(folder.resolve("agent.yaml"), "agent:\n  interfase: lo\n");
            assertThat(run("validate", file.toString())).isEqualTo(ExitCode.BAD_CONFIGURATION);
            assertThat(err.toString()).contains("agent.yaml:2", "agent.interface");
        }

        @Test
        void aFileThatIsNotThereIsToldBeforeKafkaIsAsked() {
            assertThat(run("-r", folder.resolve("none.pcap").toString())).isEqualTo(ExitCode.FAILURE);
            assertThat(err.toString()).contains("none.pcap: no such file");
        }

        @Test
        void helpNamesEveryFlag() {
            assertThat(run("--help")).isEqualTo(ExitCode.OK);
            assertThat(out.toString())
                    .contains("--interface", "--filter", "--snap-length", "--bootstrap-servers", "--read", "validate");
        }

        private int run(String... arguments) {
            CommandLine line = Program.commandLine(AgentMain.command());
            line.setOut(new PrintWriter(out, true));
            line.setErr(new PrintWriter(err, true));
            return line.execute(arguments);
        }
    }

    private static AgentSettings load(Map<String, String> values) {
        SettingsLoader loader = AgentSettingKeys.DEFINITION.load();
        values.forEach((key, value) -> loader.flag("--set", key, value));
        return AgentSettings.from(loader.load());
    }
}
