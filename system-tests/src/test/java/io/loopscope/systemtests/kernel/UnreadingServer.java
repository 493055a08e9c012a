package io.loopscope.systemtests.kernel;

import io.loopscope.systemtests.harness.FourTuple;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A program that accepts and never reads. */
final class UnreadingServer {
    private UnreadingServer() {}

    public static void main(String[] arguments) throws IOException {
        List<Socket> accepted = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(FourTuple.loopback(0));
            System.out.println("port " + listener.getLocalPort());
            while (true) {
                accepted.add(listener.accept());
                System.out.println("accepted " + accepted.size());
            }
        }
    }
}
