package io.loopscope.benchmarks;

import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.HostMonitor;
import io.loopscope.processor.detect.Step;
import io.loopscope.processor.tcp.FourTuple;
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
import org.openjdk.jmh.infra.Blackhole;

/** {@link HostMonitor#segment}, per segment: finding the connection, the TCP core, deadlines, rules, outputs. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-XX:+UseSerialGC", "-Xmx1g"})
@Warmup(iterations = 20, time = 1) // Its many rules take the compiler longer than the core alone.
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class HostMonitorBenchmark {
    private static final int CONNECTIONS = 2_000;
    private static final int SHORT_SEGMENTS = Exchanges.OPEN + Exchanges.REQUEST + Exchanges.CLOSE;
    private static final int LONG_CONNECTIONS = 200;
    private static final int LONG_REQUESTS = 50;
    private static final int LONG_SEGMENTS = Exchanges.OPEN + LONG_REQUESTS * Exchanges.REQUEST + Exchanges.CLOSE;
    private static final long BETWEEN_CONNECTIONS_NANOS = 200_000;

    private final FourTuple[] tuples = new FourTuple[CONNECTIONS];
    private final Segment[][] shortOnes = new Segment[CONNECTIONS][];
    private Segment[] longOne = {};

    /** Makes the segments. */
    @Setup
    public void segments() {
        for (int i = 0; i < CONNECTIONS; i++) {
            tuples[i] = Exchanges.tuple(i);
            shortOnes[i] = Exchanges.whole(i * BETWEEN_CONNECTIONS_NANOS, 1);
        }
        longOne = Exchanges.whole(0, LONG_REQUESTS);
    }

    /** Connections of nine segments, one after the other, on one listener. */
    @Benchmark
    @OperationsPerInvocation(CONNECTIONS * SHORT_SEGMENTS)
    public HostMonitor storm(Blackhole published) {
        HostMonitor monitor = monitor();
        Step step = new Step();
        for (int i = 0; i < CONNECTIONS; i++) {
            for (Segment segment : shortOnes[i]) {
                segment(monitor, tuples[i], segment, step, published);
            }
        }
        return monitor;
    }

    /** Two hundred connections that take turns segment by segment. */
    @Benchmark
    @OperationsPerInvocation(LONG_CONNECTIONS * LONG_SEGMENTS)
    public HostMonitor longInTurn(Blackhole published) {
        HostMonitor monitor = monitor();
        Step step = new Step();
        for (Segment segment : longOne) {
            for (int i = 0; i < LONG_CONNECTIONS; i++) {
                segment(monitor, tuples[i], segment, step, published);
            }
        }
        return monitor;
    }

    private static HostMonitor monitor() {
        return new HostMonitor("host", 0, DetectorSettings.defaults(), TcpSettings.DEFAULT);
    }

    private static void segment(HostMonitor monitor, FourTuple tuple, Segment segment, Step step, Blackhole published) {
        monitor.segment(tuple, segment, step);
        published.consume(step.outputs());
        step.clear();
    }
}
