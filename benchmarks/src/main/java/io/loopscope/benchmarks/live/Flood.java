package io.loopscope.benchmarks.live;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Small messages on a few connections that stay. Both ends are in one thread: on loopback a segment has arrived when the
 * write returns, so nobody is woken, and an operation costs the same each time. Every eighth message is answered.
 */
final class Flood implements Load {
    private static final int CONNECTIONS = 8;
    private static final int MESSAGE_OCTETS = 64;
    private static final int ANSWER_EACH = 8;

    private final List<SocketChannel> clients = new ArrayList<>();
    private final List<SocketChannel> servers = new ArrayList<>();
    private final ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_OCTETS);
    private long operations;

    Flood() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(withoutDelay(SocketChannel.open(listener.getLocalAddress())));
                servers.add(withoutDelay(listener.accept()));
            }
        }
    }

    static SocketChannel withoutDelay(SocketChannel channel) throws IOException {
        return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    @Override
    public void operate() throws IOException {
        int which = (int) (operations % CONNECTIONS);
        transfer(clients.get(which), servers.get(which), message);
        if (operations / CONNECTIONS % ANSWER_EACH == 0) {
            transfer(servers.get(which), clients.get(which), message);
        }
        operations++;
    }

    /** Sends the buffer's octets and takes them out at the other end. */
    static void transfer(SocketChannel from, SocketChannel to, ByteBuffer octets) throws IOException {
        octets.clear();
        while (octets.hasRemaining()) {
            from.write(octets);
        }
        octets.clear();
        while (octets.hasRemaining()) {
            if (to.read(octets) < 0) {
                throw new EOFException("a connection of the load was closed by somebody else");
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
        for (SocketChannel server : servers) {
            server.close();
        }
    }
}
