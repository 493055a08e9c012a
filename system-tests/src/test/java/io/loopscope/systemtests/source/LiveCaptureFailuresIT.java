package io.loopscope.systemtests.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.CaptureException.Reason;
import io.loopscope.agent.source.CaptureInterface;
import io.loopscope.agent.source.CaptureMethod;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.LiveSource;
import io.loopscope.agent.source.PacketSource;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        for (CaptureMethod method : CaptureMethod.values()) {
            try (PacketSource source = LiveSource.open(LiveCapture.LOOPBACK.by(method))) {
                assertThat(source.interfaces()).containsExactly("lo");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(CaptureMethod.class)
    void anUnknownInterfaceIsAnsweredWithThoseThereAre(CaptureMethod method) {
        CaptureException e = failure(method, "nosuch0", "tcp");
        assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_INTERFACE);
        assertThat(e).hasMessageContaining("nosuch0");
        assertThat(e.remedy()).contains("lo (loopback)");
    }

    @ParameterizedTest
    @EnumSource(CaptureMethod.class)
    void aBadFilterIsToldInLibpcapsWords(CaptureMethod method) {
        CaptureException e = failure(method, "", "port nosuchport");
        assertThat(e.reason()).isEqualTo(Reason.BAD_FILTER);
        assertThat(e).hasMessage("filter 'port nosuchport': unknown port 'nosuchport'");
        assertThat(failure(method, "", "tcp and (")).hasMessageContaining("syntax error");
    }

    @ParameterizedTest
    @EnumSource(CaptureMethod.class)
    void withoutTheCapabilityItSaysHowToGetIt(CaptureMethod method) {
        ChildProcess child = run(method, "denied", "setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw");
        assertThat(child.output())
                .startsWith(Reason.NO_PERMISSION.name())
                .contains("Operation not permitted", "--ambient-caps=+net_raw", "AmbientCapabilities=CAP_NET_RAW");
    }

    @ParameterizedTest
    @EnumSource(CaptureMethod.class)
    void anInterfaceThatIsDownIsTold(CaptureMethod method) {
        // A new network namespace has its own lo, and it is down.
        ChildProcess child = run(method, "down", "unshare", "--net");
        assertThat(child.output())
                .startsWith(Reason.INTERFACE_DOWN.name())
                .contains("interface lo is down", "ip link set lo up");
    }

    private static ChildProcess run(CaptureMethod method, String name, String... wrapper) {
        Stream<String> java = Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OpenForCapture.class.getName(),
                "lo",
                method.toString());
        List<String> command = Stream.concat(Stream.of(wrapper), java).toList();
        ChildProcess child = PROCESSES.start(name + "-" + method, Map.of(), command);
        assertThat(child.awaitExit(Waits.PROGRAM)).isZero();
        return child;
    }

    private static CaptureException failure(CaptureMethod method, String interfaceName, String filter) {
        LiveCapture capture = new LiveCapture(interfaceName, filter, 128, 1024 * 1024, Duration.ofMillis(10));
        return catchThrowableOfType(
                CaptureException.class,
                () -> LiveSource.open(capture.by(method)).close());
    }
}
