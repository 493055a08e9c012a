package io.loopscope.standalone.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Answers each line with a line. When its client closes it closes too, as it should, except on connections that asked
 * for a {@code report}: those it forgets, as programs do that lose a socket on a path seldom taken.
 */
final class LeakyServer implements AutoCloseable {
    private static final int PREFERRED_PORT = 13306;

    private final ServerSocket listener;
    private final List<Socket> forgotten = new ArrayList<>();
    private final CountDownLatch forgot = new CountDownLatch(1);

    private LeakyServer(ServerSocket listener) {
        this.listener = listener;
    }

    /** Listens on port 13306 of 127.0.0.1, or on a free one when that is taken. */
    static LeakyServer start() throws IOException {
        var server = new LeakyServer(listen());
        daemon("accept", server::accept);
        return server;
    }

    private static ServerSocket listen() throws IOException {
        try {
            return new ServerSocket(PREFERRED_PORT, 50, loopback());
        } catch (BindException taken) {
            return new ServerSocket(0, 50, loopback());
        }
    }

    static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    private void accept() {
        try {
            while (true) {
                var connection = listener.accept();
                daemon("serve", () -> serve(connection));
            }
        } catch (IOException closed) {
            // The listener was closed: the demo is over.
        }
    }

    private void serve(Socket connection) {
        boolean report = false;
        try {
            var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                report |= line.equals("report");
                connection.getOutputStream().write(("you said " + line + "\n").getBytes(StandardCharsets.US_ASCII));
            }
            if (report) {
                synchronized (forgotten) {
                    forgotten.add(connection);
                }
                forgot.countDown();
            } else {
                connection.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Returns when the server has seen the client's FIN on a connection that it will forget. */
    void awaitForgotten() throws InterruptedException {
        forgot.await();
    }

    /** The bug is found: closes what was forgotten. */
    void closeForgotten() throws IOException {
        synchronized (forgotten) {
            for (var connection : forgotten) {
                connection.close();
            }
            forgotten.clear();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        closeForgotten();
    }

    private static void daemon(String name, Runnable work) {
        var thread = new Thread(work, "demo-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}
