package io.loopscope.standalone.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The demo as a program of its own: in the pipeline's process its connections would be taken for the pipeline's and left
 * out. Tells on standard output its server's port and then what it does, one sentence a line. Ends when its story is told, or when its standard
 * input ends, because then whoever started it is gone. Uses nothing but the JDK.
 */
public final class DemoProgram {
    /** Begins the line, before all sentences, that says which port the story is about. */
    static final String PORT = "port=";

    private static final Duration QUESTION_INTERVAL = Duration.ofSeconds(1);
    /** A sentence comes before what it tells of. */
    private static final Duration TELL_FIRST = Duration.ofMillis(100);

    private final PrintStream out;
    private final Duration leak;

    DemoProgram(PrintStream out, Duration leak) {
        this.out = out;
        this.leak = leak;
    }

    /** Runs it. The only argument is for how long the server forgets to close, as ISO 8601 has it: {@code PT20S}. */
    public static void main(String[] arguments) throws Exception {
        exitWithParent();
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new DemoProgram(out, Duration.parse(arguments[0])).run();
        System.exit(0);
    }

    private static void exitWithParent() {
        var watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nothing is ever said here; what counts is the end.
                        }
                    } catch (IOException e) {
                        // As good as the end.
                    }
                    Runtime.getRuntime().halt(1);
                },
                "demo-parent");
        watch.setDaemon(true);
        watch.start();
    }

    void run() throws IOException, InterruptedException {
        try (var server = LeakyServer.start()) {
            int port = server.address().getPort();
            out.println(PORT + port);
            tell("a server listens on 127.0.0.1:" + port);
            try (var healthy = Client.connect(server.address())) {
                tell("a healthy client " + healthy.name() + " has connected and asks something every second");
                healthy.ask("hello");
                var forgotten = leak(server);
                var end = System.nanoTime() + leak.toNanos();
                while (System.nanoTime() < end) {
                    Thread.sleep(QUESTION_INTERVAL.toMillis());
                    healthy.ask("hello again");
                }
                tell("the server is repaired: it closes the connection of " + forgotten + " that it forgot");
                server.closeForgotten();
                Thread.sleep(QUESTION_INTERVAL.toMillis());
                tell("the healthy client " + healthy.name() + " closes, and the server does so too");
            }
            Thread.sleep(QUESTION_INTERVAL.toMillis());
        }
    }

    private String leak(LeakyServer server) throws IOException, InterruptedException {
        String name;
        try (var client = Client.connect(server.address())) {
            name = client.name();
            tell("another client " + name + " has connected, asks for a report and gets it");
            client.ask("report");
            Thread.sleep(QUESTION_INTERVAL.toMillis());
            tell("client " + name + " closes; the server has a bug here and forgets to close its end");
        }
        server.awaitForgotten();
        return name;
    }

    private void tell(String sentence) throws InterruptedException {
        out.println(sentence);
        Thread.sleep(TELL_FIRST.toMillis());
        if (out.checkError()) {
            throw new UncheckedIOException(new IOException("nobody listens to the story"));
        }
    }
}
