package io.loopscope.systemtests.kernel;

import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace of its own for the thread that makes it: an empty {@code lo}, free ports, its own settings. Sockets
 * that this thread opens and programs that it starts are in it, until it is closed. Nothing is left behind: the kernel
 * drops a namespace with the last of its users.
 */
public final class Namespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int READ_ONLY = 0;

    private final Thread owner = Thread.currentThread();
    private final int before;

    private Namespace(int before) {
        this.before = before;
    }

    /** Moves the current thread into a new one. */
    public static Namespace enter() {
        Namespace namespace = new Namespace(Libc.must("open", Libc.open("/proc/thread-self/ns/net", READ_ONLY)));
        Libc.must("unshare", Libc.unshare(CLONE_NEWNET));
        run("ip", "link", "set", "lo", "up");
        return namespace;
    }

    /** Changes a setting of this namespace, such as {@code tcp_fin_timeout}. */
    static void set(String setting, int value) {
        try {
            Files.writeString(Path.of("/proc/sys/net/ipv4", setting), Integer.toString(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program in the namespace of this thread; returns what it printed. */
    public static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(Waits.PROGRAM.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Back to the namespace from before. */
    @Override
    public void close() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("a namespace is left by the thread that entered it");
        }
        Libc.must("setns", Libc.setns(before, CLONE_NEWNET));
        Libc.must("close", Libc.close(before));
    }
}
