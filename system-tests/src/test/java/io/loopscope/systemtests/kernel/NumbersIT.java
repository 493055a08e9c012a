package io.loopscope.systemtests.kernel;

import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.systemtests.harness.FourTuple;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequence numbers are numbers modulo 2³² (RFC 9293 3.4): they wrap, and they change their sign in Java. */
class NumbersIT {
    private static final int BEFORE_2_31 = Integer.MAX_VALUE - 500;
    private static final int BEFORE_2_32 = -500;

    @RegisterExtension
    final Scene scene = new Scene();

    @ParameterizedTest
    @ValueSource(ints = {BEFORE_2_31, BEFORE_2_32, -1, Integer.MAX_VALUE})
    void theClientsNumbersWrap(int initialSequence) throws Exception {
        Pair pair = scene.connect(scene.socket().startingAt(initialSequence), scene.listener());
        pair.toServer(1000);
        pair.toClient(1000);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.client(pair.tuple()).initialSequence()).isEqualTo(Integer.toUnsignedLong(initialSequence));
        assertThat(scene.client(pair.tuple()).uniqueOctets()).isEqualTo(1000);
        closes(pair);
    }

    @ParameterizedTest
    @ValueSource(ints = {BEFORE_2_31, BEFORE_2_32})
    void bothEndsNumbersWrapInMidStream(int next) throws Exception {
        FourTuple tuple = FourTuple.ofPorts(40001, 13306);
        TcpSocket client = scene.socket().bind(tuple.client()).restore(tuple.server(), next, next);
        TcpSocket server = scene.socket().bind(tuple.server()).restore(tuple.client(), next, next);
        client.resume();
        server.resume();
        Pair pair = new Pair(client, server, tuple);
        pair.toServer(1000);
        pair.toClient(1000);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.client(tuple).uniqueOctets()).isEqualTo(1000);
        assertThat(scene.server(tuple).uniqueOctets()).isEqualTo(1000);
        assertThat(scene.client(tuple).gaps() + scene.server(tuple).gaps()).isZero();
        closes(pair);
    }

    @ParameterizedTest
    @ValueSource(ints = {BEFORE_2_31, BEFORE_2_32})
    void dataIsRepeatedAcrossTheWrap(int initialSequence) throws Exception {
        Pair pair = scene.connect(scene.socket().startingAt(initialSequence), scene.listener());
        pair.server().drop(SocketFilter.TEXT);
        pair.client().send(1000);
        scene.await("the data again", () -> scene.client(pair.tuple()).retransmissions() > 0);
        pair.server().dropNothing();
        pair.server().receive(1000);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.client(pair.tuple()).uniqueOctets()).isEqualTo(1000);
        closes(pair);
    }

    private void closes(Pair pair) throws Exception {
        pair.client().shutdownOutput();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
        pair.server().close();
        scene.agree(pair, TIME_WAIT, CLOSED);
    }
}
