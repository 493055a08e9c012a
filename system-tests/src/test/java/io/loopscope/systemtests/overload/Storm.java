package io.loopscope.systemtests.overload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Short connections over loopback at an even rate, ten packets each, until it is closed. */
final class Storm implements AutoCloseable {
    private static final int OCTETS = 64;
    private static final int BACKLOG = 1_024;

    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final AtomicLong connections = new AtomicLong();
    private final long intervalNs;
    private volatile boolean over;

    private Storm(ServerSocket listener, int perSecond) {
        this.listener = listener;
        intervalNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
        threads.execute(this::serve);
        threads.execute(this::connect);
    }

    static Storm begin(int connectionsPerSecond) throws IOException {
        return new Storm(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), connectionsPerSecond);
    }

    /** How many connections there have been. */
    long connections() {
        return connections.get();
    }

    private void serve() {
        byte[] octets = new byte[OCTETS];
        while (!over) {
            try (Socket accepted = listener.accept()) {
                int read = accepted.getInputStream().readNBytes(octets, 0, OCTETS);
                accepted.getOutputStream().write(octets, 0, read);
                accepted.getInputStream().readNBytes(octets, 0, 1); // Until the client closes.
            } catch (SocketException e) {
                if (!over) {
                    throw new UncheckedIOException(e);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void connect() {
        byte[] octets = new byte[OCTETS];
        long next = System.nanoTime();
        while (!over) {
            try (Socket client = new Socket()) {
                client.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
                client.getOutputStream().write(octets);
                client.getInputStream().readNBytes(octets, 0, OCTETS);
            } catch (IOException e) {
                if (!over) {
                    throw new UncheckedIOException(e);
                }
            }
            connections.incrementAndGet();
            next = Math.max(next + intervalNs, System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(100));
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    @Override
    public void close() throws IOException {
        over = true;
        listener.close();
        threads.shutdownNow();
    }
}
