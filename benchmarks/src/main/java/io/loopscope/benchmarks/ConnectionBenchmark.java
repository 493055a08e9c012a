package io.loopscope.benchmarks;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.ConnectionListener;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.TcpSettings;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** {@link Connection#apply}, per segment. The segments are there already; what is allocated is the core's own. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-XX:+UseSerialGC", "-Xmx1g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class ConnectionBenchmark {
    private static final int LONG_REQUESTS = 1_000;
    private static final int LONG_SEGMENTS = Exchanges.OPEN + LONG_REQUESTS * Exchanges.REQUEST;
    private static final int SHORT_SEGMENTS = Exchanges.OPEN + Exchanges.REQUEST + Exchanges.CLOSE;
    private static final int CONNECTIONS = 10_000;
    private static final int REQUESTS_EACH = 20;

    private Segment[] longOne = {};
    private Segment[] shortOne = {};

    /** Makes the segments. */
    @Setup
    public void segments() {
        Exchanges exchanges = new Exchanges(0).open();
        for (int i = 0; i < LONG_REQUESTS; i++) {
            exchanges.request();
        }
        longOne = exchanges.segments();
        shortOne = Exchanges.whole(0, 1);
    }

    /** One connection, request after request: everything stays in the nearest cache. */
    @Benchmark
    @OperationsPerInvocation(LONG_SEGMENTS)
    public Connection oneLong() {
        Connection connection = connection(0);
        for (Segment segment : longOne) {
            connection.apply(segment, ConnectionListener.NONE);
        }
        return connection;
    }

    /** Short connections one after the other, the making of the object included. */
    @Benchmark
    @OperationsPerInvocation(SHORT_SEGMENTS)
    public Connection storm() {
        Connection connection = connection(0);
        for (Segment segment : shortOne) {
            connection.apply(segment, ConnectionListener.NONE);
        }
        return connection;
    }

    /** Ten thousand connections that take turns segment by segment: each finds its state far from the processor. */
    @Benchmark
    @OperationsPerInvocation(CONNECTIONS * (Exchanges.OPEN + REQUESTS_EACH * Exchanges.REQUEST))
    public Connection[] manyInTurn() {
        Connection[] connections = new Connection[CONNECTIONS];
        for (int i = 0; i < CONNECTIONS; i++) {
            connections[i] = connection(i);
        }
        for (int i = 0; i < Exchanges.OPEN + REQUESTS_EACH * Exchanges.REQUEST; i++) {
            for (Connection connection : connections) {
                connection.apply(longOne[i], ConnectionListener.NONE);
            }
        }
        return connections;
    }

    private static Connection connection(int n) {
        return new Connection(Exchanges.tuple(n), TcpSettings.DEFAULT);
    }
}
