package io.loopscope.systemtests.kernel;

import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static io.loopscope.systemtests.kernel.Scene.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Notice;
import io.loopscope.processor.tcp.Timeout;
import io.loopscope.systemtests.harness.EndStates;
import io.loopscope.systemtests.harness.FourTuple;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One 4-tuple, several lives (RFC 9293 3.6.1, RFC 6191). */
class IncarnationsIT {
    private static final InetSocketAddress CLIENT = FourTuple.loopback(40001);

    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void aClientInTimeWaitTakesItsTupleAgainAfterASecond() throws Exception {
        TcpSocket listener = scene.listener();
        Pair first = connectFrom(listener);
        first.client().close();
        first.server().close();
        scene.agree(first, TIME_WAIT, CLOSED);

        TcpSocket again = scene.socket().bind(CLIENT);
        scene.await("Linux lets the tuple be used again (tcp_tw_reuse = 2)", () -> {
            int error = again.tryConnect(SERVER);
            assertThat(error).isIn(0, Libc.EADDRNOTAVAIL);
            return error == 0;
        });
        Pair second = scene.accept(again, listener);
        scene.agree(second, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(second).connection().incarnations()).isEqualTo(2);
    }

    @Test
    void aServerInTimeWaitTakesANewSynAtOnce() throws Exception {
        TcpSocket listener = scene.listener();
        Pair first = connectFrom(listener);
        first.server().close();
        first.client().close();
        scene.agree(first, CLOSED, TIME_WAIT);
        Pair second = connectFrom(listener);
        scene.agree(second, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(second).connection().incarnations()).isEqualTo(2);
    }

    @Test
    void oneTupleLivesFiveTimesInARow() throws Exception {
        TcpSocket listener = scene.listener();
        for (int i = 0; i < 4; i++) {
            Pair pair = connectFrom(listener);
            pair.toServer(10 + i);
            if (i % 2 == 0) {
                pair.client().abort();
                pair.server().close();
            } else {
                pair.server().close();
                pair.client().receiveEnd();
                pair.client().close();
            }
        }
        Pair last = connectFrom(listener);
        last.toServer(7);
        scene.agree(last, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(last).connection().incarnations()).isEqualTo(5);
        assertThat(scene.client(last.tuple()).uniqueOctets()).isEqualTo(7);
        last.client().abort();
        scene.agree(last, CLOSED, CLOSED);
    }

    @Test
    void aNewSynMeetsAServerThatDoesNotKnowThatItsClientIsGone() throws Exception {
        TcpSocket listener = scene.listener();
        Pair first = connectFrom(listener);
        first.toServer(10);
        first.client().vanish();
        scene.differ(first.tuple(), new EndStates(CLOSED, ESTABLISHED), new EndStates(ESTABLISHED, ESTABLISHED));

        // Challenge ACK, RST, and the SYN again a second later.
        Pair second = connectFrom(listener);
        scene.agree(second, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(second).connection().incarnations()).isEqualTo(2);
        assertThat(scene.watched(second).count(Notice.CHALLENGE_ACK)).isPositive();
        assertThat(scene.watched(second).count(Notice.TUPLE_REUSE_COLLISION)).isEqualTo(1);
    }

    @Test
    void aFinThatIsRepeatedInTimeWaitIsAcknowledgedAgain() throws Exception {
        Pair pair = connectFrom(scene.listener());
        pair.server().drop(SocketFilter.BARE_ACK);
        pair.client().close();
        pair.server().shutdownOutput();
        scene.await("a FIN in TIME_WAIT", () -> scene.server(pair.tuple()).finRetransmissions() > 0);
        int repeated = scene.server(pair.tuple()).finRetransmissions();
        long since = timeWaitSince(pair);
        scene.await("another one", () -> scene.server(pair.tuple()).finRetransmissions() > repeated);
        assertThat(timeWaitSince(pair)).as("the 2 MSL begin again").isGreaterThan(since);
        pair.server().dropNothing();
        scene.agree(pair, TIME_WAIT, CLOSED);
    }

    private long timeWaitSince(Pair pair) {
        return scene.watched(pair).connection().armedSinceNanos(Timeout.TIME_WAIT);
    }

    private Pair connectFrom(TcpSocket listener) {
        return scene.connect(scene.socket().bind(CLIENT), listener);
    }
}
