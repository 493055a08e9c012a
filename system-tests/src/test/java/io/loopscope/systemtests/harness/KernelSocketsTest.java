package io.loopscope.systemtests.harness;

import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.SYN_SENT;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A judge has to be right before it may judge. */
class KernelSocketsTest {

    @Test
    void bothEndsOfAConnectionAreFoundInTheTable() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            assertThat(KernelSockets.of(pair.tuple())).isEqualTo(new EndStates(ESTABLISHED, ESTABLISHED));
            pair.client().shutdownOutput();
            KernelSockets.await(pair.tuple(), new EndStates(FIN_WAIT_2, CLOSE_WAIT));
            pair.server().close();
            KernelSockets.await(pair.tuple(), new EndStates(TIME_WAIT, CLOSED));
        }
    }

    @Test
    void ipv6EndsAreFoundToo() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open6()) {
            assertThat(KernelSockets.of(pair.tuple())).isEqualTo(new EndStates(ESTABLISHED, ESTABLISHED));
        }
    }

    @Test
    void aFullBacklogLeavesTheCallerInSynSent() throws IOException {
        try (UnansweredSyn unanswered = new UnansweredSyn()) {
            assertThat(KernelSockets.of(unanswered.tuple())).isEqualTo(new EndStates(SYN_SENT, CLOSED));
        }
    }

    @Test
    void theSame4TupleCanBeUsedAgainAtOnceWhenTheServerClosedFirst() throws IOException {
        FourTuple tuple;
        try (LoopbackPair first = LoopbackPair.open()) {
            tuple = first.tuple();
            first.server().close();
            first.client().close();
            KernelSockets.await(tuple, new EndStates(CLOSED, TIME_WAIT));
        }
        try (LoopbackPair second = LoopbackPair.again(tuple)) {
            assertThat(second.tuple()).isEqualTo(tuple);
        }
    }

    @Test
    void aListenerIsListed() throws IOException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            assertThat(KernelSockets.listeningPorts())
                    .contains(pair.tuple().server().getPort());
        }
    }
}
