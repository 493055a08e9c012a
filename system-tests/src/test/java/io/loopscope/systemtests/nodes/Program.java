package io.loopscope.systemtests.nodes;

import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.Processes;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** A program that is killed, stopped and started again; each start has output files of its own. */
final class Program {
    private final Processes processes;
    private final String name;
    private final String main;
    private final String heap;
    private final List<String> arguments;
    private int starts;
    private ChildProcess current;
    private boolean down = true;

    /**
     * A program that has not been started.
     *
     * @param heap of its JVM at most, as {@code -Xmx} takes it
     */
    Program(Processes processes, String name, String main, String heap, List<String> arguments) {
        this.processes = processes;
        this.name = name;
        this.main = main;
        this.heap = heap;
        this.arguments = List.copyOf(arguments);
    }

    String name() {
        return name;
    }

    long pid() {
        return current.pid();
    }

    synchronized void start() {
        starts++;
        current = processes.startJava(
                starts == 1 ? name : name + "-again-" + (starts - 1),
                List.of("-Xmx" + heap),
                main,
                arguments.toArray(String[]::new));
        // A stopped process does not hear SIGTERM: at the end of the tests it is not asked.
        processes.closing(current::kill);
        down = false;
    }

    /** SIGKILL. */
    synchronized void kill() {
        down = true;
        current.kill();
    }

    /** SIGSTOP. */
    synchronized void pause() {
        if (current.isAlive()) { // An agent may have sent all.
            current.signal("STOP");
        }
    }

    /** SIGCONT. */
    synchronized void resume() {
        if (current.isAlive()) {
            current.signal("CONT");
        }
    }

    synchronized boolean isAlive() {
        return current.isAlive();
    }

    /** Fails when it has ended in failure although nobody killed it; an agent that has sent all may end. */
    synchronized void requireAlive() {
        if (!down && !current.isAlive() && current.awaitExit(Duration.ZERO) != 0) {
            throw new AssertionError(name + " ended by itself\n" + current.tail());
        }
    }

    void awaitOutput(String text, Duration timeout) {
        current.awaitOutput(Pattern.compile(Pattern.quote(text)), timeout);
    }

    int awaitExit(Duration timeout) {
        return current.awaitExit(timeout);
    }

    /** What it has said on standard error since its last start. */
    String errors() {
        return current.errors();
    }

    String tail() {
        return current.tail();
    }
}
