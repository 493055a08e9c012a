package io.loopscope.agent.doctor;

import io.loopscope.agent.parse.IpAddress;
import io.loopscope.agent.parse.SegmentHeader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/**
 * A TCP connection of this process with itself over loopback that has been opened, used and closed in order.
 *
 * @param address both ends' address
 * @param client the client's port
 * @param server the server's port
 */
record Probe(InetAddress address, int client, int server) {
    private static final int OCTETS = 64;
    private static final int LIMIT_MS = (int) Duration.ofSeconds(2).toMillis();

    /**
     * Connects, sends something each way, closes: the client first. The kernel does it all on its own, so one thread is
     * enough.
     *
     * @throws IOException if loopback does not carry it
     */
    static Probe send(InetAddress loopback) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, loopback);
                Socket client = new Socket()) {
            client.connect(new InetSocketAddress(loopback, listener.getLocalPort()), LIMIT_MS);
            listener.setSoTimeout(LIMIT_MS);
            try (Socket server = listener.accept()) {
                exchange(client, server);
                client.shutdownOutput();
                server.setSoTimeout(LIMIT_MS);
                if (server.getInputStream().read() >= 0) {
                    throw new IOException("loopback delivered more than was sent");
                }
            }
            return new Probe(loopback, client.getLocalPort(), listener.getLocalPort());
        }
    }

    private static void exchange(Socket client, Socket server) throws IOException {
        client.setSoTimeout(LIMIT_MS);
        server.setSoTimeout(LIMIT_MS);
        client.getOutputStream().write(new byte[OCTETS]);
        int there = server.getInputStream().readNBytes(OCTETS).length;
        server.getOutputStream().write(new byte[OCTETS]);
        int back = client.getInputStream().readNBytes(OCTETS).length;
        if (there != OCTETS || back != OCTETS) {
            throw new IOException("loopback delivered %d and %d of %d octets".formatted(there, back, OCTETS));
        }
    }

    /** Whether a segment belongs to it. */
    boolean has(SegmentHeader header) {
        return is(header.sourcePort(), header.destinationPort())
                && isAddress(header.sourceHigh(), header.sourceLow())
                && isAddress(header.destinationHigh(), header.destinationLow());
    }

    private boolean is(int source, int destination) {
        return (source == client && destination == server) || (source == server && destination == client);
    }

    private boolean isAddress(long high, long low) {
        byte[] octets = address.getAddress();
        return IpAddress.high(octets) == high && IpAddress.low(octets) == low;
    }
}
