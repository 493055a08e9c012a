package io.loopscope.systemtests.harness;

import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.v1.SocketAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A connection as its client sees it: local socket, remote socket. */
public record FourTuple(InetSocketAddress client, InetSocketAddress server) {

    public static FourTuple ofClient(Socket client) {
        return new FourTuple(
                new InetSocketAddress(client.getLocalAddress(), client.getLocalPort()),
                new InetSocketAddress(client.getInetAddress(), client.getPort()));
    }

    /** 127.0.0.1 with these ports. */
    public static FourTuple ofPorts(int client, int server) {
        return new FourTuple(loopback(client), loopback(server));
    }

    /** 127.0.0.1 with this port, whatever the JVM prefers as loopback. */
    public static InetSocketAddress loopback(int port) {
        return ConnectionKey.socket(new byte[] {127, 0, 0, 1}, port);
    }

    /** ::1 with this port. */
    public static InetSocketAddress loopback6(int port) {
        byte[] octets = new byte[16];
        octets[15] = 1;
        return ConnectionKey.socket(octets, port);
    }

    /** Whether published sockets are the two of this connection, in these roles. */
    public boolean matches(SocketAddress otherClient, SocketAddress otherServer) {
        return client.equals(socket(otherClient)) && server.equals(socket(otherServer));
    }

    /** Whether published sockets are the two of this connection, whoever is the client. */
    public boolean joins(SocketAddress one, SocketAddress other) {
        return matches(one, other) || matches(other, one);
    }

    /** A published socket address as the JDK's. */
    public static InetSocketAddress socket(SocketAddress published) {
        byte[] octets = new byte[published.getAddress().remaining()];
        published.getAddress().duplicate().get(octets);
        return ConnectionKey.socket(octets, published.getPort());
    }

    @Override
    public String toString() {
        return ConnectionKey.text(client) + " > " + ConnectionKey.text(server);
    }
}
