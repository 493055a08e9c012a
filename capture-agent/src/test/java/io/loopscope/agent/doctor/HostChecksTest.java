package io.loopscope.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.doctor.Finding.Outcome;
import io.loopscope.agent.publish.KafkaCheckup;
import io.loopscope.agent.publish.KafkaCheckup.Node;
import io.loopscope.agent.publish.KafkaCheckup.TopicState;
import io.loopscope.agent.source.CaptureInterface;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Program;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostChecksTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @Nested
    class Interfaces {
        @Test
        void theLoopbackIsFine() {
            assertThat(judge(List.of(LOOPBACK), true).outcome()).isEqualTo(Outcome.OK);
        }

        @Test
        void anotherInterfaceIsAWarning() {
            Finding finding = judge(List.of(), false);

            assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
            assertThat(finding.saw()).contains("is not the loopback interface", "has no address");
        }

        @Test
        void aLoopbackWithoutAddressIsAWarning() {
            Finding finding = judge(List.of(), true);

            assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
            assertThat(finding.remedy()).contains("ip address add 127.0.0.1/8 dev x0");
        }

        private Finding judge(List<InetAddress> addresses, boolean loopback) {
            return InterfaceCheck.judge(new CaptureInterface("x0", "", addresses, loopback, true));
        }
    }

    @Nested
    class Capabilities {
        @TempDir
        Path folder;

        @Test
        void whatWillBeMissedIsSaid() throws IOException {
            assertThat(describe("CapEff:\t0000000000002000"))
                    .startsWith("; has CAP_NET_RAW")
                    .contains("without CAP_SYS_PTRACE", "without CAP_SYS_ADMIN");
        }

        @Test
        void allCapabilitiesMissNothing() throws IOException {
            assertThat(describe("CapEff:\tffffffffffffffff")).isEqualTo("; has CAP_NET_RAW");
        }

        private String describe(String line) throws IOException {
            Path status = Files.writeString(folder.resolve("status"), "Name:\tx\n" + line + "\n");
            return new PermissionCheck(status).capabilities().orElseThrow();
        }
    }

    @Nested
    class Kafka {
        private static final Duration SHORT = Duration.ofMillis(300);

        @Test
        void aClosedPortIsToldFromOneThatSpeaksSomethingElse() throws IOException {
            int closed;
            try (ServerSocket socket = new ServerSocket(0, 5, LOOPBACK)) {
                closed = socket.getLocalPort();
            }
            try (ServerSocket deaf = new ServerSocket(0, 5, LOOPBACK)) {
                String servers = "127.0.0.1:" + closed + ",127.0.0.1:" + deaf.getLocalPort();
                KafkaCheckup kafka = new KafkaCheckup(Map.of("bootstrap.servers", servers), SHORT);

                Finding finding = new BrokerCheck(kafka, SHORT).look();

                assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
                assertThat(finding.exitCode()).isEqualTo(ExitCode.KAFKA_UNAVAILABLE);
                assertThat(finding.saw())
                        .contains(
                                "127.0.0.1:" + closed + ": Connection refused",
                                "127.0.0.1:" + deaf.getLocalPort() + ": accepts connections, but no Kafka speaks");
            }
        }

        @Test
        void aHostThatNobodyKnowsIsAWrongConfiguration() {
            KafkaCheckup kafka = new KafkaCheckup(Map.of("bootstrap.servers", "no.such.host.invalid:9092"), SHORT);

            Finding finding = new BrokerCheck(kafka, SHORT).look();

            assertThat(finding.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION);
            assertThat(finding.saw()).contains("no.such.host.invalid:9092");
        }

        @Test
        void brokersThatGiveClientsAnAddressThatDoesNotAnswerAreNamed() {
            List<Node> nodes = List.of(new Node(1, "a", 9092), new Node(2, "b", 9092));

            assertThat(BrokerCheck.judge("a:9092", nodes, List.of()).saw())
                    .isEqualTo("Kafka at a:9092 answers: 2 brokers, a:9092, b:9092");
            Finding finding = BrokerCheck.judge("a:9092", nodes, List.of("broker 2 says it is at b:9092"));
            assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(finding.remedy()).contains("advertised.listeners");
        }

        @Test
        void theAgentsTopicMustBeThere() {
            Finding finding = TopicsCheck.judge("k:9092", List.of(topic("capture", true, 0, true)));

            assertThat(finding.exitCode()).isEqualTo(ExitCode.KAFKA_UNAVAILABLE);
            assertThat(finding.remedy())
                    .isEqualTo("kafka-topics.sh --bootstrap-server k:9092 --create --topic capture --partitions 12"
                            + " --config cleanup.policy=compact");
        }

        @Test
        void theProcessorsTopicsAreAWarning() {
            Finding finding = TopicsCheck.judge(
                    "k:9092", List.of(topic("capture", true, 96, true), topic("census", false, 0, true)));

            assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
            assertThat(finding.saw()).contains("capture, 96 partitions", "census is not there");
        }

        @Test
        void aTopicThatMayNotBeWrittenIsAMissingPermission() {
            Finding finding = TopicsCheck.judge("k:9092", List.of(topic("capture", true, 1, false)));

            assertThat(finding.exitCode()).isEqualTo(ExitCode.NO_PERMISSION);
            assertThat(finding.saw()).isEqualTo("capture, 1 partition; may not be written");
        }

        private TopicState topic(String name, boolean written, int partitions, boolean writable) {
            return new TopicState(name, written, partitions, 12, Map.of("cleanup.policy", "compact"), writable);
        }
    }

    @Nested
    class CommandLine {
        @Test
        void aWrongNumberOfSecondsIsAUsageError() {
            assertThat(run("--seconds=0")).isEqualTo(ExitCode.USAGE);
        }

        @Test
        void anUnknownSettingIsAWrongConfiguration() {
            assertThat(run("--set", "agent.intreface=lo")).isEqualTo(ExitCode.BAD_CONFIGURATION);
        }

        private int run(String... arguments) {
            return Program.commandLine(new DoctorCommand(new ByteArrayOutputStream()))
                    .setErr(new PrintWriter(new StringWriter()))
                    .execute(arguments);
        }
    }
}
