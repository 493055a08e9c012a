package io.loopscope.systemtests.kernel;

import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.CLOSING;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_1;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.LAST_ACK;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.systemtests.harness.EndStates;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 9293 3.6: how connections end with FINs. */
class ClosingIT {
    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void theClientClosesFirst() throws Exception {
        Pair pair = scene.connect();
        pair.toServer(100);
        pair.client().shutdownOutput();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
        pair.server().close();
        scene.agree(pair, TIME_WAIT, CLOSED);
        assertThat(scene.watched(pair).connection().connState()).isEqualTo("SF");
    }

    @Test
    void theServerClosesFirst() throws Exception {
        Pair pair = scene.connect();
        pair.toClient(100);
        pair.server().shutdownOutput();
        scene.agree(pair, CLOSE_WAIT, FIN_WAIT_2);
        pair.client().close();
        scene.agree(pair, CLOSED, TIME_WAIT);
    }

    @Test
    void theFinCarriesData() throws Exception {
        Pair pair = scene.connect();
        pair.client().sendMore(100);
        pair.client().shutdownOutput();
        pair.server().receive(100);
        pair.server().receiveEnd();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
        assertThat(scene.watched(pair).segments()).anyMatch(segment -> segment.fin() && segment.payloadOctets() == 100);
    }

    @Test
    void theFollowersFinComesWithItsAckOfTheFirst() throws Exception {
        TcpSocket listener = scene.listener();
        Pair pair = Attempts.until(
                () -> {
                    Pair made = scene.connect(listener);
                    made.client().shutdownOutput();
                    made.server().close();
                    scene.agree(made, TIME_WAIT, CLOSED);
                    return made;
                },
                made -> scene.watched(made).segments().size() == 6);
        assertThat(scene.serverPath(pair.tuple())).endsWith("ESTABLISHED", "CLOSE_WAIT", "LAST_ACK", "CLOSED");
    }

    @Test
    void aHalfClosedConnectionStillCarriesData() throws Exception {
        Pair pair = scene.connect();
        pair.toServer(10);
        pair.client().shutdownOutput();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
        long silentBefore = silentSince(pair);
        for (int i = 0; i < 5; i++) {
            pair.toClient(1000);
            scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
            assertThat(silentSince(pair)).as("new data starts the clock again").isGreaterThan(silentBefore);
            silentBefore = silentSince(pair);
        }
        pair.server().close();
        scene.agree(pair, TIME_WAIT, CLOSED);
    }

    private long silentSince(Pair pair) {
        Connection connection = scene.watched(pair).connection();
        return connection.silentSinceNanos(scene.server(pair.tuple()).side());
    }

    @Test
    void finsThatCrossLeaveBothEndsInTimeWait() throws Exception {
        Pair pair = scene.connect();
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        Gate gate = scene.closing(Gate.shut());
        pair.client().shutdownOutput();
        pair.server().shutdownOutput();
        scene.differ(pair.tuple(), new EndStates(FIN_WAIT_1, FIN_WAIT_1), new EndStates(ESTABLISHED, ESTABLISHED));
        gate.pass(2 * Gate.BARE_SEGMENT);
        scene.agree(pair, CLOSING, CLOSING);
        gate.open();
        scene.agree(pair, TIME_WAIT, TIME_WAIT);
    }

    @Test
    void aFinThatCrossedIsRepeatedWhenItsAckIsLost() throws Exception {
        Pair pair = scene.connect();
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        Gate gate = scene.closing(Gate.shut());
        pair.client().shutdownOutput();
        pair.server().shutdownOutput();
        gate.pass(2 * Gate.BARE_SEGMENT);
        scene.agree(pair, CLOSING, CLOSING);
        pair.client().drop(SocketFilter.EVERYTHING);
        gate.open();
        // Those that were repeated in the queue prove nothing: they crossed the ACK.
        scene.await(
                "a FIN again, after its ACK",
                () -> Collections.frequency(scene.clientPath(pair.tuple()), "CLOSING") > 1);
        scene.differ(pair.tuple(), new EndStates(CLOSING, TIME_WAIT), new EndStates(TIME_WAIT, TIME_WAIT));
        pair.client().dropNothing();
        scene.agree(pair, TIME_WAIT, TIME_WAIT);
    }

