package io.loopscope.systemtests.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A SYN that nobody answers: the accept queue of a listener that never accepts is full, so the kernel drops the SYN. */
public final class UnansweredSyn implements AutoCloseable {
    private static final int BACKLOG = 1;

    private final ServerSocket listener;
    private final List<Socket> queued = new ArrayList<>();
    private final SocketChannel caller;
    private final FourTuple tuple;

    public UnansweredSyn() throws IOException {
        listener = new ServerSocket();
        listener.bind(FourTuple.loopback(0), BACKLOG);
        // Linux takes backlog + 1 connections into the queue; each has its handshake and is never accepted.
        for (int i = 0; i <= BACKLOG; i++) {
            queued.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
        }
        caller = SocketChannel.open();
        caller.configureBlocking(false);
        caller.bind(FourTuple.loopback(0));
        caller.connect(listener.getLocalSocketAddress());
        tuple = new FourTuple(
                (InetSocketAddress) caller.getLocalAddress(), (InetSocketAddress) listener.getLocalSocketAddress());
    }

    /** Of the connection that never comes to be. */
    public FourTuple tuple() {
        return tuple;
    }

    @Override
    public void close() throws IOException {
        caller.close();
        for (Socket socket : queued) {
            socket.close();
        }
        listener.close();
    }
}
