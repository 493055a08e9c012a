package io.loopscope.systemtests.kernel;

import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.SYN_RECEIVED;
import static io.loopscope.schemas.v1.TcpState.SYN_SENT;
import static io.loopscope.systemtests.kernel.Scene.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Notice;
import io.loopscope.systemtests.harness.EndStates;
import io.loopscope.systemtests.harness.FourTuple;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a listener's queues make of handshakes. */
class ListenerIT {
    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void aFullAcceptQueueLeavesTheServerInSynReceived() throws Exception {
        TcpSocket listener = scene.socket().bind(SERVER).listen(1); // Linux takes backlog + 1.
        TcpSocket queued = scene.socket().connect(SERVER);
        Gate gate = scene.closing(Gate.shut());
        TcpSocket first = scene.socket().beginConnect(SERVER);
        TcpSocket second = scene.socket().beginConnect(SERVER);
        FourTuple tuple = new FourTuple(second.local(), SERVER);
        gate.open(); // Both SYNs arrive before the first ACK does.
        scene.await("the SYN,ACK again", () -> scene.server(tuple).synAckTransmissions() >= 2);
        scene.agree(new FourTuple(first.local(), SERVER), ESTABLISHED, ESTABLISHED);
        scene.agree(tuple, ESTABLISHED, SYN_RECEIVED);

        scene.accept(queued, listener);
        scene.accept(first, listener);
        Pair pair = scene.accept(second, listener);
        pair.toClient(10);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
    }

    @Test
    void aFullAcceptQueueDropsSyns() throws Exception {
        TcpSocket listener = scene.socket().bind(SERVER).listen(0);
        TcpSocket first = scene.socket().connect(SERVER);
        TcpSocket second = scene.socket().beginConnect(SERVER);
        FourTuple tuple = new FourTuple(second.local(), SERVER);
        scene.await("the SYN again", () -> scene.client(tuple).synTransmissions() >= 2);
        scene.agree(tuple, SYN_SENT, CLOSED);
        scene.accept(first, listener);
        scene.accept(second, listener);
        scene.agree(tuple, ESTABLISHED, ESTABLISHED);
    }

    @Test
    void aSynCookieLeavesNoTraceInTheKernel() throws Exception {
        TcpSocket listener = scene.socket().bind(SERVER).listen(1);
        listener.drop(SocketFilter.BARE_ACK);
        IntStream.range(0, 3).forEach(i -> scene.socket().connect(SERVER)); // These fill the queue of half-open ones.
        TcpSocket client = scene.socket().connect(SERVER);
        FourTuple tuple = new FourTuple(client.local(), SERVER);
        scene.differ(tuple, new EndStates(ESTABLISHED, CLOSED), new EndStates(ESTABLISHED, ESTABLISHED));
        listener.dropNothing();
        client.send(10); // Its ACK brings the cookie back.
        scene.agree(tuple, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(tuple).count(Notice.SYN_ACK_RETRANSMITTED)).isZero();
    }

    @Test
    void aDeferredAcceptIsEstablishedForTheWireAlone() throws Exception {
        TcpSocket listener = scene.listener().with(SocketOption.DEFER_ACCEPT_S, 10);
        TcpSocket client = scene.socket().connect(SERVER);
        FourTuple tuple = new FourTuple(client.local(), SERVER);
        scene.differ(tuple, new EndStates(ESTABLISHED, SYN_RECEIVED), new EndStates(ESTABLISHED, ESTABLISHED));
        client.send(10);
        scene.accept(client, listener).server().receive(10);
        scene.agree(tuple, ESTABLISHED, ESTABLISHED);
    }
}
