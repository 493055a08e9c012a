package io.loopscope.systemtests.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * All that a test class has opened, closed again in reverse order whatever happens; register it as a static extension.
 * When a test fails it prints where the logs of the processes are, and their last lines.
 */
public final class Processes
        implements BeforeAllCallback, AfterAllCallback, TestWatcher, LifecycleMethodExecutionExceptionHandler {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Thread lastResort = new Thread(this::closeAll, "close-processes");
    private Path folder = Path.of("target");

    @Override
    public void beforeAll(ExtensionContext context) {
        folder = Path.of("target", "it", context.getRequiredTestClass().getSimpleName())
                .toAbsolutePath();
        empty(folder);
        // For a test run that is stopped with Ctrl-C.
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /** Folder of this test class under {@code target}; empty at the start of the class. */
    public Path folder() {
        return folder;
    }

    /** Closes this at the end of the class, before what was opened earlier. */
    public synchronized <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Starts a program. Its output goes to {@code name.out} and {@code name.err} in {@link #folder()}. */
    public ChildProcess start(String name, Map<String, String> environment, List<String> command) {
        return closing(ChildProcess.start(name, folder, environment, command));
    }

    /** Starts a main class of the test class path in a JVM of its own. */
    public ChildProcess startJava(String name, Class<?> main, String... arguments) {
        return startJava(name, List.of("-Xmx384m"), main.getName(), arguments);
    }

    /** The same with other arguments for the JVM. */
    public ChildProcess startJava(String name, List<String> jvmArguments, String main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(jvmArguments);
        command.addAll(List.of("-cp", absoluteClassPath(), main));
        command.addAll(List.of(arguments));
        return start(name, Map.of(), command);
    }

    /** Programs of this machine, run by {@code ./loopscope}, with what the build has made and nothing built again. */
    public ChildProcess startLoopscope(String name, String... arguments) {
        return startLoopscope(name, Map.of(), arguments);
    }

    /** The same with further variables of the environment. */
    public ChildProcess startLoopscope(String name, Map<String, String> environment, String... arguments) {
        Path launcher = Path.of(System.getProperty("loopscope.launcher", "../loopscope"))
                .toAbsolutePath()
                .normalize();
        Stream<String> command = Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments));
        Map<String, String> all = new HashMap<>(environment);
        all.put("LOOPSCOPE_BUILD", "never");
        return start(name, all, command.toList());
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        printTails(context.getDisplayName());
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        printTails("the set-up of " + context.getDisplayName());
        throw failure;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        closeAll();
        Runtime.getRuntime().removeShutdownHook(lastResort);
    }

    private synchronized void printTails(String what) {
        System.err.println("=== " + what + " failed; logs are in " + folder);
        opened.descendingIterator().forEachRemaining(resource -> {
            if (resource instanceof ChildProcess child) {
                System.err.println(child.tail());
            }
        });
    }

    private synchronized void closeAll() {
        while (!opened.isEmpty()) {
            AutoCloseable resource = opened.pop();
            try {
                resource.close();
            } catch (Exception e) { // One that does not close must not keep the others open.
                System.err.println("closing " + resource + " failed: " + e);
            }
        }
    }

    private static String absoluteClassPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
    }

    private static void empty(Path folder) {
        try {
            if (Files.exists(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + folder, e);
        }
    }
}
