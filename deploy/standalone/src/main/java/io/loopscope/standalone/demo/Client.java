package io.loopscope.standalone.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client of {@link LeakyServer}. */
final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    private Client(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    static Client connect(InetSocketAddress server) throws IOException {
        return new Client(new Socket(server.getAddress(), server.getPort()));
    }

    String name() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** Sends a line and waits for the answer. */
    void ask(String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        if (in.readLine() == null) {
            throw new IOException("the server closed before it answered");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
