package io.loopscope.systemtests.harness;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/** A load: connections on {@code lo} one after the other, each with a question, an answer and a close by both ends. */
public final class ShortConnections implements AutoCloseable {
    /** Of the question, and of the answer. */
    public static final int OCTETS = 20_000;

    private static final long PAUSE_NS = 3_000_000;

    private final ServerSocket listener;
    private final long most;
    private final AtomicLong made = new AtomicLong();
    private final Thread serving = new Thread(this::serve, "load-server");
    private final Thread asking = new Thread(this::ask, "load-client");
    private volatile boolean stopping;
    private volatile IOException failure;

    private ShortConnections(ServerSocket listener, long most) {
        this.listener = listener;
        this.most = most;
    }

    /** Goes on until it is stopped. */
    public static ShortConnections start() throws IOException {
        return start(Long.MAX_VALUE);
    }

    /** Goes on until so many have been made, or it is stopped. */
    public static ShortConnections start(long most) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(FourTuple.loopback(0));
        ShortConnections load = new ShortConnections(listener, most);
        load.serving.start();
        load.asking.start();
        return load;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Connections that are over. */
    public long made() {
        return made.get();
    }

    /** Waits until so many have been made. */
    public void await(long connections) {
        Awaitility.await(connections + " connections of the load")
                .atMost(Waits.PROGRAM)
                .failFast("the load has failed", () -> failure != null)
                .until(() -> made.get() >= connections);
    }

    /** Makes no more; returns how many there were. */
    public long stop() throws InterruptedException {
        stopping = true;
        asking.join();
        return made.get();
    }

    private void ask() {
        InetSocketAddress server = FourTuple.loopback(port());
        try {
            while (!stopping && made.get() < most) {
                try (Socket client = new Socket()) {
                    client.connect(server);
                    client.getOutputStream().write(new byte[OCTETS]);
                    client.shutdownOutput();
                    client.getInputStream().readAllBytes();
                }
                made.incrementAndGet();
                LockSupport.parkNanos(PAUSE_NS);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket connection = listener.accept();
                    InputStream question = connection.getInputStream()) {
                question.readAllBytes();
                connection.getOutputStream().write(new byte[OCTETS]);
            } catch (IOException e) { // Closed at the end.
                if (!listener.isClosed()) {
                    failure = e;
                    return;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        try {
            asking.join();
            listener.close();
            serving.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
