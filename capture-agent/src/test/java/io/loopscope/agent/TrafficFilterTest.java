package io.loopscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.sockets.SocketEntry;
import io.loopscope.agent.sockets.SocketState;
import io.loopscope.agent.sockets.Sockets;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.agent.track.Fidelity;
import io.loopscope.agent.track.FidelityByPort;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrafficFilterTest {
    private static final AgentSettings.TrafficList NONE = ports();

    @Test
    void portsCountAtEitherEnd() {
        SegmentHeader header = Headers.of("::1", "::1", PacketBytes.tcp().ports(40_000, 80));
        assertThat(filter(NONE, NONE).passes(header)).isTrue();
        assertThat(filter(ports(80), NONE).passes(header)).isTrue();
        assertThat(filter(ports(40_000), NONE).passes(header)).isTrue();
        assertThat(filter(ports(81), NONE).passes(header)).isFalse();
        assertThat(filter(NONE, ports(80)).passes(header)).isFalse();
        assertThat(filter(ports(80), ports(40_000)).passes(header)).isFalse();
    }

    @Test
    void addressesCountAtEitherEnd() {
        SegmentHeader header =
                Headers.of("127.0.0.1", "10.1.2.3", PacketBytes.tcp().ports(40_000, 80));
        assertThat(filter(addresses("10.0.0.0/8"), NONE).passes(header)).isTrue();
        assertThat(filter(addresses("127.0.0.1"), NONE).passes(header)).isTrue();
        assertThat(filter(addresses("::1", "10.1.2.4"), NONE).passes(header)).isFalse();
        assertThat(filter(NONE, addresses("10.1.2.0/24")).passes(header)).isFalse();
        assertThat(filter(NONE, addresses("127.0.0.0/8")).passes(header)).isFalse();
        assertThat(filter(NONE, addresses("::1")).passes(header)).isTrue();
    }

    @Test
    void whatIsOnEveryIncludeListPasses() {
        SegmentHeader header = Headers.of("::1", "::1", PacketBytes.tcp().ports(40_000, 80));
        var both = new AgentSettings.TrafficList(Set.of(80), Set.of(AddressBlock.parse("::1")), Set.of());
        assertThat(filter(both, NONE).passes(header)).isTrue();
        assertThat(filter(both, NONE)
                        .passes(Headers.of(
                                "127.0.0.1", "127.0.0.1", PacketBytes.tcp().ports(40_000, 80))))
                .isFalse();
        assertThat(filter(both, NONE)
                        .passes(Headers.of("::1", "::1", PacketBytes.tcp().ports(40_000, 81))))
                .isFalse();
    }

    @Test
    void socketsAreJudgedInTheSameWay() {
        SocketEntry socket = Sockets.socket(40_000, 80, SocketState.ESTABLISHED, 1);
        assertThat(filter(addresses("127.0.0.0/8"), NONE).passes(socket)).isTrue();
        assertThat(filter(addresses("::1"), NONE).passes(socket)).isFalse();
        assertThat(filter(NONE, addresses("127.0.0.1")).passes(socket)).isFalse();
        assertThat(filter(NONE, ports(40_000)).passes(socket)).isFalse();
    }

    @Test
    void aListenerOnEveryAddressIsLeftOutByNone() {
        SocketEntry everywhere =
                Sockets.socket(Sockets.at("0.0.0.0", 80), Sockets.at("0.0.0.0", 0), SocketState.LISTEN, 1, 1);
        SocketEntry here = Sockets.listener(80, 2, 0);
        assertThat(filter(addresses("10.0.0.1"), NONE).passes(everywhere)).isTrue();
        assertThat(filter(addresses("10.0.0.1"), NONE).passes(here)).isFalse();
        assertThat(filter(NONE, addresses("0.0.0.0/0")).passes(everywhere)).isTrue();
        assertThat(filter(NONE, addresses("127.0.0.1")).passes(here)).isFalse();
        assertThat(filter(NONE, addresses("0.0.0.0")).passes(here)).isTrue();
        assertThat(filter(ports(81), NONE).passes(everywhere)).isFalse();
    }

    @Test
    void fidelityControlLeavesOutWhatSteersNothing() {
        TrafficFilter control = new TrafficFilter(
                NONE, NONE, new FidelityByPort(Fidelity.COALESCED, Map.of(Fidelity.CONTROL, Set.of(80))));
        for (int flags : new int[] {TcpFlags.SYN, TcpFlags.FIN | TcpFlags.ACK, TcpFlags.RST}) {
            assertThat(control.passes(segment(80, flags, 512))).isTrue();
        }
        assertThat(control.passes(segment(80, TcpFlags.ACK, 0))).isTrue();
        assertThat(control.passes(segment(80, TcpFlags.ACK, 512))).isFalse();
        assertThat(control.passes(segment(81, TcpFlags.ACK, 512))).isTrue();
    }

    private static SegmentHeader segment(int port, int flags, int window) {
        return Headers.of(
                "::1", "::1", PacketBytes.tcp().ports(40_000, port).flags(flags).window(window));
    }

    private static TrafficFilter filter(AgentSettings.TrafficList include, AgentSettings.TrafficList exclude) {
        return new TrafficFilter(include, exclude, FidelityByPort.always(Fidelity.ALL));
    }

    private static AgentSettings.TrafficList ports(Integer... ports) {
        return new AgentSettings.TrafficList(Set.of(ports), Set.of(), Set.of());
    }

    private static AgentSettings.TrafficList addresses(String... blocks) {
        return new AgentSettings.TrafficList(
                Set.of(), Stream.of(blocks).map(AddressBlock::parse).collect(Collectors.toSet()), Set.of());
    }
}
