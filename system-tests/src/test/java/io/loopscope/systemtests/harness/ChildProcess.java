package io.loopscope.systemtests.harness;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A program that a test has started; what it prints goes to two files under {@code target}. */
public final class ChildProcess implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final int TAIL_LINES = 40;

    private final String name;
    private final Path out;
    private final Path err;
    private final Process process;

    private ChildProcess(String name, Path out, Path err, Process process) {
        this.name = name;
        this.out = out;
        this.err = err;
        this.process = process;
    }

    static ChildProcess start(String name, Path folder, Map<String, String> environment, List<String> command) {
        Path out = folder.resolve(name + ".out");
        Path err = folder.resolve(name + ".err");
        // Signals that the caller's shell ignores would be ignored by the child too: a Java program then has no Ctrl-C.
        List<String> line = Stream.concat(Stream.of("env", "--default-signal=INT,TERM"), command.stream())
                .toList();
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .directory(folder.toFile());
        builder.environment().putAll(environment);
        try {
            Files.createDirectories(folder);
            return new ChildProcess(name, out, err, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name + ": " + String.join(" ", command), e);
        }
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** It and all that it has started and that runs now. */
    public List<ProcessHandle> family() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    /** Ports that it and what it has started listen on now. */
    public Set<Integer> listeningPorts() {
        return family().stream()
                .flatMap(member -> KernelSockets.listeningPorts(member.pid()).stream())
                .collect(Collectors.toSet());
    }

    /** What it has printed on its standard output. */
    public String output() {
        return read(out);
    }

    /** What it has printed on its standard error. */
    public String errors() {
        return read(err);
    }

    /** Waits until it has printed something that this matches; fails at once when it ends without. */
    public MatchResult awaitOutput(Pattern pattern, Duration timeout) {
        try {
            return Awaitility.await(name + " prints " + pattern)
                    .atMost(timeout)
                    .pollInterval(Waits.POLL)
                    .until(
                            () -> {
                                boolean alive = isAlive(); // Asked first: what a dying program prints still counts.
                                Optional<MatchResult> found = find(pattern);
                                if (found.isEmpty() && !alive) {
                                    throw new IllegalStateException(
                                            name + " ended with exit code " + process.exitValue());
                                }
                                return found;
                            },
                            Optional::isPresent)
                    .orElseThrow();
        } catch (ConditionTimeoutException | IllegalStateException e) {
            throw new AssertionError(name + " never printed " + pattern + "\n" + tail(), e);
        }
    }

    private Optional<MatchResult> find(Pattern pattern) {
        return Stream.of(out, err)
                .flatMap(file -> pattern.matcher(read(file)).results())
                .findFirst();
    }

    /** Sends a signal by its name, such as {@code TERM}. */
    public void signal(String signal) {
        try {
            int code = new ProcessBuilder("kill", "-s", signal, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -s " + signal + " " + name + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * SIGSTOP, and waits until each of its threads has stopped: one that waits for a connection still accepts what comes before
     * the signal has reached it.
     */
    public void suspend() {
        signal("STOP");
        Awaitility.await("all threads of " + name + " have stopped")
                .atMost(Waits.KERNEL)
                .pollInterval(Waits.POLL)
                .until(this::isStopped);
    }

    private boolean isStopped() throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                if (!Files.readString(thread.resolve("status")).contains("State:\tT (stopped)")) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Waits for its end and returns the exit code. */
    public int awaitExit(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), MILLISECONDS)) {
                throw new AssertionError(name + " did not end within " + timeout + "\n" + tail());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** SIGTERM, and waits for the end, which no program of ours may take for a bug. */
    public int terminate() {
        signal("TERM");
        int code = awaitExit(GRACE);
        assertThat(errors()).as(name + " was told to stop").doesNotContain("a bug in Loopscope");
        return code;
    }

    /** SIGKILL to it and to all it has started: it gets no chance to say goodbye. */
    public void kill() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(handle -> handle.onExit().join());
    }

    /** Stops it if it still runs: politely first. Leaves none of its children behind. */
    @Override
    public void close() {
        if (!isAlive()) {
            return;
        }
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toMillis(), MILLISECONDS)) {
                System.err.println(name + " ignored SIGTERM for " + GRACE + ", killed\n" + tail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    /** Where its output is, and the last lines of it. */
    public String tail() {
        return Stream.of(out, err)
                .map(file -> "--- " + name + " (" + (isAlive() ? "running" : "exit code " + process.exitValue())
                        + "), end of " + file + "\n" + lastLines(read(file)))
                .collect(Collectors.joining("\n"));
    }

    private static String lastLines(String text) {
        List<String> lines = text.lines().toList();
        return lines.stream().skip(Math.max(0, lines.size() - TAIL_LINES)).collect(Collectors.joining("\n"));
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }
}
