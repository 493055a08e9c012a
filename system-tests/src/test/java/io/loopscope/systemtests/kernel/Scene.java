package io.loopscope.systemtests.kernel;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Initiator;
import io.loopscope.processor.tcp.Side;
import io.loopscope.schemas.v1.TcpState;
import io.loopscope.systemtests.harness.EndStates;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.KernelSockets;
import io.loopscope.systemtests.harness.Needs;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Where a test plays: a network namespace of its own, a tap on its {@code lo}, and the judge. What was opened for it is
 * closed after the test. When the test fails, it says what the kernel's table and the wire had to say.
 */
final class Scene implements BeforeEachCallback, AfterEachCallback, TestExecutionExceptionHandler {
    static final InetSocketAddress SERVER = FourTuple.loopback(13306);
    private static final int BACKLOG = 8;
    /** Repeats of a segment come after 0.2, 0.6, 1.4, 3.0, 6.2 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Wire wire;

    @Override
    public void beforeEach(ExtensionContext context) throws CaptureException {
        Needs.root();
        Needs.programs("ip", "tc", "ss");
        closing(Namespace.enter());
        tap();
    }

    /** Taps the wire anew: what was seen before is forgotten. */
    void tap() throws CaptureException {
        wire = closing(Wire.tapped());
    }

    /** Closes this after the test, before what was opened earlier. */
    <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    TcpSocket socket() {
        return closing(TcpSocket.open());
    }

    /** A socket that listens at {@link #SERVER}. */
    TcpSocket listener() {
        return socket().bind(SERVER).listen(BACKLOG);
    }

    /** A connection to {@link #SERVER}, established and accepted. */
    Pair connect() {
        return connect(listener());
    }

    Pair connect(TcpSocket listener) {
        return connect(socket(), listener);
    }

    Pair connect(TcpSocket client, TcpSocket listener) {
        client.connect(listener.local());
        return accept(client, listener);
    }

    /** The connection of a client whose handshake is over on the side of the kernel. */
    Pair accept(TcpSocket client, TcpSocket listener) {
        return new Pair(client, closing(listener.accept()), new FourTuple(client.local(), listener.local()));
    }

    /** Waits until kernel and core have both ends in these states. */
    void agree(Pair pair, TcpState client, TcpState server) throws CaptureException {
        agree(pair.tuple(), client, server);
    }

    /** The same, where there is no socket at one of the ends. */
    void agree(FourTuple tuple, TcpState client, TcpState server) throws CaptureException {
        EndStates both = new EndStates(client, server);
        differ(tuple, both, both);
        Connection connection = watched(tuple).connection();
        if (connection.initiator() == Initiator.SYN && !connection.simultaneousOpen()) {
            Side side = Wire.side(tuple.client(), tuple.server());
            assertThat(connection.client() == side, "the core takes the server for the client");
        }
    }

    /**
     * Waits until the kernel has the ends in these states and the core in those: the wire cannot tell everything. All that
     * was on the wire when the kernel was asked has been applied, and the kernel says the same afterwards.
     */
    void differ(FourTuple tuple, EndStates kernel, EndStates core) throws CaptureException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        EndStates before;
        EndStates seen;
        EndStates after;
        do {
            before = KernelSockets.of(tuple);
            wire.catchUp();
            seen = seen(tuple);
            after = KernelSockets.of(tuple);
            if (before.equals(kernel) && after.equals(kernel) && seen.equals(core)) {
                return;
            }
        } while (System.nanoTime() < deadline);
        assertThat(after.equals(kernel), tuple + ": the kernel has " + after + ", expected was " + kernel);
        assertThat(seen.equals(core), tuple + ": the core has " + seen + ", expected was " + core);
    }

    /** Waits until this holds of what was seen on the wire. */
    void await(String what, BooleanSupplier condition) throws CaptureException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        do {
            wire.catchUp();
            if (condition.getAsBoolean()) {
                return;
            }
        } while (System.nanoTime() < deadline);
        throw new AssertionError("never seen on the wire: " + what);
    }

    private static void assertThat(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    private EndStates seen(FourTuple tuple) {
        return new EndStates(state(client(tuple)), state(server(tuple)));
    }

    private static TcpState state(Endpoint end) {
        return TcpState.valueOf(end.state().name());
    }

    Watched watched(FourTuple tuple) {
        return wire.watched(tuple.client(), tuple.server());
    }

    Watched watched(Pair pair) {
        return watched(pair.tuple());
    }

    /** The client's end, as the core sees it now. */
    Endpoint client(FourTuple tuple) {
        return watched(tuple).connection().endpoint(Wire.side(tuple.client(), tuple.server()));
    }

    /** The server's end, as the core sees it now. */
    Endpoint server(FourTuple tuple) {
        return watched(tuple).connection().endpoint(Wire.side(tuple.server(), tuple.client()));
    }

    /** The states that the core has seen the client come into, one after the other. */
    List<String> clientPath(FourTuple tuple) {
        return watched(tuple).path(client(tuple).side());
    }

    /** The same of the server. */
    List<String> serverPath(FourTuple tuple) {
        return watched(tuple).path(server(tuple).side());
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        if (failure instanceof TestAbortedException) {
            throw failure;
        }
        wire.catchUp();
        throw new AssertionError(
                failure.getMessage() + "\n\nThe kernel's table:\n" + Namespace.run("ss", "-tanoi") + "\nThe wire:\n"
                        + wire.report(),
                failure);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        IllegalStateException failures = new IllegalStateException("not everything could be closed");
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) { // The namespace is closed last, and must be.
                failures.addSuppressed(e);
            }
        }
        if (failures.getSuppressed().length > 0) {
            throw failures;
        }
    }
}
