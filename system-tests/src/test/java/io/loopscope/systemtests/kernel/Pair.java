package io.loopscope.systemtests.kernel;

import io.loopscope.systemtests.harness.FourTuple;

/** Both ends of a connection: the client's socket, and the one that the server has accepted. */
record Pair(TcpSocket client, TcpSocket server, FourTuple tuple) {

    /** From the client, and read by the server. */
    void toServer(long octets) {
        client.send(octets);
        server.receive(octets);
    }

    /** From the server, and read by the client. */
    void toClient(long octets) {
        server.send(octets);
        client.receive(octets);
    }
}
