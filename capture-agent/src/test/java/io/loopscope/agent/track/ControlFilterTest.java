package io.loopscope.agent.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.FilterProgram;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.agent.testing.PacketBytes.TcpBytes;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compiled by libpcap and run on packets. */
class ControlFilterTest {
    private static final int ACK = TcpFlags.ACK;
    private static final int BUSY = 80;
    private static final int OTHER = 81;
    private static final FidelityByPort SOME =
            new FidelityByPort(Fidelity.COALESCED, Map.of(Fidelity.CONTROL, Set.of(BUSY, 82)));
    private static final FidelityByPort ALL_BUT_ONE =
            new FidelityByPort(Fidelity.CONTROL, Map.of(Fidelity.ALL, Set.of(OTHER)));

    @ParameterizedTest
    @CsvSource({
        "2,    512, true", // SYN
        "18,   512, true", // SYN,ACK
        "17,   512, true", // FIN,ACK
        "20,   512, true", // RST,ACK
        "4,    0,   true", // RST
        "16,   0,   true", // zero window
        "24,   0,   true", // data with zero window
        "16,   512, false",
        "24,   512, false",
        "16,   1,   false",
        "16,   256, false",
        "48,   512, false" // URG
    })
    void ofTheNamedPortsOnlyControlSegmentsPass(int flags, int window, boolean passes) throws CaptureException {
        for (String address : new String[] {"127.0.0.1", "::1"}) {
            assertThat(passes(SOME, address, segment(40_000, BUSY, flags, window)))
                    .isEqualTo(passes);
            assertThat(passes(SOME, address, segment(BUSY, 40_000, flags, window)))
                    .isEqualTo(passes);
            assertThat(passes(SOME, address, segment(40_000, OTHER, flags, window)))
                    .isTrue();
            assertThat(passes(ALL_BUT_ONE, address, segment(40_000, BUSY, flags, window)))
                    .isEqualTo(passes);
            assertThat(passes(ALL_BUT_ONE, address, segment(OTHER, BUSY, flags, window)))
                    .as("the richer fidelity wins")
                    .isTrue();
        }
    }

    @Test
    void optionsBehindTheHeaderDoNotMatter() throws CaptureException {
        byte[] options = PacketBytes.ipv4(
                PacketBytes.TCP,
                segment(40_000, BUSY, ACK, 512)
                        .options("0101080a0000000100000002")
                        .bytes());
        assertThat(matches(SOME, options)).isFalse();
    }

    @Test
    void whatIsBehindAnExtensionHeaderIsLeftToTheAgent() throws CaptureException {
        byte[] tcp = segment(40_000, BUSY, ACK, 512).bytes();
        assertThat(matches(SOME, PacketBytes.ipv6(0, PacketBytes.extension(PacketBytes.TCP, 0, tcp))))
                .isTrue();
        assertThat(matches(SOME, PacketBytes.ipv4(51, PacketBytes.authentication(PacketBytes.TCP, tcp))))
                .isTrue();
    }

    @Test
    void theExpressionOfTheSettingsStillCounts() throws CaptureException {
        String expression = ControlFilter.narrow("tcp port 80 or tcp port 81", SOME);
        try (FilterProgram program = FilterProgram.compile(expression)) {
            assertThat(program.matches(ethernet("127.0.0.1", segment(40_000, OTHER, ACK, 512))))
                    .isTrue();
            assertThat(program.matches(ethernet("127.0.0.1", segment(40_000, 83, ACK, 512))))
                    .isFalse();
        }
    }

    @Test
    void anEmptyExpressionMayBeNarrowed() throws CaptureException {
        try (FilterProgram program = FilterProgram.compile(ControlFilter.narrow("", SOME))) {
            assertThat(program.matches(ethernet("127.0.0.1", segment(40_000, BUSY, ACK, 512))))
                    .isFalse();
            assertThat(program.matches(ethernet("127.0.0.1", segment(40_000, 83, ACK, 512))))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tcp"})
    void withoutControlNothingChanges(String expression) {
        assertThat(ControlFilter.narrow(expression, FidelityByPort.always(Fidelity.COALESCED)))
                .isEqualTo(expression);
    }

    private static boolean passes(FidelityByPort fidelity, String address, TcpBytes segment) throws CaptureException {
        return matches(fidelity, Headers.packet(address, address, segment));
    }

    private static boolean matches(FidelityByPort fidelity, byte[] ip) throws CaptureException {
        String expression = ControlFilter.narrow(LiveCapture.TCP_FILTER, fidelity);
        try (FilterProgram program = FilterProgram.compile(expression)) {
            return program.matches(ethernet(ip));
        }
    }

    private static byte[] ethernet(String address, TcpBytes segment) {
        return ethernet(Headers.packet(address, address, segment));
    }

    private static byte[] ethernet(byte[] ip) {
        boolean ipv6 = ip[0] >>> 4 == 6;
        byte[] header = new byte[14];
        header[12] = (byte) (ipv6 ? 0x86 : 0x08);
        header[13] = (byte) (ipv6 ? 0xdd : 0);
        return PacketBytes.concat(header, ip);
    }

    private static TcpBytes segment(int source, int destination, int flags, int window) {
        return PacketBytes.tcp().ports(source, destination).flags(flags).window(window);
    }
}
