package io.loopscope.systemtests.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A connection on {@code lo} with both ends in this process. */
public final class LoopbackPair implements AutoCloseable {
    private static final int BACKLOG = 16;

    private final ServerSocket listener;
    private final Socket client;
    private final Socket server;
    private final FourTuple tuple;

    private LoopbackPair(ServerSocket listener, Socket client, Socket server) {
        this.listener = listener;
        this.client = client;
        this.server = server;
        this.tuple = FourTuple.ofClient(client);
    }

    /** An established connection on 127.0.0.1. */
    public static LoopbackPair open() throws IOException {
        return open(FourTuple.loopback(0), 0);
    }

    /** An established connection on ::1. */
    public static LoopbackPair open6() throws IOException {
        return open(FourTuple.loopback6(0), 0);
    }

    /** The same 4-tuple once more. */
    public static LoopbackPair again(FourTuple tuple) throws IOException {
        return open(tuple.server(), tuple.client().getPort());
    }

    private static LoopbackPair open(InetSocketAddress where, int clientPort) throws IOException {
        ServerSocket listener = new ServerSocket();
        Socket client = new Socket();
        try {
            listener.setReuseAddress(true);
            listener.bind(where, BACKLOG);
            client.setReuseAddress(true); // The port of a connection in TIME_WAIT may be bound again.
            client.bind(new InetSocketAddress(where.getAddress(), clientPort));
            client.setTcpNoDelay(true);
            client.connect(listener.getLocalSocketAddress());
            Socket server = listener.accept();
            server.setTcpNoDelay(true);
            return new LoopbackPair(listener, client, server);
        } catch (IOException e) {
            client.close();
            listener.close();
            throw e;
        }
    }

    public Socket client() {
        return client;
    }

    public Socket server() {
        return server;
    }

    public FourTuple tuple() {
        return tuple;
    }

    /** Sends octets from the client and reads all of them at the server, then the other way round. */
    public void exchange(int octets) throws IOException {
        send(client, server, octets);
        send(server, client, octets);
    }

    /** Sends octets from one end and reads them all at the other. */
    public static void send(Socket from, Socket to, int octets) throws IOException {
        from.getOutputStream().write(new byte[octets]);
        int read = to.getInputStream().readNBytes(octets).length;
        if (read != octets) {
            throw new IOException("sent " + octets + " octets, the peer read " + read);
        }
    }

    /** Aborts from one end: RFC 9293 3.10.5, done with a linger time of 0. */
    public static void abort(Socket end) throws IOException {
        end.setSoLinger(true, 0);
        end.close();
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
        listener.close();
    }
}
