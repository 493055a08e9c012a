package io.loopscope.standalone.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@link DemoProgram} in a process of its own and passes on what it tells. */
public final class Demo implements AutoCloseable {
    /** Hears the story; on a thread of its own. */
    public interface Listener {
        /** The port of the demo's server; comes first. */
        void port(int port);

        /** A sentence of the story. */
        void sentence(String sentence);

        /** The story has been told; not called when the demo is closed before. */
        void end();
    }

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Process process;
    private final Thread listener;

    private Demo(Process process, Thread listener) {
        this.process = process;
        this.listener = listener;
    }

    /**
     * Starts it.
     *
     * @param leak for how long the server forgets to close a connection
     */
    public static Demo start(Duration leak, Listener story) throws IOException {
        var process =
                new ProcessBuilder(command(leak)).redirectErrorStream(true).start();
        var listener = new Thread(() -> listen(process, story), "demo");
        listener.setDaemon(true);
        listener.start();
        return new Demo(process, listener);
    }

    private static List<String> command(Duration leak) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "-cp",
                classes().toString(),
                DemoProgram.class.getName(),
                leak.toString());
    }

    private static Path classes() {
        try {
            return Path.of(DemoProgram.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a class path that is no path", e);
        }
    }

    private static void listen(Process process, Listener story) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(line -> hear(line, story));
            if (process.waitFor() == 0) {
                story.end();
            }
        } catch (IOException | java.io.UncheckedIOException | InterruptedException closed) {
            // Closed before its end.
        }
    }

    private static void hear(String line, Listener story) {
        if (line.startsWith(DemoProgram.PORT)) {
            story.port(Integer.parseInt(line.substring(DemoProgram.PORT.length())));
        } else {
            story.sentence(line);
        }
    }

    /** Stops it. Its process is gone when this returns. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has ended by itself.
        }
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
            listener.join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