    @Test
    void aRepeatedFinTakesCloseWaitBack() throws Exception {
        Pair pair = scene.connect();
        pair.server().drop(SocketFilter.FIN);
        pair.client().shutdownOutput();
        scene.await("the FIN again", () -> scene.client(pair.tuple()).finRetransmissions() > 0);
        scene.agree(pair, FIN_WAIT_1, ESTABLISHED);
        pair.toClient(10); // It does not know of the FIN, and goes on.
        scene.agree(pair, FIN_WAIT_1, ESTABLISHED);
        pair.server().dropNothing();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
        pair.server().close();
        scene.agree(pair, TIME_WAIT, CLOSED);
    }

    @Test
    void anAckOfAFinThatIsLostIsTakenBackByTheNextFin() throws Exception {
        Pair pair = scene.connect();
        pair.client().drop(SocketFilter.EVERYTHING);
        pair.client().shutdownOutput();
        scene.await("the FIN again", () -> scene.client(pair.tuple()).finRetransmissions() > 0);
        // It draws another ACK, which is believed to arrive until the FIN comes once more.
        EndStates believed = new EndStates(FIN_WAIT_2, CLOSE_WAIT);
        scene.differ(pair.tuple(), new EndStates(FIN_WAIT_1, CLOSE_WAIT), believed);
        assertThat(scene.clientPath(pair.tuple()))
                .startsWith("SYN_SENT", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "FIN_WAIT_1", "FIN_WAIT_2");
        pair.client().dropNothing();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
    }

    @Test
    void theLastAckIsLostAndTheFinRepeated() throws Exception {
        Pair pair = scene.connect();
        pair.server().drop(SocketFilter.BARE_ACK);
        pair.client().shutdownOutput();
        pair.server().receiveEnd();
        pair.server().shutdownOutput();
        scene.await("the second FIN again", () -> scene.server(pair.tuple()).finRetransmissions() > 0);
        scene.differ(pair.tuple(), new EndStates(TIME_WAIT, LAST_ACK), new EndStates(TIME_WAIT, CLOSED));
        assertThat(scene.serverPath(pair.tuple())).containsSubsequence("LAST_ACK", "CLOSED", "LAST_ACK", "CLOSED");
        pair.server().dropNothing();
        scene.agree(pair, TIME_WAIT, CLOSED);
    }

    @Test
    void aFinAheadOfMissingDataDoesNotCount() throws Exception {
        Pair pair = scene.connect();
        pair.server().drop(SocketFilter.TEXT);
        pair.client().send(100);
        pair.client().shutdownOutput();
        scene.await("the data again", () -> scene.client(pair.tuple()).retransmissions() > 0);
        scene.agree(pair, FIN_WAIT_1, ESTABLISHED);
        pair.server().dropNothing();
        pair.server().receive(100);
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
    }

    @Test
    void aFinBehindDataThatNobodyTakesIsNotSentYet() throws Exception {
        TcpSocket listener = scene.listener().with(SocketOption.RECEIVE_BUFFER, 4096);
        Pair pair = scene.connect(listener);
        long octets = pair.client().fill();
        pair.client().shutdownOutput();
        scene.await(
                "a probe into the zero window", () -> scene.server(pair.tuple()).windowProbes() > 0);
        scene.differ(pair.tuple(), new EndStates(FIN_WAIT_1, ESTABLISHED), new EndStates(ESTABLISHED, ESTABLISHED));
        pair.server().receive(octets);
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
    }

    @Test
    void anOrphanInFinWait2IsDroppedWithoutAPacket() throws Exception {
        Namespace.set("tcp_fin_timeout", 1);
        Pair pair = scene.connect();
        pair.client().shutdownOutput();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
        pair.client().close(); // From now on the timeout runs.
        List<Segment> before = scene.watched(pair).segments();
        // The wire cannot tell: only the socket table knows that the client is gone.
        scene.differ(pair.tuple(), new EndStates(CLOSED, CLOSE_WAIT), new EndStates(FIN_WAIT_2, CLOSE_WAIT));
        assertThat(scene.watched(pair).segments()).isEqualTo(before);
        pair.server().send(10);
        scene.agree(pair, CLOSED, CLOSED);
    }
}
