package io.loopscope.systemtests.harness;

import io.loopscope.schemas.v1.TcpState;

/** States of a connection's two ends at one moment. */
public record EndStates(TcpState client, TcpState server) {
    @Override
    public String toString() {
        return "client " + client + ", server " + server;
    }
}
