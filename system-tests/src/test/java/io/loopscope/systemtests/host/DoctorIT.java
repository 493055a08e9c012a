package io.loopscope.systemtests.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.FilterProgram;
import io.loopscope.settings.ExitCode;
import io.loopscope.systemtests.harness.Broker;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.host.HostVerbs.Ran;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each reason for seeing nothing is found, with the line that repairs it, and no other check fails. */
class DoctorIT {
    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static ServerSocket server;

    private final HostVerbs verbs = new HostVerbs(PROCESSES);

    @BeforeAll
    static void somebodyListens() throws IOException {
        Needs.root();
        Needs.programs("unshare", "setpriv", "ip");
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterAll
    static void nobodyListens() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void aHealthyHostPassesAllChecks() {
        Ran ran = doctor(List.of());

        assertThat(ran.code()).isZero();
        assertThat(ran.json().path("healthy").asBoolean()).isTrue();
        for (String check : List.of("java", "libpcap", "permission", "interface", "namespace", "filter", "packets")) {
            assertThat(outcome(ran, check)).as(check).isEqualTo("ok");
        }
        assertThat(saw(ran, "libpcap")).contains("libpcap version 1.");
        assertThat(saw(ran, "packets")).matches("(?s)saw \\d+ segments, \\d+ of them of its own probe.*");
        assertThat(outcome(ran, "clock")).isEqualTo("ok");
        assertThat(outcome(ran, "broker")).isEqualTo("skipped");
        assertThat(saw(ran, "broker")).contains("no Kafka is named");
    }

    @Test
    void peopleGetALineForEachCheckWithoutEscapeSequences() {
        Ran ran = verbs.run(List.of(), "doctor");

        assertThat(ran.code()).isZero();
        assertThat(ran.out().lines().filter(line -> line.startsWith("ok ") || line.startsWith("skipped ")))
                .hasSizeGreaterThanOrEqualTo(10);
        assertThat(ran.out()).doesNotContain("\u001b");
    }

    @Test
    void libpcapThatIsMissing() {
        Ran ran = doctor(HostVerbs.WITHOUT_LIBPCAP);

        assertThat(ran.code()).isEqualTo(ExitCode.FAILURE);
        assertOnlyFailed(ran, "libpcap");
        assertThat(remedy(ran, "libpcap")).contains("apt install libpcap0.8");
        assertThat(outcome(ran, "permission")).isEqualTo("skipped");
    }

    @Test
    void anOrdinaryUserMayNotCapture() {
        Ran ran = doctor(HostVerbs.asOrdinaryUser());

        assertThat(ran.code()).isEqualTo(ExitCode.NO_PERMISSION);
        assertOnlyFailed(ran, "permission");
        assertThat(remedy(ran, "permission")).contains("--ambient-caps=+net_raw", "AmbientCapabilities=CAP_NET_RAW");
        assertThat(saw(ran, "namespace")).contains("that do not show theirs");
    }

    @Test
    void theOneCapabilityThatItNamesIsEnough() {
        Ran ran = doctor(HostVerbs.asOrdinaryUserWith("net_raw"));

        assertThat(ran.code()).as(ran.out()).isZero();
        assertThat(outcome(ran, "packets")).isEqualTo("ok");
        assertThat(saw(ran, "permission")).contains("has CAP_NET_RAW", "without CAP_SYS_PTRACE");
    }

    @Test
    void anInterfaceThatIsNotThere() {
        Ran ran = doctor(List.of(), "--interface", "nosuch0");

        assertThat(ran.code()).isEqualTo(ExitCode.BAD_CONFIGURATION);
        assertOnlyFailed(ran, "interface");
        assertThat(remedy(ran, "interface")).contains("lo (loopback)");
    }

    @Test
    void anInterfaceThatIsNotTheLoopback() {
        Ran ran = doctor(
                List.of(
                        "unshare",
                        "--net",
                        "sh",
                        "-c",
                        "ip link set lo up && ip link add other0 type veth peer name other1 && ip link set other0 up"
                                + " && ip link set other1 up && exec \"$@\"",
                        "sh"),
                "--interface",
                "other0");

        assertThat(ran.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(outcome(ran, "interface")).isEqualTo("warning");
        assertThat(saw(ran, "interface")).contains("other0 is up and is not the loopback interface");
        assertThat(outcome(ran, "packets")).isEqualTo("failed");
    }

    @Test
    void anInterfaceThatIsDown() {
        Ran ran = doctor(HostVerbs.IN_NEW_NAMESPACE);

        assertThat(ran.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(outcome(ran, "interface")).isEqualTo("failed");
        assertThat(saw(ran, "interface")).contains("lo is down");
        assertThat(remedy(ran, "interface")).contains("ip link set lo up");
        assertThat(outcome(ran, "packets")).isEqualTo("skipped");
    }

    @Test
    void aNamespaceWithoutTheServers() {
        Ran ran = doctor(HostVerbs.IN_EMPTY_NAMESPACE);

        assertThat(ran.code()).isEqualTo(ExitCode.FAILURE);
        assertOnlyFailed(ran, "namespace");
        assertThat(saw(ran, "namespace")).contains("no listener", "nobody listens here, but elsewhere");
        assertThat(remedy(ran, "namespace")).contains("nsenter --net=");
        assertThat(outcome(ran, "packets")).isEqualTo("ok");
    }

    @Test
    void aFilterThatDoesNotCompile() {
        Ran ran = doctor(List.of(), "--filter", "tcp and (");

        assertThat(ran.code()).isEqualTo(ExitCode.BAD_CONFIGURATION);
        assertOnlyFailed(ran, "filter");
        assertThat(saw(ran, "filter")).contains("syntax error");
    }

    @Test
    void aFilterThatLetsNoTcpThrough() {
        Ran ran = doctor(List.of(), "--filter", "udp");

        assertThat(ran.code()).isEqualTo(ExitCode.BAD_CONFIGURATION);
        assertOnlyFailed(ran, "filter");
    }

    @Test
    void aFilterForAPortThatNobodyUses() {
        Ran ran = doctor(List.of(), "--seconds", "1", "--filter", "port 1");

        assertThat(ran.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(outcome(ran, "filter")).isEqualTo("warning");
        assertThat(saw(ran, "filter")).contains("but port 1,");
        assertOnlyFailed(ran, "packets");
        assertThat(saw(ran, "packets")).contains("nothing was seen", "without filter");
    }

    @Test
    void aFilterForAServerThatIsIdle() {
        Ran ran = doctor(List.of(), "--seconds", "1", "--filter", "port " + server.getLocalPort());

        assertThat(ran.code()).isZero();
        assertThat(outcome(ran, "filter")).isEqualTo("ok");
        assertThat(outcome(ran, "packets")).isEqualTo("warning");
    }

    @Test
    void aBrokerThatIsThereAndThenStopped() {
        Broker broker = Broker.start(PROCESSES);

        Ran there = doctor(List.of(), "--bootstrap-servers", broker.bootstrapServers());
        ProcessHandle process = ProcessHandle.of(broker.pid()).orElseThrow();
        process.destroy();
        process.onExit().join();
        Ran away = doctor(List.of(), "--bootstrap-servers", broker.bootstrapServers());

        assertThat(there.code()).as(there.out()).isZero();
        assertThat(saw(there, "broker")).contains("1 broker, " + broker.bootstrapServers());
        assertThat(outcome(there, "topics")).isEqualTo("ok");
        assertThat(saw(there, "topics")).contains("loopscope.capture.v1", "loopscope.census.v1");
        assertThat(away.code()).isEqualTo(ExitCode.KAFKA_UNAVAILABLE);
        assertOnlyFailed(away, "broker");
        assertThat(saw(away, "broker")).contains("does not answer", "Connection refused");
        assertThat(outcome(away, "topics")).isEqualTo("skipped");
    }

    @Test
    void aFilterIsTriedOnPacketsThatWereNeverCaptured() throws CaptureException {
        byte[] arp = new byte[42];
        arp[12] = 0x08;
        arp[13] = 0x06;

        try (FilterProgram program = FilterProgram.compile("arp");
                FilterProgram other = FilterProgram.compile("tcp")) {
            assertThat(program.matches(arp)).isTrue();
            assertThat(other.matches(arp)).isFalse();
        }
    }

    private Ran doctor(List<String> under, String... options) {
        String[] arguments = Stream.concat(Stream.of("doctor", "-o", "json"), Stream.of(options))
                .toArray(String[]::new);
        return verbs.run(under, arguments);
    }

    private static void assertOnlyFailed(Ran ran, String check) {
        assertThat(ran.json().path("checks"))
                .filteredOn(one -> one.path("outcome").asText().equals("failed"))
                .extracting(one -> one.path("check").asText())
                .containsExactly(check);
    }

    private static JsonNode check(Ran ran, String name) {
        for (JsonNode check : ran.json().path("checks")) {
            if (check.path("check").asText().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("no check " + name + " in " + ran.out() + ran.err());
    }

    private static String outcome(Ran ran, String name) {
        return check(ran, name).path("outcome").asText();
    }

    private static String saw(Ran ran, String name) {
        return check(ran, name).path("saw").asText();
    }

    private static String remedy(Ran ran, String name) {
        return check(ran, name).path("remedy").asText();
    }
}
