package io.loopscope.systemtests.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.CaptureException.Reason;
import io.loopscope.agent.source.CaptureInterface;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.Pcap4jSource;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Why nothing is captured: each reason is told apart and says what to do. */
class LiveCaptureFailuresIT {
    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    @BeforeAll
    static void needsRoot() {
        Needs.root();
        Needs.programs("setpriv", "unshare");
    }

    @Test
    void theLoopbackInterfaceIsFoundByItsFlag() throws Exception {
        assertThat(CaptureInterface.all())
                .filteredOn(CaptureInterface::loopback)
                .singleElement()
                .satisfies(lo -> {
                    assertThat(lo.name()).isEqualTo("lo");
                    assertThat(lo.up()).isTrue();
                    assertThat(lo.addresses()).anyMatch(address -> address.isLoopbackAddress());
                });
        try (Pcap4jSource source = Pcap4jSource.open(LiveCapture.LOOPBACK)) {
            assertThat(source.interfaces()).containsExactly("lo");
        }
    }

    @Test
    void anUnknownInterfaceIsAnsweredWithThoseThereAre() {
        CaptureException e = failure("nosuch0", "tcp");
        assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_INTERFACE);
        assertThat(e).hasMessageContaining("nosuch0");
        assertThat(e.remedy()).contains("lo (loopback)");
    }

    @Test
    void aBadFilterIsToldInLibpcapsWords() {
        CaptureException e = failure("", "port nosuchport");
        assertThat(e.reason()).isEqualTo(Reason.BAD_FILTER);
        assertThat(e).hasMessage("filter 'port nosuchport': unknown port 'nosuchport'");
        assertThat(failure("", "tcp and (")).hasMessageContaining("syntax error");
    }

    @Test
    void withoutTheCapabilityItSaysHowToGetIt() {
        ChildProcess child = run("denied", "setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw");
        assertThat(child.output())
                .startsWith(Reason.NO_PERMISSION.name())
                .contains("Operation not permitted", "--ambient-caps=+net_raw", "AmbientCapabilities=CAP_NET_RAW");
    }

    @Test
    void anInterfaceThatIsDownIsTold() {
        // A new network namespace has its own lo, and it is down.
        ChildProcess child = run("down", "unshare", "--net");
        assertThat(child.output())
                .startsWith(Reason.INTERFACE_DOWN.name())
                .contains("interface lo is down", "ip link set lo up");
    }

    private static ChildProcess run(String name, String... wrapper) {
        Stream<String> java = Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OpenForCapture.class.getName(),
                "lo");
        List<String> command = Stream.concat(Stream.of(wrapper), java).toList();
        ChildProcess child = PROCESSES.start(name, Map.of(), command);
        assertThat(child.awaitExit(Waits.PROGRAM)).isZero();
        return child;
    }

    private static CaptureException failure(String interfaceName, String filter) {
        LiveCapture capture = new LiveCapture(interfaceName, filter, 128, 1024 * 1024, Duration.ofMillis(10));
        return catchThrowableOfType(
                CaptureException.class, () -> Pcap4jSource.open(capture).close());
    }
}
