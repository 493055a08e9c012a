package io.loopscope.benchmarks.live;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Connections of about ten packets: connect, request, answer, and the client closes. Both ends are in one thread, as in
 * {@link Flood}.
 */
final class Storm implements Load {
    private static final int MESSAGE_OCTETS = 64;
    private static final int BACKLOG = 128;
    /** Clients take turns with their addresses, so that TIME-WAIT never uses up the ephemeral ports. */
    private static final int ADDRESSES = 100;

    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final InetSocketAddress server;
    private final InetSocketAddress[] clients = new InetSocketAddress[ADDRESSES];
    private final ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_OCTETS);
    private long operations;

    Storm() throws IOException {
        for (int i = 0; i < ADDRESSES; i++) {
            clients[i] = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + i)}), 0);
        }
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server = (InetSocketAddress) listener.getLocalAddress();
    }

    @Override
    public void operate() throws IOException {
        try (SocketChannel accepted = exchange()) {
            message.clear();
            if (accepted.read(message) >= 0) {
                throw new IOException("the client of a connection sent more than it should");
            }
        }
        operations++;
    }

    /** All up to the client's close; returns the server's end. */
    private SocketChannel exchange() throws IOException {
        try (SocketChannel client = SocketChannel.open()) {
            Flood.withoutDelay(client).bind(clients[(int) (operations % ADDRESSES)]);
            client.connect(server);
            SocketChannel accepted = Flood.withoutDelay(listener.accept());
            Flood.transfer(client, accepted, message);
            Flood.transfer(accepted, client, message);
            return accepted;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
