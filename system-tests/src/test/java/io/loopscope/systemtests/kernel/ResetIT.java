package io.loopscope.systemtests.kernel;

import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.CloseReason;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Notice;
import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.ResetCause;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.TcpFlags;
import io.loopscope.systemtests.harness.EndStates;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RFC 9293 3.10.7.4, RFC 5961, RFC 7323 5: RSTs that count, and segments that are not what they seem. */
class ResetIT {
    private static final int FAR = 100_000_000;

    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void anAbortEndsBothEnds() throws Exception {
        Pair pair = scene.connect();
        pair.toServer(100);
        pair.toClient(100);
        pair.client().abort();
        scene.agree(pair, CLOSED, CLOSED);
        Connection connection = scene.watched(pair).connection();
        assertThat(connection.closeReason()).isEqualTo(CloseReason.RESET);
        assertThat(connection.resetBy()).isEqualTo(connection.client());
        assertThat(connection.resetCause()).isEqualTo(ResetCause.ABORTED);
    }

    @Test
    void closingWithUnreadDataResets() throws Exception {
        Pair pair = scene.connect();
        pair.client().send(100);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        pair.server().close();
        scene.agree(pair, CLOSED, CLOSED);
        assertThat(scene.watched(pair).connection().resetCause()).isEqualTo(ResetCause.UNREAD_DATA);
    }

    @Test
    void aHostThatVanishedAnswersDataWithARst() throws Exception {
        Pair pair = scene.connect();
        pair.toServer(100);
        pair.server().vanish();
        // The wire cannot tell: nothing was sent.
        scene.differ(pair.tuple(), new EndStates(ESTABLISHED, CLOSED), new EndStates(ESTABLISHED, ESTABLISHED));
        pair.client().send(100);
        scene.agree(pair, CLOSED, CLOSED);
        Connection connection = scene.watched(pair).connection();
        assertThat(connection.resetCause()).isEqualTo(ResetCause.NO_SOCKET);
        assertThat(connection.resetBy()).isEqualTo(connection.client().peer());
    }

    @Test
    void aSynInTheWindowDrawsAChallengeAck() throws Exception {
        Pair pair = established();
        forge(pair, TcpFlags.SYN, 10);
        scene.await("a challenge ACK", () -> scene.watched(pair).count(Notice.CHALLENGE_ACK) == 1);
        stillAlive(pair);
    }

    @Test
    void aSynFarFromTheWindowDrawsAChallengeAckToo() throws Exception {
        Pair pair = established();
        forge(pair, TcpFlags.SYN, FAR);
        scene.await("a challenge ACK", () -> scene.watched(pair).count(Notice.CHALLENGE_ACK) == 1);
        stillAlive(pair);
    }

    @Test
    void aRstInTheWindowDrawsAChallengeAck() throws Exception {
        Pair pair = established();
        forge(pair, TcpFlags.RST, 10);
        scene.await("a challenge ACK", () -> scene.watched(pair).count(Notice.CHALLENGE_ACK) == 1);
        stillAlive(pair);
    }

    @Test
    void aRstOutsideTheWindowIsIgnored() throws Exception {
        Pair pair = established();
        forge(pair, TcpFlags.RST, FAR);
        scene.await("the RST", () -> scene.watched(pair).count(Notice.RST_OUT_OF_WINDOW) == 1);
        stillAlive(pair);
    }

    @Test
    void anExactRstEndsTheConnectionEvenOfAStranger() throws Exception {
        Pair pair = established();
        forge(pair, TcpFlags.RST, 0);
        // The client has sent nothing, and learns of it when it does.
        scene.differ(pair.tuple(), new EndStates(ESTABLISHED, CLOSED), new EndStates(CLOSED, CLOSED));
        pair.client().send(10);
        scene.agree(pair, CLOSED, CLOSED);
    }

    @Test
    void anOldDuplicateIsKnownByItsTimestamp() throws Exception {
        Pair pair = established();
        Segment last = lastOfClient(pair);
        Options old = Options.timestamps(
                last.options().timestampValue() - FAR, last.options().timestampEcho());
        new ForgedSegment(
                        pair.tuple().client(),
                        pair.tuple().server(),
                        TcpFlags.ACK,
                        next(last),
                        last.acknowledgment(),
                        old,
                        50)
                .send();
        scene.await("the duplicate", () -> scene.watched(pair).count(Notice.PAWS_REJECTED) == 1);
        stillAlive(pair);
        assertThat(scene.client(pair.tuple()).uniqueOctets())
                .isEqualTo(110)
                .isEqualTo(pair.server().info().octetsReceived());
    }

    private Pair established() throws Exception {
        Pair pair = scene.connect();
        pair.toServer(100);
        pair.toClient(100);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        return pair;
    }

    /** A segment that seems to come from the client, so many octets beyond what it will send next. */
    private void forge(Pair pair, int flags, int ahead) {
        int sequence = next(lastOfClient(pair)) + ahead;
        new ForgedSegment(pair.tuple().client(), pair.tuple().server(), flags, sequence, 0, Options.NONE, 0).send();
    }

    private static int next(Segment last) {
        return last.sequence() + (int) last.payloadOctets();
    }

    private Segment lastOfClient(Pair pair) {
        List<Segment> ofClient =
                scene.watched(pair).segments(scene.client(pair.tuple()).side());
        return ofClient.get(ofClient.size() - 1);
    }

    private void stillAlive(Pair pair) throws Exception {
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        pair.toServer(10);
        pair.toClient(10);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(pair).connection().incarnations()).isEqualTo(1);
    }
}
