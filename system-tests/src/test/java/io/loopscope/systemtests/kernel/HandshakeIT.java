package io.loopscope.systemtests.kernel;

import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.SYN_RECEIVED;
import static io.loopscope.schemas.v1.TcpState.SYN_SENT;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static io.loopscope.systemtests.kernel.Scene.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.CloseReason;
import io.loopscope.processor.tcp.Notice;
import io.loopscope.systemtests.harness.EndStates;
import io.loopscope.systemtests.harness.FourTuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 9293 3.5: how connections come to be, or do not. */
class HandshakeIT {
    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void threeSegmentsEstablishBothEnds() throws Exception {
        Pair pair = scene.connect();
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(pair).segments()).hasSize(3);
        assertThat(scene.watched(pair).connection().incarnation())
                .isEqualTo(scene.client(pair.tuple()).initialSequence());
    }

    @Test
    void aSynThatIsNotHeardIsRepeated() throws Exception {
        TcpSocket listener = scene.listener();
        listener.drop(SocketFilter.EVERYTHING);
        TcpSocket client = scene.socket().beginConnect(SERVER);
        FourTuple tuple = new FourTuple(client.local(), SERVER);
        scene.await("the SYN again", () -> scene.client(tuple).synTransmissions() >= 2);
        scene.agree(tuple, SYN_SENT, CLOSED);

        listener.dropNothing();
        scene.accept(client, listener);
        scene.agree(tuple, ESTABLISHED, ESTABLISHED);
    }

    @Test
    void aSynIsRepeatedWhenItsAnswerIsNotHeard() throws Exception {
        TcpSocket listener = scene.listener();
        TcpSocket client = scene.socket();
        client.drop(SocketFilter.EVERYTHING);
        client.beginConnect(SERVER);
        FourTuple tuple = new FourTuple(client.local(), SERVER);
        scene.await("the SYN again", () -> scene.client(tuple).synTransmissions() >= 2);
        scene.agree(tuple, SYN_SENT, SYN_RECEIVED);

        client.dropNothing();
        scene.accept(client, listener);
        scene.agree(tuple, ESTABLISHED, ESTABLISHED);
    }

    @Test
    void aRepeatedSynAckTakesTheServersStateBack() throws Exception {
        TcpSocket listener = scene.listener();
        listener.drop(SocketFilter.BARE_ACK);
        TcpSocket client = scene.socket().connect(SERVER);
        FourTuple tuple = new FourTuple(client.local(), SERVER);
        scene.await("the SYN,ACK again", () -> scene.server(tuple).synAckTransmissions() >= 2);
        scene.agree(tuple, ESTABLISHED, SYN_RECEIVED);

        listener.dropNothing();
        client.send(10);
        Pair pair = scene.accept(client, listener);
        pair.server().receive(10);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
    }

    @Test
    void dataMakesUpForALostHandshakeAck() throws Exception {
        TcpSocket listener = scene.listener();
        listener.drop(SocketFilter.BARE_ACK);
        TcpSocket client = scene.socket().connect(SERVER);
        client.send(10);
        Pair pair = scene.accept(client, listener);
        pair.server().receive(10);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(pair).count(Notice.SYN_ACK_RETRANSMITTED)).isZero();
    }

    @Test
    void theHandshakeAckCarriesData() throws Exception {
        TcpSocket listener = scene.listener();
        Pair pair = Attempts.until(
                () -> {
                    TcpSocket client = scene.socket().with(SocketOption.QUICK_ACK, 0);
                    client.connect(SERVER).send(10);
                    Pair made = scene.accept(client, listener);
                    made.server().receive(10);
                    scene.agree(made, ESTABLISHED, ESTABLISHED);
                    return made;
                },
                made -> scene.watched(made).segments().get(2).payloadOctets() == 10);
        assertThat(scene.client(pair.tuple()).uniqueOctets()).isEqualTo(10);
    }

    @Test
    void fastOpenCarriesDataOnTheSyn() throws Exception {
        int clientAndServerWithoutCookies = 1 | 2 | 4 | 0x200;
        Namespace.set("tcp_fastopen", clientAndServerWithoutCookies);
        TcpSocket listener = scene.listener().with(SocketOption.FAST_OPEN, 8);
        listener.drop(SocketFilter.BARE_ACK);
        TcpSocket client = scene.socket().connectWith(100, SERVER);
        Pair pair = scene.accept(client, listener);
        scene.await("the SYN,ACK again", () -> scene.server(pair.tuple()).synAckTransmissions() >= 2);
        scene.agree(pair, ESTABLISHED, SYN_RECEIVED);
        pair.server().receive(100);
        pair.toClient(50); // It may send before its handshake is over.
        scene.agree(pair, ESTABLISHED, SYN_RECEIVED);
        assertThat(scene.watched(pair).count(Notice.SYN_WITH_DATA)).isPositive();

        pair.server().dropNothing();
        pair.toServer(10);
        pair.toClient(10);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.client(pair.tuple()).uniqueOctets()).isEqualTo(110);
    }

    @Test
    void nobodyListensSoItIsRefused() throws Exception {
        TcpSocket client = scene.socket().beginConnect(SERVER);
        FourTuple tuple = new FourTuple(client.local(), SERVER);
        assertThat(client.awaitConnected()).isEqualTo(Libc.ECONNREFUSED);
        scene.agree(tuple, CLOSED, CLOSED);
        assertThat(scene.watched(tuple).connection().closeReason()).isEqualTo(CloseReason.REFUSED);
    }

    @Test
    void synsThatCrossOpenBothEndsActively() throws Exception {
        Gate gate = scene.closing(Gate.shut());
        FourTuple tuple = FourTuple.ofPorts(40001, 40002);
        TcpSocket one = scene.socket().bind(tuple.client()).beginConnect(tuple.server());
        TcpSocket other = scene.socket().bind(tuple.server()).beginConnect(tuple.client());
        scene.differ(tuple, new EndStates(SYN_SENT, SYN_SENT), new EndStates(CLOSED, CLOSED));
        gate.pass(2 * Gate.SYN_SEGMENT);
        scene.agree(tuple, SYN_RECEIVED, SYN_RECEIVED);
        gate.open();
        Pair pair = new Pair(one, other, tuple);
        pair.toServer(10);
        pair.toClient(10);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(pair).connection().simultaneousOpen()).isTrue();
    }

    @Test
    void aSocketConnectsToItself() throws Exception {
        FourTuple tuple = FourTuple.ofPorts(40001, 40001);
        TcpSocket only = scene.socket().bind(tuple.client()).connect(tuple.server());
        scene.agree(tuple, ESTABLISHED, ESTABLISHED);
        only.send(10);
        only.receive(10);
        scene.agree(tuple, ESTABLISHED, ESTABLISHED);
        only.shutdownOutput();
        scene.agree(tuple, TIME_WAIT, TIME_WAIT);
        assertThat(scene.clientPath(tuple))
                .containsExactly("SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT_1", "CLOSING", "TIME_WAIT");
    }
}
