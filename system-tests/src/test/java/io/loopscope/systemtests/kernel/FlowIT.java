package io.loopscope.systemtests.kernel;

import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Notice;
import io.loopscope.processor.tcp.ResetCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Windows, keepalives, large transfers, losses: the core's numbers against the kernel's own (TCP_INFO). */
class FlowIT {
    private static final long LARGE = 20_000_000;

    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void keepalivesAreAnswered() throws Exception {
        TcpSocket client = keepalive(scene.socket(), 9);
        Pair pair = scene.connect(client, scene.listener());
        scene.await("two keepalives answered", () -> scene.watched(pair).count(Notice.KEEPALIVE_ANSWERED) >= 2);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.client(pair.tuple()).retransmissions()).isZero();
        assertThat(scene.client(pair.tuple()).unansweredKeepalives()).isZero();
    }

    @Test
    void keepalivesThatNobodyAnswersEndInARst() throws Exception {
        TcpSocket client = keepalive(scene.socket(), 100);
        Pair pair = scene.connect(client, scene.listener());
        pair.server().drop(SocketFilter.ALL_BUT_RST);
        scene.await("two keepalives", () -> scene.client(pair.tuple()).unansweredKeepalives() >= 2);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        client.with(SocketOption.KEEPALIVE_COUNT, 1); // The next one will be too many.
        scene.agree(pair, CLOSED, CLOSED);
        Connection connection = scene.watched(pair).connection();
        assertThat(connection.resetCause()).isEqualTo(ResetCause.KEEPALIVE_GAVE_UP);
        assertThat(connection.resetWithAck()).isTrue();
    }

    private static TcpSocket keepalive(TcpSocket socket, int count) {
        return socket.with(SocketOption.KEEPALIVE, 1)
                .with(SocketOption.KEEPALIVE_IDLE_S, 1)
                .with(SocketOption.KEEPALIVE_INTERVAL_S, 1)
                .with(SocketOption.KEEPALIVE_COUNT, count);
    }

    @Test
    void aZeroWindowIsProbedAndReopened() throws Exception {
        Pair pair = scene.connect(scene.listener().with(SocketOption.RECEIVE_BUFFER, 4096));
        long octets = pair.client().fill();
        scene.await("two probes", () -> scene.server(pair.tuple()).windowProbes() >= 2);
        Endpoint server = scene.server(pair.tuple());
        assertThat(server.zeroWindowSinceNanos()).isNotEqualTo(Connection.NEVER);
        assertThat(server.window()).isZero();
        assertThat(pair.client().info().sendWindow()).isZero();
        scene.agree(pair, ESTABLISHED, ESTABLISHED);

        pair.server().receive(octets);
        scene.await("the window open", () -> scene.server(pair.tuple()).zeroWindowSinceNanos() == Connection.NEVER);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(pair).count(Notice.KEEPALIVE_PROBE)).isZero();
        sameNumbers(pair);
    }

    @Test
    void windowsAreScaledAsTheSynsSay() throws Exception {
        TcpSocket client = scene.socket().with(SocketOption.RECEIVE_BUFFER, 100_000);
        Pair pair = scene.connect(client, scene.listener());
        pair.toServer(100_000);
        pair.toClient(50_000);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.client(pair.tuple()).windowScale())
                .isNotEqualTo(scene.server(pair.tuple()).windowScale());
        sameNumbers(pair);
    }

    @Test
    void largeTransfersKeepTheirNumbers() throws Exception {
        // Segments far above the MTU: the kernel leaves the cutting to the card, and lo has none.
        Namespace.run("ip", "link", "set", "lo", "mtu", "1500");
        Pair pair = scene.connect();
        Thread sender = new Thread(() -> pair.client().send(LARGE), "sender");
        sender.start();
        pair.server().receive(LARGE);
        sender.join();
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(pair).segments()).anyMatch(segment -> segment.payloadOctets() > 10_000);
        assertThat(scene.client(pair.tuple()).uniqueOctets()).isEqualTo(LARGE);
        assertThat(scene.client(pair.tuple()).gaps()).isZero();
        sameNumbers(pair);
        pair.client().shutdownOutput();
        pair.server().close();
        scene.agree(pair, TIME_WAIT, CLOSED);
    }

    @Test
    void lostDataIsRepeated() throws Exception {
        Pair pair = scene.connect();
        pair.toServer(100);
        pair.server().drop(SocketFilter.TEXT);
        pair.client().send(1000);
        scene.await("two repetitions", () -> scene.client(pair.tuple()).retransmissions() >= 2);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        pair.server().dropNothing();
        pair.server().receive(1000);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.client(pair.tuple()).uniqueOctets()).isEqualTo(1100);
        sameNumbers(pair);
        // Counted by the kernel in segments of the MSS, so only where none is larger.
        assertThat(scene.client(pair.tuple()).retransmissions())
                .isEqualTo(pair.client().info().retransmissions());
    }

    /** What the core has counted is what the kernel has counted. */
    private void sameNumbers(Pair pair) {
        sameNumbers(
                scene.client(pair.tuple()),
                scene.server(pair.tuple()),
                pair.client().info());
        sameNumbers(
                scene.server(pair.tuple()),
                scene.client(pair.tuple()),
                pair.server().info());
    }

    private static void sameNumbers(Endpoint end, Endpoint peer, TcpInfo kernel) {
        assertThat(end.octets()).as("octets sent").isEqualTo(kernel.octetsSent());
        assertThat(end.octets() - end.uniqueOctets()).as("octets sent again").isEqualTo(kernel.octetsRetransmitted());
        assertThat(peer.uniqueOctets()).as("octets received").isEqualTo(kernel.octetsReceived());
        assertThat(end.unacknowledgedOctets()).as("octets in flight").isZero();
        assertThat(peer.window()).as("the peer's window").isEqualTo(kernel.sendWindow());
        assertThat(peer.windowScale()).as("the peer's window scale").isEqualTo(kernel.sendWindowScale());
        assertThat(end.windowScale()).as("its own window scale").isEqualTo(kernel.receiveWindowScale());
    }
}
