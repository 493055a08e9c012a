package io.loopscope.systemtests.kernel;

import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.systemtests.harness.EndStates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections that are older than the capture: what is known is what segments prove. */
class MidStreamIT {
    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void dataProvesBothEndsEstablished() throws Exception {
        Pair pair = scene.connect();
        scene.tap();
        scene.differ(pair.tuple(), new EndStates(ESTABLISHED, ESTABLISHED), new EndStates(CLOSED, CLOSED));
        pair.toServer(10);
        pair.toClient(10);
        pair.toServer(1_000_000); // The shift counts of the windows were on the SYNs.
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        assertThat(scene.watched(pair).connection().partial()).isTrue();
        assertThat(scene.client(pair.tuple()).uniqueOctets()).isEqualTo(1_000_010);
        pair.client().shutdownOutput();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
        pair.server().close();
        scene.agree(pair, TIME_WAIT, CLOSED);
    }

    @Test
    void theFirstSegmentSeenIsTheFirstFin() throws Exception {
        Pair pair = scene.connect();
        pair.toServer(10);
        scene.tap();
        pair.server().shutdownOutput();
        scene.agree(pair, CLOSE_WAIT, FIN_WAIT_2);
        assertThat(scene.watched(pair).connection().closeOrderUnknown()).isTrue();
        pair.client().close();
        scene.agree(pair, CLOSED, TIME_WAIT);
    }

    @Test
    void theFirstSegmentSeenIsTheLastFin() throws Exception {
        Pair pair = scene.connect();
        pair.client().shutdownOutput();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
        scene.tap();
        pair.server().close();
        // It looks like the first FIN and its acknowledgment: only the socket table knows better.
        scene.differ(pair.tuple(), new EndStates(TIME_WAIT, CLOSED), new EndStates(CLOSE_WAIT, FIN_WAIT_2));
        assertThat(scene.watched(pair).connection().closeOrderUnknown()).isTrue();
    }

    @Test
    void aFinThatNobodySawIsNotGuessed() throws Exception {
        Pair pair = scene.connect();
        pair.client().shutdownOutput();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
        scene.tap();
        pair.toClient(10);
        // What segments prove is a lower bound: the socket table tells the rest.
        scene.differ(pair.tuple(), new EndStates(FIN_WAIT_2, CLOSE_WAIT), new EndStates(ESTABLISHED, ESTABLISHED));
    }

    @Test
    void anAbortEndsWhatWasNeverSeenToBegin() throws Exception {
        Pair pair = scene.connect();
        scene.tap();
        pair.toServer(10);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        pair.client().abort();
        scene.agree(pair, CLOSED, CLOSED);
    }
}
