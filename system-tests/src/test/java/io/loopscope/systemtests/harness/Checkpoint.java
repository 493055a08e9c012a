package io.loopscope.systemtests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.TcpState;

/** A moment at which a connection rests: the published states of both ends must be those of the kernel. */
public final class Checkpoint {
    private Checkpoint() {}

    /** Waits for the kernel to have both ends in these states, then for the events to say the same. */
    public static ConnectionEvent reached(Pipeline pipeline, FourTuple tuple, TcpState client, TcpState server) {
        EndStates expected = new EndStates(client, server);
        KernelSockets.await(tuple, expected);
        ConnectionEvent event = pipeline.log().awaitStates(tuple, expected);
        assertThat(KernelSockets.of(tuple))
                .as("the kernel still has the states that were published")
                .isEqualTo(expected);
        assertThat(tuple.matches(event.getClient(), event.getServer()))
                .as("client and server of %s are told apart", pipeline.log().describe(tuple))
                .isTrue();
        return event;
    }
}
