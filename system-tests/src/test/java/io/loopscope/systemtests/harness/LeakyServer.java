package io.loopscope.systemtests.harness;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A program that accepts, reads until the peer closes, and forgets to close: every connection ends in CLOSE_WAIT. */
public final class LeakyServer {
    private LeakyServer() {}

    public static void main(String[] arguments) throws IOException {
        List<Socket> leaked = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(FourTuple.loopback(0));
            System.out.println("port " + listener.getLocalPort());
            while (true) {
                Socket connection = listener.accept();
                leaked.add(connection);
                connection.getInputStream().readAllBytes();
                System.out.println("leaked " + leaked.size());
            }
        }
    }
}
