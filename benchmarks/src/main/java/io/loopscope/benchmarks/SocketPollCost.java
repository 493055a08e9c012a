package io.loopscope.benchmarks;

import io.loopscope.agent.sockets.SocketTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;

/**
 * What one look at the kernel's socket table costs while many connections are open: the agent's reader, then {@code ss
 * -tan} and {@code netstat -ant}, in turn in one run. Prints a line a contestant: median CPU milliseconds and sockets seen.
 *
 * <p>The reader is measured as in a running agent: the same object polls again and again, and its first polls, before the
 * JIT compiler has seen them, are told apart. The rivals are processes of their own, as they are in use.
 */
public final class SocketPollCost {
    private static final int WARM_UP = 100;
    private static final double NANOS_PER_MILLI = 1e6;

    private SocketPollCost() {}

    /** Arguments: number of sockets (two to a connection), rounds; or {@code listen}, for the process of the other ends. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments[0].equals("listen")) {
            listen();
            return;
        }
        int connections = Integer.parseInt(arguments[0]) / 2;
        int rounds = Integer.parseInt(arguments[1]);
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SocketPollCost.class.getName(),
                        "listen")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            measure(connect(server, connections), rounds);
        } finally {
            server.destroyForcibly();
        }
    }

    /** Accepts whatever comes and keeps it, until the process is ended. */
    private static void listen() throws IOException {
        Queue<SocketChannel> kept = new ArrayDeque<>(); // So that the collector does not close them.
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            System.out.println(listener.socket().getLocalPort());
            while (kept.size() < Integer.MAX_VALUE) {
                kept.add(listener.accept());
            }
        }
    }

    private static List<SocketChannel> connect(Process server, int connections) throws IOException {
        InetSocketAddress listener;
        try (BufferedReader said = server.inputReader(StandardCharsets.US_ASCII)) {
            listener = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(said.readLine()));
        }
        List<SocketChannel> open = new ArrayList<>(connections);
        for (int i = 0; i < connections; i++) {
            open.add(SocketChannel.open(listener));
        }
        return open;
    }

    private static void measure(List<SocketChannel> open, int rounds) throws IOException, InterruptedException {
        try (SocketTable table = SocketTable.open(SocketTable.Detail.AGES)) {
            double first = poll(table);
            for (int i = 0; i < WARM_UP; i++) {
                poll(table);
            }
            double[] own = new double[rounds];
            double[] ss = new double[rounds];
            double[] netstat = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                own[i] = poll(table);
                ss[i] = run("ss -tan");
                netstat[i] = run("netstat -ant");
            }
            int seen = table.read().size();
            print("loopscope (" + table.source() + "), first poll", first, seen);
            print("loopscope (" + table.source() + ")", median(own), seen);
            print("ss -tan", median(ss), lines("ss -tan"));
            print("netstat -ant", median(netstat), lines("netstat -ant"));
        }
        System.out.println(open.size() + " connections were open");
    }

    private static double poll(SocketTable table) throws IOException {
        var threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        table.read();
        return (threads.getCurrentThreadCpuTime() - before) / NANOS_PER_MILLI;
    }

    /** User and system time of a command, milliseconds, by the shell that ran it. */
    private static double run(String command) throws IOException, InterruptedException {
        String times = output("TIMEFORMAT='%3U %3S'; { time " + command + " >/dev/null; } 2>&1");
        return Arrays.stream(times.strip().split(" ", -1))
                .mapToDouble(seconds -> Double.parseDouble(seconds) * 1e3)
                .sum();
    }

    private static int lines(String command) throws IOException, InterruptedException {
        return Integer.parseInt(output(command + " | grep -c ':'").strip());
    }

    private static String output(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("bash", "-c", script).start();
        String text = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (shell.waitFor() != 0) {
            throw new IOException("failed: " + script + "\n"
                    + new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        return text;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void print(String contestant, double millis, int sockets) {
        System.out.printf(Locale.ROOT, "%-36s %10.2f ms CPU %8d sockets%n", contestant, millis, sockets);
    }
}
