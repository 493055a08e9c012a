package io.loopscope.benchmarks;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Real TCP traffic on loopback, for a capture: clients that keep a connection and send request after request, clients
 * that connect for a single request, and clients that give up with a reset. Ends by itself.
 */
public final class Traffic {
    private static final int REQUEST_OCTETS = 100;
    private static final int LARGEST_ANSWER = 40_000;
    private static final int BACKLOG = 1_024;
    /** Each client address has ephemeral ports of its own, so that TIME-WAIT never stops the traffic. */
    private static final int CONNECTIONS_PER_ADDRESS = 8_000;

    private static final int RESET_EACH = 50;
    private static final int SERVER_CLOSES_EACH = 3;

    private final ServerSocket listener;
    private final int requestsEach;

    private Traffic(ServerSocket listener, int requestsEach) {
        this.listener = listener;
        this.requestsEach = requestsEach;
    }

    /**
     * Makes the traffic.
     *
     * @param args how many connections stay, how many requests each of them sends, how many connections are short
     */
    public static void main(String[] args) throws Exception {
        int stay = Integer.parseInt(args[0]);
        int requests = Integer.parseInt(args[1]);
        int brief = Integer.parseInt(args[2]);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (ServerSocket listener = new ServerSocket(0, BACKLOG, address(0, 1))) {
            var traffic = new Traffic(listener, requests);
            Future<?> serving = threads.submit(() -> traffic.serve(threads, stay + brief));
            List<Future<?>> clients = new ArrayList<>();
            clients.add(threads.submit(() -> traffic.brief(brief)));
            clients.add(threads.submit(() -> traffic.stay(stay)));
            for (Future<?> client : clients) {
                client.get();
            }
            serving.get();
        } finally {
            threads.shutdownNow();
        }
    }

    private Void serve(ExecutorService threads, int connections)
            throws IOException, InterruptedException, ExecutionException {
        List<Future<?>> answering = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Socket socket = listener.accept();
            answering.add(threads.submit(() -> answer(socket)));
        }
        for (Future<?> each : answering) {
            each.get();
        }
        return null;
    }

    /** The first octet of a request says how long the answer is, and whether the server closes after it. */
    private static Void answer(Socket accepted) throws IOException {
        try (Socket socket = accepted) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            byte[] request = new byte[REQUEST_OCTETS];
            byte[] answer = new byte[LARGEST_ANSWER];
            while (true) {
                in.readFully(request);
                out.write(answer, 0, answerOctets(request[0]));
                if (request[1] != 0) {
                    return null;
                }
            }
        } catch (EOFException | SocketException e) {
            return null; // The client closed, or gave up.
        }
    }

    private static int answerOctets(int kind) {
        return kind == 0 ? LARGEST_ANSWER : 20 * kind;
    }

    private Void brief(int connections) throws IOException {
        byte[] request = new byte[REQUEST_OCTETS];
        for (int i = 0; i < connections; i++) {
            try (Socket socket = connect(i)) {
                request[1] = (byte) (i % SERVER_CLOSES_EACH == 0 ? 1 : 0);
                exchange(socket, request, 1 + i % 100);
                if (i % RESET_EACH == 0) {
                    socket.setSoLinger(true, 0);
                } else if (request[1] != 0) {
                    awaitEnd(socket);
                }
            }
        }
        return null;
    }

    private static void awaitEnd(Socket socket) throws IOException {
        if (socket.getInputStream().read() >= 0) {
            throw new IOException("the server sent more than it was asked for");
        }
    }

    /** All of them are open at once and take turns. */
    private Void stay(int connections) throws IOException {
        byte[] request = new byte[REQUEST_OCTETS];
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                sockets.add(connect(i));
            }
            for (int i = 0; i < requestsEach; i++) {
                for (Socket socket : sockets) {
                    exchange(socket, request, i % 100);
                }
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        return null;
    }

    private Socket connect(int n) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.bind(new InetSocketAddress(address(1, 1 + n / CONNECTIONS_PER_ADDRESS), 0));
        socket.connect(listener.getLocalSocketAddress());
        return socket;
    }

    /** 127.0.third.fourth. */
    private static InetAddress address(int third, int fourth) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, (byte) third, (byte) fourth});
    }

    private static void exchange(Socket socket, byte[] request, int kind) throws IOException {
        request[0] = (byte) kind;
        socket.getOutputStream().write(request);
        int left = answerOctets(kind);
        while (left > 0) {
            left -= socket.getInputStream().readNBytes(left).length;
        }
    }
}
